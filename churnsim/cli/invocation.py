"""What the user asked for, and the command that asks for it again."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from churnsim.experiment import Cluster, Shard


@dataclass(frozen=True, slots=True)
class Invocation:
    """A command that simulates, with its options resolved.

    Parameters
    ----------
    verb : str
        ``run``, ``sweep`` or ``check``.
    file : Path
        The scenario, as the user named it.
    seed : int
        As given, or as the study of the scenario says.
    replications : int or None
        As given, or as the study of the scenario says; None where it says how precise it is to be instead.
    settings : tuple of str
        Overrides, ``KEY=VALUE`` each.
    workers : int or None
        Processes; None for one per core.
    out : Path or None
        Folder of results; None to keep nothing.
    replication : int or None
        The one replication to run; None for all.
    cluster : Cluster or None
        Makes the runs; None for processes on this machine.
    shard : Shard or None
        Share of the runs that is made; None for all.
    show : tuple of str
        Measures that are printed instead of those that the command would choose.
    """

    verb: str
    file: Path
    seed: int
    replications: int | None
    settings: tuple[str, ...] = field(default=())
    workers: int | None = None
    out: Path | None = None
    replication: int | None = None
    cluster: Cluster | None = None
    shard: Shard | None = None
    show: tuple[str, ...] = ()

    @property
    def repeat(self) -> str:
        """The command line that gives the same numbers; who makes the runs does not matter to them."""
        words = ["churnsim", self.verb, str(self.file)]
        words += [word for setting in self.settings for word in ("--set", setting)]
        words += ["--seed", str(self.seed)]
        if self.replication is not None:
            words += ["--replication", str(self.replication)]
        elif self.replications is not None:
            words += ["--replications", str(self.replications)]
        if self.shard is not None:
            words += ["--shard", str(self.shard)]
        words += [word for name in self.show for word in ("--show", name)]
        if self.out is None:
            words.append("--no-store")
        elif self.out != Path("results"):
            words += ["--out", str(self.out)]
        return shlex.join(words)
