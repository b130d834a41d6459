"""The slow twin's autoscalers: a process that looks, counts and asks for more or fewer units."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from itertools import count, pairwise
from math import ceil, floor, inf
from typing import Any

import simpy

from churnsim.model.autoscaler.hpa import HpaAutoscaler
from churnsim.model.autoscaler.kpa import KpaAutoscaler
from churnsim.model.autoscaler.queue_length import QueueLengthAutoscaler
from churnsim.model.autoscaler.schedule import ScheduleAutoscaler
from tests.twin.clock import CONTROL

Looks = Generator[simpy.Event, Any, None]


def scale(fleet: Any, recipe: Any) -> Looks:
    """Return the process of an autoscaler."""
    match recipe:
        case HpaAutoscaler():
            return _every(fleet, recipe.sync, _hpa(fleet, recipe))
        case KpaAutoscaler():
            return _every(fleet, recipe.tick, _kpa(fleet, recipe))
        case QueueLengthAutoscaler():
            return _every(fleet, recipe.poll, _queue_length(fleet, recipe))
        case ScheduleAutoscaler():
            return _schedule(fleet, recipe)
    raise LookupError(f"the slow twin knows no autoscaler {recipe.kind}")


def _every(fleet: Any, period: float, decide: Callable[[], int]) -> Looks:
    stream = fleet.stream(f"workloads/{fleet.name}/autoscaler")
    when = fleet.clock.start + stream.uniform(stream.lane(0), 0) * period
    while True:
        yield fleet.clock.at(when, CONTROL)
        fleet.scale(decide())
        when = fleet.clock.now + period


def _schedule(fleet: Any, recipe: ScheduleAutoscaler) -> Looks:
    """Walk through the appointments, circle after circle; of those before the start only the last counts."""
    start = fleet.clock.start
    for (when, units), (until, _) in pairwise(_appointments(recipe, start)):
        if until > start:
            yield fleet.clock.at(max(when, start), CONTROL)
            fleet.scale(units)


def _appointments(recipe: ScheduleAutoscaler, start: float) -> Iterator[tuple[float, int]]:
    if recipe.every is None:
        yield from ((step.at, step.units) for step in recipe.steps)
        yield inf, 0
        return
    for turn in count(floor(start / recipe.every)):
        yield from ((turn * recipe.every + step.at, step.units) for step in recipe.steps)


def _near(number: float) -> int:
    """Round up, but not what lies above a whole number by rounding alone."""
    return round(number) if abs(number - round(number)) < 1e-9 else ceil(number)


def _offered(fleet: Any, window: float) -> float:
    now = fleet.clock.now
    return float(fleet.load.offered(now - window, now)) / window


def _hpa(fleet: Any, recipe: HpaAutoscaler) -> Callable[[], int]:
    """Desired replicas as the controller's documentation tells them: usage of each pod, pod by pod."""
    wishes: list[tuple[float, int]] = []
    sizes: list[tuple[float, int]] = []  # when the number grew, and by how much

    def wish(wanted: int) -> int:
        now = fleet.clock.now
        pods = fleet.wanted
        ready = [pod for pod in pods if pod.ready == pod.ready]
        sampled = [pod for pod in ready if now - pod.ready >= recipe.metrics]
        if not sampled:
            return wanted
        usage = _offered(fleet, recipe.window) / len(ready) / fleet.recipe.capacity
        over = usage / recipe.target
        if over > 1:
            usages = [usage] * len(sampled) + [0.0] * (len(pods) - len(sampled))
        else:
            usages = [usage] * len(sampled) + [recipe.target] * (len(ready) - len(sampled))
        ratio = sum(usages) / len(usages) / recipe.target
        if abs(ratio - 1) <= recipe.tolerance + 1e-9 or (ratio > 1) != (over > 1):
            return wanted
        number = _near(ratio * len(usages))
        return max(number, wanted) if over > 1 else min(number, wanted)

    def decide() -> int:
        now, wanted = fleet.clock.now, fleet.target
        if not wishes:
            wishes.append((now, wanted))
        number = sorted((recipe.floor, wish(wanted), recipe.ceiling))[1]
        wishes.append((now, number))
        if number < wanted:
            return min(wanted, max(n for when, n in wishes if when >= now - recipe.down_window))
        recent = sum(grown for when, grown in sizes if when > now - recipe.up_period)
        base = wanted - recent
        limit = max(base + recipe.up_units, _near(base * (1 + (recipe.up_share or 0.0))))
        number = min(number, max(limit, wanted))
        sizes.append((now, number - wanted))
        return number

    return decide


def _kpa(fleet: Any, recipe: KpaAutoscaler) -> Callable[[], int]:
    """Wishes of both windows; panic while the short one was too high within the last stable window."""
    alarms: list[float] = []
    peaks: list[tuple[float, int]] = []  # wishes in panic
    quiet: list[float] = []  # looks at which nothing had come, without a break

    def decide() -> int:
        now = fleet.clock.now
        ready = max(1, sum(unit.ready == unit.ready for unit in fleet.wanted))
        share = recipe.target * fleet.recipe.capacity
        slow, quick = (_near(_offered(fleet, window) / share) for window in (recipe.stable, recipe.panic))
        low, high = int(ready // recipe.down), _near(ready * recipe.up)
        if quick >= recipe.threshold * ready:
            if not alarms or now - alarms[-1] > recipe.stable:
                peaks.clear()
            alarms.append(now)
        number = sorted((low, slow, high))[1]
        if alarms and now - alarms[-1] <= recipe.stable:
            peaks.append((now, sorted((low, quick, high))[1]))
            number = max(peak for _, peak in peaks)
        if slow > 0:
            quiet.clear()
            number = max(number, 1)
        else:
            quiet.append(now)
            number = max(number, int(now - quiet[0] < recipe.grace))
        return sorted((recipe.floor, number, recipe.ceiling))[1]

    return decide


def _queue_length(fleet: Any, recipe: QueueLengthAutoscaler) -> Callable[[], int]:
    """The wish of the queue as it is, counted job by job; one unit stays until the cooldown is over."""
    busy: list[float] = []  # looks at which there was something to do, and the first

    def decide() -> int:
        now = fleet.clock.now
        jobs = sum(job.state in ("queued", "in-flight") for job in fleet.work.jobs)
        if jobs or not busy:
            busy.append(now)
        number = max(_near(jobs / recipe.target), int(jobs > 0 or now - busy[-1] < recipe.cooldown))
        return sorted((recipe.floor, number, recipe.ceiling))[1]

    return decide
