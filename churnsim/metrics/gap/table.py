"""Stretches of over- or under-trust with one cause each, as columns."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from churnsim.metrics.overlap import Floats, Ints, Mask


class Side(IntEnum):
    """Enforced although not intended, or intended although not enforced."""

    OVER = 0
    UNDER = 1


class GapFamily(IntEnum):
    """What the gap is about: a unit's own credentials, a thief's, a principal's permission, a stolen key."""

    CREDENTIAL = 0
    THEFT = 1
    POLICY = 2
    FORGER = 3


class Cause(IntEnum):
    """Why enforced trust differs from intended trust; its name in small letters is its word."""

    ORPHAN_CREDENTIAL = 0
    REVOCATION_NOT_PROPAGATED = 1
    LEEWAY = 2
    CLOCK_SKEW = 3
    UNDETECTED_THEFT = 4
    AWAITING_EXPIRY = 5
    STALE_POLICY = 6
    FAIL_OPEN = 7
    NO_CREDENTIAL_AT_START = 8
    EXPIRED_ISSUER_OUTAGE = 9
    EXPIRED_LATE_RENEWAL = 10
    FALSE_REVOCATION = 11
    FAIL_CLOSED = 12
    DECISION_CACHE = 13
    NEGATIVE_CACHE = 14
    EXPIRED_QUEUE = 15
    STOLEN_KEY = 16
    UNKNOWN_KEY = 17
    KEY_REMOVED = 18
    EXPIRED_OWNER_OUTAGE = 19
    POISON_POLICY = 20
    AWAITING_DECISION = 21
    OPEN_CONNECTION = 22
    NOT_YET_VALID = 23
    STATUS_UNKNOWN = 24
    NO_POLICY_AT_START = 25
    ORPHAN_UNIT = 26
    EXPIRED_PARTITION = 27
    UNREACHED_POLICY = 28

    @property
    def word(self) -> str:
        """Name as written in measures: ``orphan_credential``."""
        return self.name.lower()


@dataclass(frozen=True, eq=False, slots=True)
class Gaps:
    """One row for each stretch in which one point is wrong about one pair for one cause.

    Points that are wrong about a principal are many and alike: those of a workload share a row, which lasts
    as long as any of them is wrong and weighs as much as all of them; `trust.units_wrong` tells which.

    Parameters
    ----------
    side, family, cause : ndarray of int
        Codes of `Side`, `GapFamily`, `Cause`.
    workload, unit, principal, point : ndarray of int
        Codes of the trace; -1 where it has none. A lapse is one row about all the principals that its unit
        is wrong about, with `principal` -1; of other gaps of a policy `unit` is -1.
    theft : ndarray of int
        Row in `thefts`, for a forger in `forgers`, -1 for none.
    start, end : ndarray of float
        Instants [s]; `end` is t1 where `open`.
    open : ndarray of bool
        Whether the gap went on at t1 (right-censored).
    weight : ndarray of float
        Mean weight over the row: the share of verifications made at the point, or of the enforcement points
        of the workload those that are wrong, times the number of principals for a lapse.
    seconds : ndarray of float
        Weighted length inside the measured window [pair s].
    episode : ndarray of int
        Row in `Episodes`; -1 for a lapse, which is part of many.
    """

    side: Ints
    family: Ints
    cause: Ints
    workload: Ints
    unit: Ints
    principal: Ints
    point: Ints
    theft: Ints
    start: Floats
    end: Floats
    open: Mask
    weight: Floats
    seconds: Floats
    episode: Ints

    def __len__(self) -> int:
        return self.start.size

    def where(self, chosen: NDArray[Any]) -> Gaps:
        """Return the rows that a mask or index array picks."""
        return Gaps(*(getattr(self, field.name)[chosen] for field in fields(self)))


_DTYPES = {"open": np.bool_} | dict.fromkeys(("start", "end", "weight", "seconds"), np.float64)


def rows(side: Side | NDArray[Any], family: GapFamily, **columns: Any) -> Gaps:
    """Build rows of one side and family; scalars are repeated, codes not given are -1."""
    given = {"side": side, "family": family, **columns}
    names = [field.name for field in fields(Gaps)]
    wide = {name: np.broadcast_to(given.get(name, -1), np.size(given["start"])) for name in names}
    cast: dict[str, Any] = {name: np.array(wide[name], _DTYPES.get(name, np.int64)) for name in names}
    return Gaps(**cast)


def concatenate(*parts: Gaps) -> Gaps:
    """Append rows to each other."""
    names = [field.name for field in fields(Gaps)]
    joined: dict[str, Any] = {name: np.concatenate([getattr(part, name) for part in parts]) for name in names}
    return Gaps(**joined)
