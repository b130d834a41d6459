"""The search for the worst trust gap among replications, and how it is printed."""

from __future__ import annotations

import shlex
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from churnsim import __version__
from churnsim.base.readable import counted
from churnsim.cli.progress import progress
from churnsim.cli.table import Table

if TYPE_CHECKING:
    from churnsim.base.errors import Problem
    from churnsim.episode import Explanation
    from churnsim.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Search:
    """What is searched for, and where.

    Parameters
    ----------
    file : Path
        The scenario, as the user named it.
    settings : tuple of str
        Overrides, ``KEY=VALUE`` each.
    side, family, by : str
        As `churnsim.explain_worst` takes them; `family` None for units and thieves.
    seed : int
        Root seed.
    replications : tuple of int
        Which.
    """

    file: Path
    settings: tuple[str, ...]
    side: str
    family: str | None
    by: str
    seed: int
    replications: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """The worst episode, or that there is none."""

    asked: Search
    replication: int
    worst: Explanation | None

    @property
    def sentence(self) -> str:
        """The episode in a sentence, or that there was none."""
        if self.worst is not None:
            return str(self.worst)
        what = "lockout" if self.asked.side == "under" else "exposure"
        about = {
            "credential": "of a unit",
            "theft": "of a thief",
            "forger": "of a forger",
            "policy": "of a principal",
        }
        whose = f" {about[self.asked.family]}" if self.asked.family else ""
        searched = counted(len(self.asked.replications), "replication")
        other = " For who was trusted wrongly, ask with --over." if self.asked.side == "under" else ""
        return f"There was no {what}{whose} in {searched}.{other}"

    @property
    def repeat(self) -> str:
        """The command that tells the same again, without searching."""
        asked = self.asked
        words = ["churnsim", "worst", str(asked.file), *(w for s in asked.settings for w in ("--set", s))]
        words += [f"--{asked.side}", *(("--family", asked.family) if asked.family else ())]
        words += [] if asked.by == "longest" else ["--by", asked.by]
        return shlex.join([*words, "--seed", str(asked.seed), "--replication", str(self.replication)])

    def document(self, scenario: Scenario, doubts: Sequence[Problem]) -> dict[str, object]:
        """Return the JSON document; ``worst`` is null where there was no episode."""
        return {
            "scenario": scenario.name,
            "hash": scenario.hash,
            "version": __version__,
            "seed": self.asked.seed,
            "searched": len(self.asked.replications),
            "replication": self.replication,
            "worst": None if self.worst is None else self.worst.document(),
            "warnings": [str(doubt) for doubt in doubts],
            "repeat": self.repeat,
        }

    def say_more(self, figure: Path | None) -> None:
        """Print where it was found and how to get the same again."""
        click.echo()
        if figure is not None:
            click.echo(f"figure:      {figure}")
        if self.worst is not None:
            many = len(self.asked.replications)
            of = f" of {many} searched" if many > 1 else ""
            click.echo(f"replication: {self.replication}{of}")
        click.echo(f"seed:        {self.asked.seed}")
        click.echo(f"repeat:      {self.repeat}")


def search(scenario: Scenario, asked: Search) -> Found:
    """Simulate each replication and keep the worst episode of all; of equal ones the first."""
    from churnsim.episode import explain_worst
    from churnsim.simulate import simulate

    best, found = 0.0, Found(asked, asked.replications[0], None)
    began = time.monotonic()
    with progress(scenario.name) as tell:
        for done, number in enumerate(asked.replications):
            tell(done, len(asked.replications), time.monotonic() - began)
            trace = simulate(scenario, seed=asked.seed, replication=number)
            options: dict[str, Any] = {"family": asked.family, "by": asked.by}
            told = explain_worst(trace, asked.side, **options)  # type: ignore[arg-type]  # click has checked it
            if told is not None and told.size > best:
                best, found = told.size, Found(asked, number, told)
        tell(len(asked.replications), len(asked.replications), time.monotonic() - began)
    return found


def facts_table(found: Found, table: Table) -> None:
    """Print the facts in order of time: when, how long before or after the beginning, who, what."""
    from churnsim.episode.word import clock, lasting

    if found.worst is None:
        table(("time", "after", "who", "what"), [])
        return
    begun = found.worst.subject.start
    rows = [
        (
            clock(fact.time),
            f"{'-' if fact.time < begun else '+'}{lasting(abs(fact.time - begun))}",
            fact.entity,
            fact.what,
        )
        for fact in found.worst.facts
    ]
    table(("time", "after", "who", "what"), rows, names=2)
