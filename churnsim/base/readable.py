"""Numbers as people read them: percent, hours, dollars, with as many digits as the interval bears."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from statistics import median
from typing import Any

DIGITS = 4
_DECIMALS_MAX = 9
_TIMES = ((86400.0, " d"), (3600.0, " h"), (60.0, " min"), (1.0, " s"), (1e-3, " ms"), (1e-6, " µs"))
_RATES = ((1.0, "/s"), (1 / 60, "/min"), (1 / 3600, "/h"), (1 / 86400, "/d"))


def readable(
    value: float | None,
    unit: str,
    low: float | None = None,
    high: float | None = None,
    *,
    like: float | None = None,
) -> str:
    """An estimate in one line: ``99.93% [99.91, 99.95]``.

    Parameters
    ----------
    value, low, high : float or None
        Estimate and its interval in `unit`; an estimate of None is a dash, an interval of None is left out.
    unit : str
        ``share``, ``s``, ``1/s``, ``1/h``, ``USD``, ``1`` or a word that is written behind.
    like : float, optional
        A number in `unit` that this one is to be compared with: hours and minutes are chosen as for that one.

    Returns
    -------
    str
        The value with two significant digits of the interval's half-width, or `DIGITS` significant ones.
    """
    if value is None or math.isnan(value):
        return "–"
    if low is None or high is None or math.isnan(low) or math.isnan(high):
        size, before, after = _scale(unit, abs(value if like is None else like))
        text = _alone(value, unit, size)
        is_one = text == "1" and unit.isalpha() and len(unit) > 1
        return f"{_led(before, text)}{after.removesuffix('s') if is_one else after}"
    size, before, after = _scale(unit, abs(value or high if like is None else like))
    width = (high - low) / 2 / size
    decimals = _places(width, 2) if width > 0 else _decimals(value, unit, size)
    first, second, third = (_number(number / size, decimals) for number in (value, low, high))
    return f"{_led(before, first)}{after} [{second}, {third}]"


def usual(values: Iterable[float | None]) -> float | None:
    """A number of the usual size among these, for `like`; None where all are zero or undefined."""
    sizes = [abs(value) for value in values if value and not math.isnan(value)]
    return median(sizes) if sizes else None


def counted(number: int, noun: str) -> str:
    """So many of something: ``1 run``, ``20 runs``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def setting(value: Any) -> str:
    """A value of a scenario on one line: ``15m``, ``none``, ``once, low 45%, high 55%``."""
    if value is None or isinstance(value, bool):
        return "none" if value is None else str(value).lower()
    if isinstance(value, Mapping):
        kind = [str(value["kind"])] if "kind" in value else []
        rest = [f"{key} {_within(part)}" for key, part in value.items() if key != "kind"]
        return ", ".join(kind + rest)
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_within, value))}]"
    return str(value)


def _within(value: Any) -> str:
    return f"({setting(value)})" if isinstance(value, Mapping) else setting(value)


def span(seconds: float) -> str:
    """A wall-clock time in at most two units, such as ``2 min 5 s``."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def _scale(unit: str, largest: float) -> tuple[float, str, str]:
    """By what to divide, what to write before the number and what behind it."""
    if unit == "share":
        return 0.01, "", "%"
    if unit == "USD":
        return 1.0, "$", ""
    steps = {"s": _TIMES, "1/s": _RATES}.get(unit)
    if steps is None:
        return 1.0, "", unit.removeprefix("1") if unit.startswith("1") else f" {unit}"
    if largest == 0:
        return 1.0, "", next(name for size, name in steps if size == 1.0)
    size, name = next((step for step in steps if largest >= step[0]), steps[-1])
    return size, "", name


def _decimals(value: float, unit: str, size: float) -> int:
    """Decimals that show `DIGITS` significant digits, for a share near 1 those of what is missing to it."""
    shown = value / size
    if unit == "share" and 0.9 < value < 1:
        shown = (1 - value) / size
    if unit == "USD":
        return max(2, _places(shown, DIGITS))
    return 0 if float(shown).is_integer() else _places(shown, DIGITS)


def _alone(value: float, unit: str, size: float) -> str:
    text = _number(value / size, _decimals(value, unit, size))
    return text.rstrip("0").rstrip(".") if "." in text and "e" not in text and unit != "USD" else text


def _places(number: float, digits: int) -> int:
    return 0 if number == 0 else max(0, digits - 1 - math.floor(math.log10(abs(number))))


def _led(before: str, number: str) -> str:
    """The number behind its sign of currency, a minus before both."""
    return f"-{before}{number[1:]}" if number.startswith("-") else f"{before}{number}"


def _number(number: float, decimals: int) -> str:
    if decimals > _DECIMALS_MAX:
        return f"{number:.{DIGITS - 1}g}"
    return f"{number + 0.0:,.{decimals}f}"
