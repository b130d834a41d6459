"""Times and causes as people say them."""

from __future__ import annotations

from churnsim.base.readable import readable, span
from churnsim.metrics.trust import Cause


def lasting(seconds: float) -> str:
    """A length of time in at most two units; below 10 s with a fraction."""
    if seconds < 9.95:
        return readable(round(seconds, 1 if seconds >= 1 else 4), "s")
    return span(seconds).removesuffix(" 0 s").removesuffix(" 0 min")


def clock(seconds: float) -> str:
    """An instant of a run as days, hours, minutes and seconds since 0, such as ``2d 04:11:05``."""
    whole = round(abs(seconds))
    days, rest = divmod(whole, 86400)
    text = f"{rest // 3600:02d}:{rest % 3600 // 60:02d}:{rest % 60:02d}"
    return f"{'-' if seconds < 0 and whole else ''}{f'{days}d ' if days else ''}{text}"


def said(cause: Cause) -> str:
    """A cause as words: ``expired issuer outage``."""
    return cause.word.replace("_", " ")
