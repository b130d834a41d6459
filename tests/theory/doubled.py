"""The same scenario at half the speed: every duration twice as long, every rate half as great."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from churnsim.base.quantity import (
    format_duration,
    format_money,
    format_rate,
    parse_duration,
    parse_money,
    parse_rate,
)
from churnsim.scenario import Scenario

_WORDS = ("name", "question", "kind", "tenant", "start", "requests", "invariants")
_RATIOS = ("drift",)  # durations a day


def doubled(scenario: Scenario) -> Scenario:
    """Return the scenario in which everything takes exactly twice as long; prices per time are halved."""
    tree: dict[str, Any] = {key: value for key, value in scenario.canonical().items() if key != "study"}
    slow = doubled_tree(tree)
    for priced, price in _hourly(slow):
        priced[price] = format_money(parse_money(priced[price]) / 2)
    return Scenario.model_validate(slow | {"study": {"seed": scenario.study.seed}})


def _hourly(tree: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str]]:
    """Yield where the prices stand that are for an hour."""
    hourly = ("unit_hour", "busy_hour", "node_hour", "control_plane_hour")
    yield from ((tree["prices"], price) for price in hourly)
    parts = (*tree["nodes"].values(), *tree["workloads"].values())
    yield from ((part, "price") for part in parts if part["price"] is not None)


def doubled_tree(tree: Any, key: str = "") -> Any:
    """Return plain data in which every text that is a duration is doubled and every rate halved."""
    if key in _RATIOS:
        return tree
    if isinstance(tree, dict):
        return {name: doubled_tree(value, name) for name, value in tree.items()}
    if isinstance(tree, list):
        return [doubled_tree(value, key) for value in tree]
    if not isinstance(tree, str) or key in _WORDS:
        return tree
    for read, write, factor in ((parse_rate, format_rate, 0.5), (parse_duration, format_duration, 2.0)):
        try:
            return write(read(tree) * factor)
        except ValueError:
            continue
    return tree
