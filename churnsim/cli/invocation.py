"""What the user asked for, and the command that asks for it again."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Invocation:
    """A command that simulates, with its options resolved.

    Parameters
    ----------
    verb : str
        ``run``, ``sweep`` or ``check``.
    file : Path
        The scenario, as the user named it.
    seed, replications : int
        As given, or as the study of the scenario says.
    settings : tuple of str
        Overrides, ``KEY=VALUE`` each.
    workers : int or None
        Processes; None for one per core.
    out : Path or None
        Folder of results; None to keep nothing.
    replication : int or None
        The one replication to run; None for all.
    """

    verb: str
    file: Path
    seed: int
    replications: int
    settings: tuple[str, ...] = field(default=())
    workers: int | None = None
    out: Path | None = None
    replication: int | None = None

    @property
    def repeat(self) -> str:
        """The command line that gives the same numbers; the number of processes does not matter to them."""
        words = ["churnsim", self.verb, str(self.file)]
        words += [word for setting in self.settings for word in ("--set", setting)]
        words += ["--seed", str(self.seed)]
        if self.replication is None:
            words += ["--replications", str(self.replications)]
        else:
            words += ["--replication", str(self.replication)]
        if self.out is None:
            words.append("--no-store")
        elif self.out != Path("results"):
            words += ["--out", str(self.out)]
        return shlex.join(words)
