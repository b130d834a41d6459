"""A decision on one page of Markdown: question, alternatives, differences, doubts, and how to repeat it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from churnsim.base.readable import readable, usual
from churnsim.decision.assumption import Swing
from churnsim.decision.choice import Choice
from churnsim.decision.comparison import Comparison, Contrast
from churnsim.decision.feasibility import Feasibility
from churnsim.decision.front import Front
from churnsim.metrics import MEASURES
from churnsim.statistics import Estimate

DASH = "–"


@dataclass(frozen=True, eq=False)
class Study:
    """Everything that a record tells.

    Parameters
    ----------
    question : str
        What is to be decided.
    comparison : Comparison
        Designs side by side.
    feasibility : Feasibility
        Whether they keep what was promised; without findings where nothing was.
    choice : Choice or None
        What to choose; None where no measure decides.
    front : Front or None
        Trade-offs; None where they were not asked for.
    swings : tuple of Swing
        Assumptions that were varied, the one that matters most first.
    provenance : tuple of (str, str)
        How it was made: what, and its value.
    commands : tuple of str
        Command lines that give the same again.
    """

    question: str
    comparison: Comparison
    feasibility: Feasibility
    choice: Choice | None
    front: Front | None
    swings: tuple[Swing, ...]
    provenance: tuple[tuple[str, str], ...]
    commands: tuple[str, ...]


def record(study: Study) -> str:
    """The page, ending in a newline; without a date, so that the same study gives the same page."""
    sections = [
        f"# {study.question}",
        _outcome(study),
        f"## Alternatives\n\n{_alternatives(study.comparison)}",
        *_promises(study.feasibility),
        f"## Differences to {study.comparison.baseline.name}\n\n{_differences(study.comparison)}",
        *_trade_offs(study),
        f"## The assumption that matters most\n\n{_assumptions(study.swings)}",
        f"## How it was made\n\n{_table(('what', 'value'), study.provenance)}",
        "```console\n" + "\n".join(study.commands) + "\n```",
    ]
    return "\n\n".join(sections) + "\n"


def differing(one: Contrast, like: float | None = None) -> str:
    """A difference with its interval and its sign, or why it has no interval; `like` as for `readable`."""
    if one.difference is None:
        return "baseline"
    return signed(one.difference, one.measure.unit, like or one.estimate.mean)


def signed(found: Estimate, unit: str, like: float | None = None) -> str:
    """An estimate of a difference, with a plus where it is one."""
    if found.mean is None:
        return DASH
    text = readable(found.mean, unit, found.low, found.high, like=like or None)
    text = f"+{text}" if found.mean > 0.0 else text
    return text if found.low is not None else f"{text} ({found.method})"


def estimated(found: Estimate, unit: str, like: float | None = None) -> str:
    """An estimate with its interval, or why it has none; `like` as for `readable`."""
    text = readable(found.mean, unit, found.low, found.high, like=like)
    return text if found.low is not None or found.mean is None else f"{text} ({found.method})"


def _outcome(study: Study) -> str:
    if study.choice is not None:
        return f"**{study.choice.sentence}**"
    tally = []
    for one in study.comparison.designs:
        if one is study.comparison.baseline:
            continue
        ruled = [each for each in study.comparison.contrasts if each.design == one.name]
        words = [
            f"{verdict} in {', '.join(each.name for each in ruled if each.verdict == verdict)}"
            for verdict in ("better", "worse", "higher", "lower", "same", "cannot tell")
            if any(each.verdict == verdict for each in ruled)
        ]
        tally.append(f"- **{one.name}**: {'; '.join(words)}.")
    base = study.comparison.baseline.name
    return f"No measure was named to decide by. Against {base}:\n\n" + "\n".join(tally)


def _alternatives(comparison: Comparison) -> str:
    rows = [
        (
            f"{one.name} (baseline)" if one is comparison.baseline else one.name,
            ", ".join(f"`{path}: {value}`" for path, value in one.settings.items()) or "as its file says",
            str(len(one.runs)),
        )
        for one in comparison.designs
    ]
    return _table(("design", "settings", "replications"), rows)


def _promises(feasibility: Feasibility) -> list[str]:
    if not feasibility.findings:
        return []
    rows = [
        (
            each.design,
            f"`{each.constraint.text}`",
            each.ruling,
            estimated(each.estimate, each.constraint.bound.unit),
            each.reason,
        )
        for each in feasibility.findings
    ]
    return ["## Promises\n\n" + _table(("design", "promise", "verdict", "estimate", "reason"), rows)]


def _differences(comparison: Comparison) -> str:
    rows = [
        (
            f"`{each.name}`",
            each.design,
            estimated(each.estimate, each.measure.unit, comparison.typical(each.name)),
            differing(each, comparison.typical(each.name)),
            _correlation(each),
            each.verdict or "",
        )
        for each in comparison.contrasts
    ]
    heads = ("measure", "design", "estimate", "difference", "correlation", "verdict")
    notes = (
        f"Intervals hold {comparison.confidence:.0%} each. A verdict is given where the chance of the "
        f"difference, corrected for all comparisons in this table (Holm), is at most "
        f"{1 - comparison.confidence:.0%}. The correlation is what sharing random numbers achieved."
    )
    warnings = "".join(f"\n\n> {warning}" for warning in comparison.warnings)
    return f"{_table(heads, rows)}\n\n{notes}{warnings}"


def _correlation(one: Contrast) -> str:
    found = None if one.difference is None else one.difference.correlation
    return "" if found is None else f"{found:.2f}"


def _trade_offs(study: Study) -> list[str]:
    found = study.front
    if found is None:
        return []
    sizes = [usual(column) for column in found.points.T.tolist()]
    rows = [
        (
            one.name,
            *(
                readable(value, MEASURES.find(name).unit, like=size)
                for name, value, size in zip(
                    found.objectives, found.points[position].tolist(), sizes, strict=True
                )
            ),
            f"{found.membership[position]:.0%}",
        )
        for position, one in enumerate(study.comparison.designs)
    ]
    heads = ("design", *(f"`{name}`" for name in found.objectives), "on the front")
    said = "In how many resamples of the replications no other design is at least as good in all of these."
    return [f"## Trade-offs\n\n{_table(heads, rows)}\n\n{said}"]


def _assumptions(swings: Sequence[Swing]) -> str:
    if not swings:
        return (
            "None was varied, so this page does not say. Name those that no source supports with "
            "`--assume PATH=[VALUES]`."
        )
    first, *others = swings
    lines = [f"In `{first.measure}`, {first.sentence}."]
    if first.outcomes[0].choice is not None:
        heads: tuple[str, ...] = ("assumption", "value", "choice")
        chosen = [
            (f"`{each.assumption.path}`", one.value, one.chosen) for each in swings for one in each.outcomes
        ]
        lines.append(_table(heads, chosen))
    heads = (f"`{first.assumption.path}`", "design", "difference", "verdict")
    rows = [
        (outcome.value, each.design, differing(each, first.typical), each.verdict or "")
        for outcome in first.outcomes
        for each in outcome.contrasts
    ]
    lines.append(_table(heads, rows))
    if others:
        lines.append("\n".join(["Less so:", "", *(f"- {each.sentence}" for each in others)]))
    return "\n\n".join(lines)


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in lines)
