"""The explanation of an episode: a sentence, what happened in order of time, and what bound when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from churnsim.episode.bar import bars
from churnsim.episode.fact import Fact
from churnsim.episode.sentence import sentence
from churnsim.episode.stretch import Stretch, stretches
from churnsim.episode.subject import Subject
from churnsim.episode.teller import facts
from churnsim.episode.word import clock, said
from churnsim.metrics.trust import GapFamily, Side
from churnsim.trace import Family

if TYPE_CHECKING:
    import pandas

_FEW = 8  # stretches told one by one


@dataclass(frozen=True, eq=False, slots=True)
class Explanation:
    """What happened in one episode, from facts alone.

    Parameters
    ----------
    subject : Subject
        Whom it is about, and when.
    sentence : str
        All of it in one sentence.
    facts : tuple of Fact
        What happened, in order of time, the beginning and the end of the episode among it.
    stretches : tuple of Stretch
        Which cause held when and where, and which alone would have closed it.
    size : float
        How bad it was, as the search for the worst one measures it [s or pair s].
    """

    subject: Subject
    sentence: str
    facts: tuple[Fact, ...]
    stretches: tuple[Stretch, ...]
    size: float

    @classmethod
    def of(cls, subject: Subject, size: float) -> Explanation:
        """Explain one episode of a given size."""
        cut = stretches(subject)
        told = [*facts(subject), *_turns(subject, cut)]
        # What happens at the instant of a turn led to it.
        order = sorted(told, key=lambda fact: (fact.time, fact.kind.startswith("gap-")))
        return cls(subject, sentence(subject, cut), tuple(order), tuple(cut), size)

    def __str__(self) -> str:
        """Return the sentence."""
        return self.sentence

    def frame(self) -> pandas.DataFrame:
        """Return the facts as a frame.

        Columns: time [s], after the beginning of the episode [s], entity, kind, what, cause.
        """
        import pandas as pd

        frame = pd.DataFrame(
            [(f.time, f.time - self.subject.start, f.entity, f.kind, f.what, f.cause) for f in self.facts],
            columns=["time", "after", "entity", "kind", "what", "cause"],
        )
        frame.attrs["title"] = self.sentence
        return frame

    def bars(self) -> pandas.DataFrame:
        """Return what held from when to when, as a frame for `churnsim.plot.episode`.

        Columns: lane, kind, start [s], end [s], what, share.
        """
        import pandas as pd

        made = bars(self.subject, list(self.stretches))
        return pd.DataFrame(made, columns=["lane", "kind", "start", "end", "what", "share"])

    def document(self) -> dict[str, object]:
        """Return all of it as what JSON can hold."""
        subject = self.subject
        return {
            "sentence": self.sentence,
            "side": subject.side.name.lower(),
            "family": subject.family.name.lower(),
            "entity": subject.name,
            "start": subject.start,
            "end": subject.end,
            "open": subject.is_open,
            "facts": [
                {"time": f.time, "entity": f.entity, "kind": f.kind, "what": f.what, "cause": f.cause or None}
                for f in self.facts
            ],
            "stretches": [
                {
                    "start": stretch.start,
                    "end": stretch.end,
                    "where": where(subject, stretch),
                    "causes": [cause.word for cause in stretch.causes],
                    "remedies": [cause.word for cause in stretch.remedies],
                }
                for stretch in self.stretches
            ],
        }

    def _repr_html_(self) -> str:
        """Return sentence and facts for notebooks."""
        from html import escape

        rows = "".join(
            f"<tr><td>{clock(fact.time)}</td><td>{escape(fact.entity)}</td><td>{escape(fact.what)}</td></tr>"
            for fact in self.facts
        )
        return f"<table><caption>{escape(self.sentence)}</caption>{rows}</table>"


def where(subject: Subject, stretch: Stretch) -> list[str]:
    """Names of the points, or for a policy of the units, that are wrong in a stretch."""
    if subject.family == GapFamily.POLICY:
        return [subject.trace.label(Family.UNIT, unit) for unit in stretch.where]
    return [f"{subject.trace.meta.issuers[subject.issuer].name}/{point}" for point in stretch.where]


def _turns(subject: Subject, cut: list[Stretch]) -> list[Fact]:
    """Where the episode begins, changes and ends."""
    is_over, is_policy = subject.side == Side.OVER, subject.family == GapFamily.POLICY
    verb = ("allowed" if is_over else "denied") if is_policy else ("trusted" if is_over else "refused")
    told = []
    for number, stretch in enumerate(cut):
        before = cut[number - 1] if number else None
        if (
            before
            and len(cut) > _FEW
            and (before.causes, before.remedies) == (stretch.causes, stretch.remedies)
        ):
            continue  # only where it is wrong has changed
        remedy = " or ".join(map(said, stretch.remedies))
        closed = f"closed by removing {remedy}" if remedy else "no single removal closes it"
        causes = ", ".join(map(said, stretch.causes))
        kind = "gap-changed" if number else "gap-began"
        turn = "still" if number else "from here on"
        what = f"{turn} {verb} {_at(subject, stretch)}: {causes} ({closed})"
        told.append(Fact(stretch.start, subject.name, kind, what, stretch.causes[0].word))
    if subject.is_open:
        told.append(Fact(subject.end, subject.name, "gap-open", "the run ends; it went on"))
    else:
        told.append(Fact(subject.end, subject.name, "gap-ended", f"no longer {verb} wrongly"))
    return told


def _at(subject: Subject, stretch: Stretch) -> str:
    names = where(subject, stretch)
    if len(names) == 1:
        return f"at {names[0]}"
    return f"at {len(names)} {'units' if subject.family == GapFamily.POLICY else 'points'}"
