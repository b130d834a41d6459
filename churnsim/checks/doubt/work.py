"""Doubts about jobs: too many, leases and time limits too short, keys forgotten, idle checkpoints."""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite

from churnsim.base.quantity import format_duration
from churnsim.base.readable import counted
from churnsim.checks.doubt.doubt import Doubt, about
from churnsim.model.labour import Terms
from churnsim.model.pipeline import arriving
from churnsim.model.workload import Workload
from churnsim.scenario import Scenario

OFTEN = 1.0  # percent of the jobs that are killed


def key_forgotten(scenario: Scenario) -> Iterator[Doubt]:
    """A key that may be forgotten before its job is delivered for the last time."""
    for name, _, terms in _working(scenario):
        kept, last = terms.commit.remembered, terms.redelivery
        if 0 < kept < last:
            queue = terms.queue
            yield Doubt(
                ("workloads", name, "commit", "retention"),
                f"not exactly once: keys are kept for {format_duration(kept)}, but a job may be delivered "
                f"again {about(last)} after its commit: ({queue.attempts} attempts - 1) x "
                f"({format_duration(queue.lease)} lease + "
                f"{about(terms.commit.acknowledge.longest)} to acknowledge), and later where it has to wait",
                f"keep them for more than {about(last)} and the longest wait for a unit",
            )


def lease_shorter_than_work(scenario: Scenario) -> Iterator[Doubt]:
    """A lease that nobody extends, and jobs that take longer."""
    for name, _, terms in _working(scenario):
        if terms.queue.extended or terms.commit.is_acknowledged_first:
            continue
        lease = terms.queue.lease
        longer = 100 * float(terms.jobs.work.survival(lease))
        if longer > 0:
            yield Doubt(
                ("workloads", name, "queue", "lease"),
                f"{longer:.3g}% of the jobs take longer than the lease of {format_duration(lease)} that "
                "nobody extends: they are delivered again while a unit works on them, and it is not heard",
                "lengthen the lease, or write 'extended: true'",
            )


def more_work_than_units(scenario: Scenario) -> Iterator[Doubt]:
    """A queue that grows without bound."""
    for name, workload, terms in _working(scenario):
        rate = arriving(scenario.workloads, name)
        if not rate:
            continue
        each = terms.busy
        if terms.units:
            each += workload.pending.mean + workload.startup.mean
        busy = each * rate
        if busy >= workload.slots:
            yield Doubt(
                ("workloads", name, "jobs", "every" if terms.jobs.after is None else "after"),
                f"the queue grows without bound: a job of {about(each)}{_start(terms)} every "
                f"{about(1 / rate)} keeps {busy:.3g} units busy, and there are "
                f"{workload.slots}",
                "let there be more units, or jobs come more seldom",
            )


def repeated_before(scenario: Scenario) -> Iterator[Doubt]:
    """A stage that does its jobs once, after one whose outcomes may take effect again."""
    for name, _, terms in _working(scenario):
        source = terms.jobs.after
        before = None if source is None else scenario.workloads[source].terms
        if before is None or not terms.commit.remembered or before.commit.remembered:
            continue
        if not before.commit.is_acknowledged_first and before.queue.attempts > 1:
            yield Doubt(
                ("workloads", name, "commit"),
                f"not exactly once: {source} commits at least once, and each time that an outcome of it "
                f"takes effect brings {counted(terms.jobs.each, 'new job')}, which no key of {name} has seen",
                f"let {source} commit exactly once too, or read pipeline.repeated",
            )


def checkpoint_never_reached(scenario: Scenario) -> Iterator[Doubt]:
    """Checkpoints further apart than any job is long, or of jobs that are never delivered again."""
    for name, _, terms in _working(scenario):
        if terms.checkpoints is None:
            continue
        every, work = terms.checkpoints.every, terms.jobs.work
        if terms.commit.is_acknowledged_first:
            said, remedy = "a job that was acknowledged first is never delivered again", "leave them out"
        elif every >= work.high:
            said = f"no job takes longer than {format_duration(work.high)}, the first comes after "
            said, remedy = said + format_duration(every), "let them come more often, or leave them out"
        else:
            continue
        path = ("workloads", name, "checkpoints", "every")
        yield Doubt(path, f"nobody goes on from a checkpoint: {said}", remedy)


def work_outlasts_units(scenario: Scenario) -> Iterator[Doubt]:
    """Jobs that no unit lives long enough to do."""
    for name, workload, terms in _working(scenario):
        life, work = workload.stay, terms.jobs.work
        stretch = work.low if terms.checkpoints is None else min(work.low, terms.checkpoints.every)
        if life is not None and isfinite(life.high) and stretch > life.high + workload.drain.high:
            yield Doubt(
                ("workloads", name, "jobs", "work"),
                f"no job is ever done: the shortest stretch takes {about(stretch)}, a unit lives for at most "
                f"{about(life.high + workload.drain.high)}",
                "lengthen the lifetime, or save the work by checkpoints",
            )


def killed_at_its_time_limit(scenario: Scenario) -> Iterator[Doubt]:
    """A time limit that many jobs do not keep."""
    for name, _, terms in _working(scenario):
        killed = 100 * float(terms.jobs.work.survival(terms.time_limit)) if isfinite(terms.time_limit) else 0
        if killed >= OFTEN:
            yield Doubt(
                ("workloads", name, "time_limit"),
                f"{killed:.3g}% of the jobs take longer than {format_duration(terms.time_limit)}: they are "
                "killed, and not tried again",
                "raise it, or leave it out",
            )


DOUBTS = (
    key_forgotten,
    lease_shorter_than_work,
    more_work_than_units,
    repeated_before,
    checkpoint_never_reached,
    work_outlasts_units,
    killed_at_its_time_limit,
)


def _start(terms: Terms) -> str:
    return ", its unit's start-up included," if terms.units else ""


def _working(scenario: Scenario) -> Iterator[tuple[str, Workload, Terms]]:
    for name, workload in scenario.workloads.items():
        if workload.terms is not None:
            yield name, workload, workload.terms
