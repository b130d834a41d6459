"""The deployer: brings versions of a workload to its units as its rollout says, and takes bad ones back."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, isnan, nan
from typing import TYPE_CHECKING

from churnsim.engine import Order
from churnsim.engine.draws import Draws
from churnsim.model.lineage import Lineage
from churnsim.model.rollout import Course, Rollout, Sight
from churnsim.model.roster import Roster

if TYPE_CHECKING:
    from churnsim.model.fleet import Fleet
    from churnsim.model.unit import Unit

CAUSES = ("rolled-out", "rolled-back", "noticed", "no-progress", "bad-version")


@dataclass
class Revision:
    """What has become of one version so far; an instant that has not come is NaN."""

    number: int
    committed: float
    is_bad: bool = False
    began: float = nan
    completed: float = nan
    noticed: float = nan
    restored: float = nan
    cause: int = -1
    is_watched: bool = False
    watches: int = 0  # how often it has been watched in vain


class Deployer(Lineage):
    """What closes the loop from versions to units.

    Parameters
    ----------
    fleet : Fleet
        Whose units.
    rollout : Rollout
        How versions come to them.
    """

    def __init__(self, fleet: Fleet, rollout: Rollout) -> None:
        self.goal = 0  # the revision that is to be in force
        self.routed = 0  # the one to which callers are sent, where not to all
        self.roster = Roster()
        self._fleet, self._rollout, self._world = fleet, rollout, fleet.world
        self._recorder = fleet.system.recorder
        self._revisions = [Revision(0, fleet.world.start)]
        self._sound = [0]  # revisions begun of which nobody knows anything bad
        self._settled = 0  # the one that was in force when the course began
        self._next: Revision | None = None
        self._course: Course | None = None
        self._is_back = self._is_awake = False
        self._best, self._progress, self._until = 0, 0.0, -inf
        self._stream = fleet.world.stream(f"workloads/{fleet.name}/rollout")
        self._crash: Draws | None = None
        if rollout.fault.crash is not None:
            self._crash = fleet.draws("bad-version", rollout.fault.crash)

    def begin(self) -> None:
        name = f"workloads/{self._fleet.name}/rollout"
        for time in sorted(self._rollout.instants(self._world, name).tolist()):
            if time >= self._world.start:
                self._world.at(time, Order.INTENT, self._commit)

    # --- what units are told -------------------------------------------------------------------------

    def heir(self, unit: Unit) -> int:
        return self.goal if self._rollout.is_lazy else unit.revision

    @property
    def more(self) -> int:
        is_settled = self._course is None or self._is_back or self._rollout.is_lazy
        return self.goal if is_settled else self._settled

    def is_served(self, unit: Unit) -> bool:
        return not self._rollout.keeps_old or unit.revision == self.routed

    def boots(self, unit: Unit) -> bool:
        return not self._revisions[unit.revision].is_bad or self._rollout.fault.boots

    def crash(self, unit: Unit) -> float:
        if self._crash is None or not self._revisions[unit.revision].is_bad:
            return inf
        return self._crash.take(unit.slot, unit.incarnation)

    def first(self, revision: int) -> Unit:
        return self.roster.first(revision, self.routed if self._rollout.keeps_old else revision)

    # --- what units tell -----------------------------------------------------------------------------

    def rise(self, unit: Unit) -> None:
        self.roster.rise(unit)
        revision = self._revisions[unit.revision]
        if revision.is_bad and not revision.is_watched and isnan(revision.noticed):
            revision.is_watched = True
            u = self._stream.uniform(self._stream.lane(2, revision.number), revision.watches)
            wait = float(self._rollout.detected.inverse(u))
            self._world.at(self._world.now + wait, Order.INTENT, self._notice, revision)
        self.wake()

    def join(self, unit: Unit) -> None:
        self.roster.join(unit)

    def sink(self, unit: Unit) -> None:
        self.roster.sink(unit)
        self.wake()

    def strike(self, unit: Unit) -> None:
        self.roster.strike(unit)
        self.wake()

    def drain(self, unit: Unit, by: int) -> None:
        self.roster.drain(unit, by)
        self.wake()

    def wake(self) -> None:
        # Once all else that happens at this instant has happened.
        if self._course is not None and not self._is_awake:
            self._is_awake = True
            self._world.at(self._world.now, Order.ROLLOUT, self._look)

    # --- versions ------------------------------------------------------------------------------------

    def _commit(self, _: None) -> None:
        revision = Revision(len(self._revisions), self._world.now)
        chance = self._stream.uniform(self._stream.lane(1), revision.number)
        revision.is_bad = float(chance) < self._rollout.bad
        self._revisions.append(revision)
        self._next = revision
        if self._course is None or self._rollout.is_lazy:
            self._roll_out()

    def _roll_out(self) -> None:
        """Begin with the newest version that waits."""
        revision, self._next = self._next, None
        if revision is not None:
            revision.began = self._world.now
            self._settled = self.goal
            self._sound.append(revision.number)
            course = self._begin(revision.number, False)
            if not self._rollout.is_lazy:
                self._world.at(self._world.now + self._rollout.deadline, Order.CONTROL, self._await, course)

    def _notice(self, revision: Revision) -> None:
        """Notice that a version is bad, if there is anybody left of it."""
        revision.is_watched = False
        revision.watches += 1
        if self.roster.ready(revision.number) + self.roster.coming(revision.number):
            self._take_back(revision, "noticed")

    def _take_back(self, revision: Revision, cause: str) -> None:
        if not isnan(revision.noticed):
            return
        revision.noticed, revision.cause = self._world.now, self._world.cause(cause)
        self._sound.remove(revision.number)
        if revision.number == self.goal:
            self._begin(self._sound[-1], True)

    def _begin(self, goal: int, is_back: bool) -> Course:
        self.goal, self._is_back = goal, is_back
        self._course = course = self._rollout.course(is_back)
        self._best, self._progress, self._until = 0, self._world.now, -inf
        self.wake()
        return course

    # --- one course ----------------------------------------------------------------------------------

    def _look(self, _: object) -> None:
        """Take one step, and look again once all that it brings about at this instant has happened."""
        self._is_awake = False
        course = self._course
        if course is None:
            return
        sight = self._sight()
        step = course.step(sight)
        moves = bool(step.create or step.stop or step.switch)
        if moves or sight.ready > self._best:
            self._best, self._progress = max(sight.ready, self._best), self._world.now
        if step.is_complete:
            self._complete()
        if step.switch:
            self._switch()
        cause = self._world.cause("rolled-back" if self._is_back else "rolled-out")
        self._fleet.exchange(step.create, self.goal, step.stop, cause)
        if moves:
            self.wake()
        elif step.is_over:
            self._end()
        elif self._world.now < step.until < inf and step.until != self._until:
            self._until = step.until
            self._world.at(step.until, Order.ROLLOUT, self._resume, course)

    def _sight(self) -> Sight:
        roster, goal = self.roster, self.goal
        old_ready, old_coming = roster.others(goal)
        return Sight(
            now=self._world.now,
            desired=self._fleet.target,
            ready=roster.ready(goal),
            coming=roster.coming(goal),
            old_ready=old_ready,
            old_coming=old_coming,
            leaving=roster.leaving(goal),
        )

    def _resume(self, course: Course) -> None:
        if course is self._course:
            self._look(None)

    def _switch(self) -> None:
        """Send callers to the revision that is to be in force."""
        if self.routed != self.goal:
            self.routed = self.goal
            for unit in self.roster.strangers(self.goal):
                self._fleet.duty.lay_down(unit)
            for unit in self.roster.members(self.goal):
                self._fleet.duty.take_up(unit)

    def _complete(self) -> None:
        """Take notice that a version has taken the place of the others."""
        now, revision = self._world.now, self._revisions[self.goal]
        if not self._is_back and isnan(revision.completed):
            revision.completed = now
        for each in self._revisions:
            if isnan(each.restored) and not isnan(each.noticed):
                each.restored = now

    def _end(self) -> None:
        self._course = None
        self._roll_out()

    def _await(self, course: Course) -> None:
        """Let a course that makes no progress for the deadline be given up."""
        due = max(self._progress, self._until) + self._rollout.deadline
        revision = self._revisions[self.goal]
        if course is not self._course or self._is_back or not isnan(revision.completed):
            return
        if self._world.now < due:
            self._world.at(due, Order.CONTROL, self._await, course)
        else:
            self._take_back(revision, "no-progress")

    # --- record --------------------------------------------------------------------------------------

    def finish(self) -> None:
        failing = self._rollout.fault.failing
        for each in self._revisions[1:]:
            self._recorder.row(
                "revisions", workload=self._fleet.index, revision=each.number, committed=each.committed,
                began=each.began, completed=each.completed, bad=each.is_bad, noticed=each.noticed,
                restored=each.restored, cause=each.cause, failing=failing if each.is_bad else 0.0,
            )  # fmt: skip
