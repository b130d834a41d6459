"""Doubts about functions: nobody finds a unit, more come than fit, settings that mean nothing."""

from __future__ import annotations

from collections.abc import Iterator
from math import exp

from churnsim.base.quantity import format_duration
from churnsim.checks.doubt.doubt import Doubt, about
from churnsim.model.traffic.constant import ConstantTraffic
from churnsim.model.workload.function import Function
from churnsim.scenario import Scenario

NEARLY = 0.9  # of all


def every_request_cold(scenario: Scenario) -> Iterator[Doubt]:
    """Units that are gone long before the next request comes."""
    for name, function in _functions(scenario):
        if function.provisioned or not isinstance(function.traffic, ConstantTraffic):
            continue
        stays = function.service.mean + function.keep_alive.mean
        cold = exp(-function.traffic.rate * stays)
        if cold >= NEARLY and function.traffic.rate > 0:
            yield Doubt(
                ("workloads", name, "keep_alive"),
                f"nearly every request to {name} starts a unit: one comes every "
                f"{about(1 / function.traffic.rate)}, and a unit is gone {about(stays)} after it took its "
                f"last; e^-({stays * function.traffic.rate:.3g}) = {cold:.1%} of them find none",
                "keep units alive for longer, or provision one",
            )


def more_than_the_limit(scenario: Scenario) -> Iterator[Doubt]:
    """Requests that have no place however long units are kept."""
    for name, function in _functions(scenario):
        rate, places = function.traffic.mean_rate, function.limit * function.concurrency
        offered = rate * function.service.mean
        if offered > places:
            yield Doubt(
                ("workloads", name, "limit"),
                f"at least {1 - places / offered:.1%} of the requests to {name} are turned away: "
                f"{rate:.4g}/s of {about(function.service.mean)} take {offered:.4g} places on average, and "
                f"{function.limit} units have {places}",
                "raise the limit or the concurrency, or offer fewer",
            )


def nothing_on_demand(scenario: Scenario) -> Iterator[Doubt]:
    """Units that are all provisioned, so that none is ever started or let go."""
    for name, function in _functions(scenario):
        if function.provisioned == function.limit:
            yield Doubt(
                ("workloads", name, "provisioned"),
                f"keep_alive means nothing: all {function.limit} units of {name} are provisioned, and none "
                "is started for a request",
                "raise the limit, or provision fewer",
            )


def patience_below_start(scenario: Scenario) -> Iterator[Doubt]:
    """Patience that ends before any unit can be ready."""
    for name, function in _functions(scenario):
        least = function.pending.low + function.startup.low
        if function.patience is not None and function.patience < least:
            yield Doubt(
                ("workloads", name, "patience"),
                f"nobody who starts a unit of {name} is served: that takes at least {about(least)}, and they "
                f"give up after {format_duration(function.patience)}",
                "let them wait for longer, or provision units",
            )


DOUBTS = (every_request_cold, more_than_the_limit, nothing_on_demand, patience_below_start)


def _functions(scenario: Scenario) -> Iterator[tuple[str, Function]]:
    for name, workload in scenario.workloads.items():
        if isinstance(workload, Function):
            yield name, workload
