"""Verdicts: what each version of a policy says of each principal, and when a copy's verdict turns."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from churnsim.model.copies import ragged
from churnsim.model.refresh import Columns, Floats, Indices, Lives
from churnsim.trace.trace import Trace

Verdict = NDArray[np.bool_]


class Verdicts:
    """What each version says of each principal; looked up, never laid out as a table.

    Parameters
    ----------
    initial : (p,) array of bool
        Whom version 0 allows.
    version : (w,) array
        Versions 1, 2, …, each as often as it decides about somebody; sorted.
    principal, allowed : (w,) arrays
        Whom they decide about, and how.
    """

    def __init__(self, initial: Verdict, version: Indices, principal: Indices, allowed: Verdict) -> None:
        self.principal = principal
        self._versions = int(version.max(initial=0)) + 1
        self._upto = np.searchsorted(version, np.arange(self._versions), side="right")
        key = np.concatenate([np.arange(initial.size) * self._versions, principal * self._versions + version])
        order = np.argsort(key)
        self._key, self._allowed = key[order], np.concatenate([initial, allowed])[order]

    def of(self, principal: Indices, version: Indices) -> Verdict:
        """Whether `version` allows `principal`; shape (n,)."""
        row = np.searchsorted(self._key, principal * self._versions + version, side="right") - 1
        allowed: Verdict = self._allowed[row]
        return allowed

    def between(self, low: Indices, high: Indices) -> tuple[Indices, Indices]:
        """For each i what is decided after version ``low[i]``, up to ``high[i]``: (i repeated, decisions)."""
        return ragged(self._upto[low], self._upto[high])


@dataclass(frozen=True, eq=False)
class Head:
    """The newest version of a policy from commit to commit.

    Parameters
    ----------
    committed : (v,) array
        Instants [s] of versions 1, 2, …; sorted.
    version : (w,) array
        Versions, each as often as it decides about somebody; sorted.
    principal, allowed : (w,) arrays
        Whom they decide about, and how.
    initial : (p,) array of bool
        Whom version 0 allows.
    verdicts : Verdicts
        What each version says of each principal.
    """

    committed: Floats
    version: Indices
    principal: Indices
    allowed: Verdict
    initial: Verdict
    verdicts: Verdicts

    @classmethod
    def of(cls, trace: Trace, policy: int) -> Head:
        """Read the commits of `policy` from a trace; -1: one principal who is always allowed."""
        commits = trace.tables["commits"]
        mine = commits["policy"] == policy
        version, time = commits["version"][mine].astype(np.int64), commits["time"][mine]
        principal, allowed = commits["principal"][mine].astype(np.int64), commits["allowed"][mine] == 1
        first = version == 0
        initial = allowed[first][np.argsort(principal[first])] if policy >= 0 else np.ones(1, bool)
        later = version[~first], principal[~first], allowed[~first]
        committed = time[~first][np.diff(later[0], prepend=0) > 0]
        return cls(committed, *later, initial, Verdicts(initial, *later))

    @property
    def principals(self) -> int:
        """How many principals there are."""
        return self.initial.size

    @cached_property
    def _before(self) -> Verdict:
        """What the version before each said of its principal; shape (w,)."""
        return self.verdicts.of(self.principal, self.version - 1)

    @property
    def turns(self) -> Indices:
        """Decisions that do not just repeat what the version before said; ascending."""
        return np.flatnonzero(self._before != self.allowed)

    @property
    def share(self) -> Floats:
        """Share of principals whom each version allows, version 0 first; shape (v + 1,)."""
        jumps = self.allowed.astype(np.int64) - self._before
        each = np.bincount(self.version - 1, weights=jumps, minlength=self.committed.size)
        share: Floats = (self.initial.sum() + np.append(0, np.cumsum(each))) / self.principals
        return share


@dataclass(frozen=True)
class Turns:
    """Every instant at which the version in force at a point begins to say otherwise of a principal.

    Sorted by point, principal, instant.

    Parameters
    ----------
    who : (n,) array
        Position among the points.
    principal : (n,) array
        Of whom.
    at : (n,) array
        When [s].
    allowed : (n,) array of bool
        What it says from then on.
    """

    who: Indices
    principal: Indices
    at: Floats
    allowed: Verdict


def turns(lives: Lives, adoptions: Columns, verdicts: Verdicts) -> Turns:
    """Find where the adoptions of some points turn a verdict; what each version decides is looked at once."""
    place = np.argsort(lives.unit)
    who = place[np.searchsorted(lives.unit, adoptions["unit"], sorter=place)]
    order = np.lexsort((adoptions["applied"], who))
    who, version, applied = who[order], adoptions["version"][order], adoptions["applied"][order]
    follows = np.flatnonzero(np.diff(who, prepend=-1) == 0)
    row, commit = verdicts.between(version[follows - 1], version[follows])
    later = follows[row]
    principal = verdicts.principal[commit]
    # Of several decisions about one principal that are adopted together, only what the last one says counts.
    _, once = np.unique(later * (principal.max(initial=0) + 1) + principal, return_index=True)
    later, principal = later[once], principal[once]
    allowed = verdicts.of(principal, version[later])
    turned = allowed != verdicts.of(principal, version[later - 1])
    later, principal, allowed = later[turned], principal[turned], allowed[turned]
    order = np.lexsort((applied[later], principal, who[later]))
    later, principal, allowed = later[order], principal[order], allowed[order]
    return Turns(who[later], principal, applied[later], allowed)
