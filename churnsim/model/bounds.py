"""Bounds: between what an autoscaler keeps the number of whatever it scales."""

from __future__ import annotations

from churnsim.base.errors import refusal


def in_order(floor: int, ceiling: int) -> None:
    """Refuse a floor above the ceiling (ValueError)."""
    if floor > ceiling:
        said = f"the floor must not lie above the ceiling (got {floor} > {ceiling})"
        raise refusal("order", said, "swap them")
