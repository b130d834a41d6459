"""A comparison as the user asked for it: run, judged, drawn and written down."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import click

from churnsim import __version__
from churnsim.base.errors import UsageError
from churnsim.cli.comparison import contrasts_document
from churnsim.cli.estimate import SHOWN, check_known
from churnsim.cli.experiment import conduct, invocation
from churnsim.cli.mistake import Mistakes
from churnsim.cli.table import wrapped

if TYPE_CHECKING:
    from churnsim.base.errors import Problem
    from churnsim.decision import (
        Assumption,
        Choice,
        Comparison,
        Constraint,
        Feasibility,
        Front,
        Swing,
    )
    from churnsim.experiment import Results
    from churnsim.scenario import Scenario


# Fewest replications from which one can choose: the first stage of the selection.
FIRST = 10


@dataclass(frozen=True, slots=True)
class Wish:
    """What the user wants to know of the designs, in the words of the command.

    Parameters
    ----------
    show : tuple of str
        Measures to compare in.
    baseline, best, indifference : str or None
        Which design to compare with, which measure decides, and what difference in it is worth detecting.
    promises, objectives, assumptions : tuple of str
        What a design must keep, what is traded off, what is varied.

    Raises
    ------
    UsageError
        If they do not fit together.
    """

    show: tuple[str, ...]
    baseline: str | None
    promises: tuple[str, ...]
    best: str | None
    indifference: str | None
    objectives: tuple[str, ...]
    assumptions: tuple[str, ...]

    def __post_init__(self) -> None:
        if (self.best is None) != (self.indifference is None):
            raise UsageError(
                "--best and --indifference go together: say which measure decides and what difference in it "
                "is worth detecting, as in --best cost.total --indifference 5%"
            )
        if len(set(self.objectives)) == 1:
            raise UsageError("a trade-off takes two objectives or more; for one, use --best")

    @property
    def deciding(self) -> tuple[str, ...]:
        """Measures that must be compared whether they are shown or not."""
        return (*(() if self.best is None else (self.best,)), *self.objectives)

    @property
    def words(self) -> list[str]:
        """The same as options of the command line."""
        given: tuple[tuple[str, tuple[str | None, ...]], ...] = (
            ("show", self.show),
            ("baseline", (self.baseline,)),
            ("subject-to", self.promises),
            ("best", (self.best,)),
            ("indifference", (self.indifference,)),
            ("objective", self.objectives),
            ("assume", self.assumptions),
        )
        return [
            word
            for flag, values in given
            for value in values
            if value is not None
            for word in (f"--{flag}", value)
        ]


@dataclass(frozen=True, slots=True)
class Writings:
    """Files to be written beside the tables, None for those that are not wanted."""

    figure: Path | None
    trade_off: Path | None
    record: Path | None


@dataclass(frozen=True, eq=False)
class Question:
    """What is to be compared, and by what.

    Parameters
    ----------
    files : tuple of Path
        As the user named them.
    scenarios : mapping of str to Scenario
        By the name each is to have.
    measures : tuple of str
        What the designs are compared in.
    promises : tuple of Constraint
        What a design must keep to be chosen: as given, else the invariants of the first scenario.
    assumptions : tuple of Assumption
        What is varied.
    wish : Wish
        What is to be found out.
    options : mapping of str to any
        Those that every simulating command has, seed and replications resolved.
    doubts : tuple of Problem
        What is questionable about the scenarios.
    """

    files: tuple[Path, ...]
    scenarios: Mapping[str, Scenario]
    measures: tuple[str, ...]
    promises: tuple[Constraint, ...]
    assumptions: tuple[Assumption, ...]
    wish: Wish
    options: Mapping[str, Any]
    doubts: tuple[Problem, ...]

    @classmethod
    def of(cls, files: tuple[Path, ...], wish: Wish, options: Mapping[str, Any]) -> Self:
        """The question that the words of a command make; refused here is what needs no run to be wrong.

        Raises
        ------
        ScenarioError
            If a file is not a valid scenario, or would not be under an assumption.
        UsageError
            If a measure or the baseline is unknown, a measure has no better direction where it needs one, a
            promise or an assumption is none, a file is named twice, or there are too few replications to
            choose; of what does not hinder the rest from being read, all is told.
        """
        from churnsim.checks import load, shown, validate
        from churnsim.cli.doubt import doubted
        from churnsim.decision import Assumption, Constraint, check_rankable
        from churnsim.decision.alternative import find
        from churnsim.decision.trial import expected, labels

        scenarios = [load(file, options["settings"]) for file in files]
        for scenario in scenarios:
            validate(scenario)
        named = dict(zip(labels(scenarios, [str(file) for file in files]), scenarios, strict=True))
        first = scenarios[0]
        measures = tuple(dict.fromkeys((*(wish.show or shown(first) or SHOWN), *wish.deciding)))
        mistakes = Mistakes()
        mistakes.read(partial(check_known, measures))
        for name in wish.deciding:
            mistakes.read(partial(check_rankable, name))
        promised = wish.promises or [text for text in first.invariants if isinstance(text, str)]
        promises = [mistakes.read(partial(Constraint.read, text)) for text in promised]
        assumptions = [mistakes.read(partial(Assumption.read, text)) for text in wish.assumptions]
        for one in assumptions:
            if one is not None:
                mistakes.read(partial(one.check, named))
        if wish.baseline is not None:
            mistakes.read(partial(find, expected(named), wish.baseline))
        doubts = tuple(dict.fromkeys(each for scenario in scenarios for each in doubted(scenario)))
        study = {"seed": first.study.seed, "replications": first.study.replications}
        resolved = {**options, **{key: value for key, value in study.items() if options[key] is None}}
        if wish.best is not None:
            mistakes.read(partial(_check_replications, resolved["replications"]))
        mistakes.tell()
        kept = tuple(one for one in promises if one is not None)
        varied = tuple(one for one in assumptions if one is not None)
        return cls(files, named, measures, kept, varied, wish, resolved, doubts)

    @property
    def replications(self) -> int:
        """Runs of each design."""
        return int(self.options["replications"])

    @property
    def seed(self) -> int:
        """Root of all random numbers."""
        return int(self.options["seed"])

    @property
    def title(self) -> str:
        """The question of the first scenario, or which designs are compared."""
        first = next(iter(self.scenarios.values()))
        return first.question or f"Which design of {first.name}?"

    @property
    def repeat(self) -> str:
        """The command line that gives the same again, without what it writes beside."""
        words = ["churnsim", "compare", *map(str, self.files)]
        words += [word for each in self.options["settings"] for word in ("--set", each)]
        words += ["--seed", str(self.seed), "--replications", str(self.replications)]
        if self.options["no_store"]:
            words.append("--no-store")
        elif self.options["out"] != Path("results"):
            words += ["--out", str(self.options["out"])]
        return shlex.join([*words, *self.wish.words])

    def say(self, found: Answer, writings: Writings) -> None:
        """Print what follows from the tables, where things are, and how to get the same again."""
        for warning in found.warnings:
            click.echo(f"warning: {warning}", err=True)
        click.echo()
        if found.choice is not None:
            click.echo(wrapped(found.choice.sentence) + "\n")
        if found.swings:
            click.echo(wrapped(f"What matters most: {found.swings[0].sentence}.") + "\n")
        places = (
            ("results", found.place),
            ("figure", writings.figure),
            ("figure", writings.trade_off),
            ("record", writings.record),
        )
        for label, path in places:
            if path is not None:
                click.echo(f"{f'{label}:':<8} {path}")
        click.echo(f"seed:    {self.seed}")
        click.echo(f"repeat:  {self.repeat}")


@dataclass(frozen=True, eq=False)
class Answer:
    """What the runs say to a question.

    Parameters
    ----------
    results : tuple of Results
        What was run.
    comparison, feasibility, choice, front, swings
        As in `churnsim.decision`; None or empty where not asked for.
    """

    results: tuple[Results, ...]
    comparison: Comparison
    feasibility: Feasibility
    choice: Choice | None
    front: Front | None
    swings: tuple[Swing, ...]

    @property
    def exit_code(self) -> int:
        """3 where some runs failed, 4 where a choice was asked for and is not decided, else 0."""
        failed = max(each.exit_code for each in self.results)
        is_open = self.choice is not None and self.choice.best is None
        return failed or (4 if is_open else 0)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a reader must know, a line each."""
        failures = (warning for each in self.results for warning in each.warnings)
        return (*failures, *self.comparison.warnings)

    @property
    def place(self) -> Path | None:
        """Folder that keeps the runs of the first design."""
        return self.results[0].place


def _check_replications(replications: int) -> None:
    """Raise a UsageError if so many are too few to choose the best."""
    if replications < FIRST:
        raise UsageError(f"to choose the best takes {FIRST} replications or more, not {replications}")


def answer(asked: Question) -> Answer:
    """Run what is asked and judge it.

    Raises
    ------
    UsageError
        If there is nothing to compare, or a design or measure is unknown.
    Abort
        On Ctrl-C or SIGTERM.
    """
    from churnsim.decision import choose, front, screen, vary

    comparison, results = _compare(asked, {})
    feasibility = screen(comparison.designs, asked.promises, comparison.confidence)
    indifference = None if asked.wish.best is None else _indifference(asked, comparison)

    def judged(found: Comparison) -> Choice | None:
        if asked.wish.best is None or indifference is None:
            return None
        kept = screen(found.designs, asked.promises, found.confidence)
        return choose(kept, asked.wish.best, indifference, found.confidence)

    def again(settings: Mapping[str, Any]) -> tuple[Comparison, Choice | None]:
        found, _ = _compare(asked, settings)
        return found, judged(found)

    trade_offs = None
    if asked.wish.objectives:
        trade_offs = front(comparison.designs, asked.wish.objectives, seed=asked.seed)
    choice = judged(comparison)
    deciding = asked.wish.best or asked.measures[0]
    swings = vary((comparison, choice), asked.assumptions, deciding, again)
    return Answer(results, comparison, feasibility, choice, trade_offs, swings)


def draw(asked: Question, found: Answer, writings: Writings) -> None:
    """Draw the figures that are asked for into their files."""
    from churnsim.cli.figure import draw_contrasts, draw_trade_off, provenance

    made = provenance(*found.results)
    if writings.figure is not None:
        draw_contrasts(found.comparison, asked.title, made, writings.figure)
    if writings.trade_off is not None and found.front is not None:
        draw_trade_off(found.comparison, found.front, asked.title, made, writings.trade_off)


def write_record(asked: Question, found: Answer, path: Path) -> None:
    """Write the decision into a file."""
    from churnsim.decision.record import Study, record
    from churnsim.experiment.file import make_folder, write

    hashes = [f"{each.plan.scenario} {each.plan.scenario_hash[:12]}" for each in found.results]
    study = Study(
        asked.title,
        found.comparison,
        found.feasibility,
        found.choice,
        found.front,
        found.swings,
        (
            ("churnsim", found.results[0].plan.version),
            ("scenario and hash", ", ".join(hashes)),
            ("seed", str(asked.seed)),
            ("replications", str(asked.replications)),
        ),
        (f"{asked.repeat} --record {shlex.quote(str(path))}",),
    )
    make_folder(path.parent)
    write(path, record(study).encode())


def document(asked: Question, found: Answer) -> dict[str, object]:
    """The JSON document of the command."""
    return {
        "question": asked.title,
        "version": __version__,
        "seed": asked.seed,
        "replications": asked.replications,
        "scenarios": {each.plan.scenario_hash: each.plan.scenario for each in found.results},
        "baseline": found.comparison.baseline.name,
        "designs": [{"name": one.name, "settings": dict(one.settings)} for one in found.comparison.designs],
        "contrasts": contrasts_document(found.comparison),
        "promises": [
            {
                "design": each.design,
                "promise": each.constraint.text,
                "verdict": each.ruling,
                "reason": each.reason,
            }
            for each in found.feasibility.findings
        ],
        "choice": _choice(found),
        "front": _front(found),
        "assumptions": [
            {
                "path": each.assumption.path,
                "values": [str(value) for value in each.assumption.values],
                "moves": each.size,
                "reversals": list(each.reversals),
                "choices": {outcome.value: outcome.chosen or None for outcome in each.outcomes},
            }
            for each in found.swings
        ],
        "warnings": [*map(str, asked.doubts), *found.warnings],
        "repeat": asked.repeat,
        "results": [None if each.place is None else str(each.place) for each in found.results],
    }


def _choice(found: Answer) -> dict[str, object] | None:
    if found.choice is None:
        return None
    return {
        "measure": found.choice.measure,
        "indifference": found.choice.indifference,
        "best": None if found.choice.best is None else found.choice.best.name,
        "left": [one.name for one in found.choice.left],
        "contenders": [one.name for one in found.choice.contenders],
        "sentence": found.choice.sentence,
    }


def _front(found: Answer) -> dict[str, object] | None:
    if found.front is None:
        return None
    names = [one.name for one in found.comparison.designs]
    return {
        "objectives": list(found.front.objectives),
        "membership": dict(zip(names, found.front.membership.tolist(), strict=True)),
    }


def _compare(asked: Question, settings: Mapping[str, Any]) -> tuple[Comparison, tuple[Results, ...]]:
    """The comparison with some settings changed in every design."""
    from churnsim.decision import compare
    from churnsim.decision.alternative import find
    from churnsim.decision.trial import trial

    scenarios = {
        name: scenario.with_(dict(settings)) if settings else scenario
        for name, scenario in asked.scenarios.items()
    }

    def make(verb: str) -> Any:
        return lambda scenario: conduct(
            scenario, invocation(verb, scenario, file=asked.files[0], **asked.options)
        )

    designs, results = trial(scenarios, run=make("run"), sweep=make("sweep"))
    if not all(one.runs for one in designs):
        for failure in dict.fromkeys(warning for each in results for warning in each.warnings):
            click.echo(f"warning: {failure}", err=True)
        raise UsageError("some design has no run that went through: there is nothing to compare it by")
    base = None if asked.wish.baseline is None else find(designs, asked.wish.baseline)
    return compare(designs, asked.measures, baseline=base), results


def _indifference(asked: Question, comparison: Comparison) -> float:
    from churnsim.metrics import MEASURES
    from churnsim.statistics import Precision

    assert asked.wish.best is not None
    assert asked.wish.indifference is not None
    try:
        wanted = Precision.read(asked.wish.indifference, MEASURES.find(asked.wish.best).unit)
    except ValueError as error:
        raise UsageError(f"--indifference: {error}") from error
    mean = comparison.contrast(asked.wish.best, comparison.baseline.name).estimate.mean
    amount = wanted.allowed(mean or 0.0)
    if amount <= 0.0:
        raise UsageError(
            f"--indifference {asked.wish.indifference} of {asked.wish.best} is nothing, for the baseline "
            "has none; give an amount"
        )
    return amount
