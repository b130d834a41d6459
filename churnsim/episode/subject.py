"""What an episode is about: who was trusted wrongly or not at all, where, and from when to when."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from churnsim.metrics.overlap import Ints
from churnsim.metrics.trust import Episodes, GapFamily, Side
from churnsim.trace import Family, Trace
from churnsim.trace.ownership import owner_of_unit


@dataclass(frozen=True, eq=False, slots=True)
class Subject:
    """One episode of one pair.

    Parameters
    ----------
    trace : Trace
        The run.
    side, family : Side, GapFamily
        Trusted although not intended or the other way round; a unit, a thief or a principal.
    number : int
        Row in the episodes of the run.
    unit, theft, principal : int
        Whom it is about; -1 where it has none. For a forger, `theft` is the row in `forgers`.
    workload : int
        Code of the workload; -1 for a forger, who is of none.
    start, end : float
        Bounds [s]; `end` is t1 where `is_open`.
    is_open : bool
        Whether it went on at t1.
    """

    trace: Trace
    side: Side
    family: GapFamily
    number: int
    unit: int
    theft: int
    principal: int
    workload: int
    start: float
    end: float
    is_open: bool

    @classmethod
    def of(cls, trace: Trace, found: Episodes, number: int) -> Subject:
        """Read who row `number` of the episodes of a run is about."""
        family, pair = GapFamily(found.family[number]), int(found.pair[number])
        principals = max((info.principals for info in trace.meta.policies), default=0)
        unit, theft, principal, workload = -1, -1, -1, -1
        if family == GapFamily.POLICY:
            workload, principal = divmod(pair, principals)
        elif family == GapFamily.FORGER:
            theft = pair
        else:
            if family == GapFamily.THEFT:
                theft, unit = pair, int(trace["thefts"]["unit"][pair])
            else:
                unit = pair
            workload = int(trace["units"]["workload"][unit])
        return cls(
            trace, Side(found.side[number]), family, number, unit, theft, principal, workload,
            float(found.start[number]), float(found.end[number]), bool(found.open[number]),
        )  # fmt: skip

    @property
    def issuer(self) -> int:
        """Code of the issuer of its workload, or of the stolen key; -1 for none."""
        if self.family == GapFamily.FORGER:
            return int(self.trace["forgers"]["issuer"][self.theft])
        return self.trace.meta.workloads[self.workload].issuer

    @property
    def policy(self) -> int:
        """Code of the policy of its workload, -1 for none."""
        return self.trace.meta.workloads[self.workload].policy

    @property
    def owner(self) -> int:
        """Index of the owner of its unit's credentials, -1 for none."""
        if self.family != GapFamily.CREDENTIAL:
            return -1
        return int(owner_of_unit(self.trace)[self.unit])

    @property
    def services(self) -> list[tuple[Family, int]]:
        """What has to be up for it: the source of its policy, or the issuer and the owner if it has one."""
        if self.family == GapFamily.POLICY:
            return [(Family.SOURCE, self.policy)]
        owner = [(Family.OWNER, self.owner)] if self.owner >= 0 else []
        return [(Family.ISSUER, self.issuer), *owner]

    @property
    def name(self) -> str:
        """Who it is about, in words."""
        if self.family == GapFamily.POLICY:
            info = self.trace.meta.workloads[self.workload]
            return f"{self.trace.meta.policies[info.policy].whom(self.principal)} at {info.name}"
        if self.family == GapFamily.FORGER:
            key = self.trace["forgers"]["key"][self.theft]
            return f"the forger with key {key} of {self.trace.meta.issuers[self.issuer].name}"
        unit = self.trace.label(Family.UNIT, self.unit)
        return f"the thief of {unit}" if self.family == GapFamily.THEFT else unit

    @property
    def held(self) -> Ints:
        """Rows in `credentials` of what the unit, or the thief, held, in order of issue; none of a forger."""
        table = self.trace["credentials"]
        mine = (table["unit"] == self.unit) & (table["bearer"] == -1)
        if self.family == GapFamily.THEFT:
            mine &= table["serial"] == self.trace["thefts"]["serial"][self.theft]
            mine |= table["bearer"] == self.theft
        row = np.flatnonzero(mine)
        return row[np.argsort(table["issued"][row], kind="stable")]

    @property
    def concerned(self) -> Ints:
        """Of what was held, the rows that the episode turns on: accepted last before it, or issued in it."""
        table, row = self.trace["credentials"], self.held
        if self.side == Side.OVER:
            return row[(table["issued"][row] < self.end) & (table["expires"][row] > self.start)]
        low = int(np.searchsorted(table["issued"][row], self.start, "left")) - 1
        return row[max(low, 0) : int(np.searchsorted(table["issued"][row], self.end, "right"))]

    @property
    def since(self) -> float:
        """Where its story begins [s]: with the oldest credential that it turns on, or with the unit."""
        if self.unit < 0:
            return self.start
        issued = self.trace["credentials"]["issued"][self.concerned]
        if issued.size and issued[0] < self.start:
            return float(issued[0])
        return float(min(self.trace["units"]["created"][self.unit], self.start))
