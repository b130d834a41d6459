"""Copies of a policy: from the fetches that arrived to versions in force, their age and their lapses."""

from __future__ import annotations

import numpy as np

from churnsim.model.refresh import Copies, Floats, Indices, Lives, Source


def from_fetches(
    lives: Lives,
    source: Source,
    who: Indices,
    version: Indices,
    read: Floats,
    applied: Floats,
    fetches: Indices,
) -> Copies:
    """Return the copies that follow from all successful fetches.

    Parameters
    ----------
    lives, source
        Who fetches what.
    who : (k,) array
        Position in `lives`; sorted.
    version, read, applied : (k,) arrays
        Version fetched, instants of reading and applying [s]; `read` sorted within `who`. The first fetch
        of everyone is the one it starts with; a fetch that arrives after a later one is dropped.
    fetches : (n,) array
        How many fetches each point made in the measured window.
    """
    if not who.size:
        return empty()
    # A fetch that arrives no earlier than a later one never comes into force; its loss may uncover another.
    while np.any(late := np.append((who[1:] == who[:-1]) & (applied[1:] <= applied[:-1]), False)):
        who, version, read, applied = who[~late], version[~late], read[~late], applied[~late]
    first = np.diff(who, prepend=-1) > 0
    last = np.roll(first, -1)
    last[-1] = True
    until = np.where(last, lives.until[who], np.roll(applied, -1))
    begin = np.maximum(applied, lives.since[who])
    in_force = begin < np.minimum(until, lives.until[who])
    until = np.minimum(until, lives.until[who])

    news = in_force & (first | (np.roll(version, 1) != version))
    adoptions = {
        "unit": lives.unit[who[news]],
        "version": version[news],
        "read": read[news],
        "applied": applied[news],
    }
    low = np.maximum(begin, source.t0)
    high = np.minimum(until, source.t1)
    seen = in_force & (low < high)
    area = np.where(seen, ((high - read) ** 2 - (low - read) ** 2) / 2, 0.0)
    peak = in_force & ~last & (until >= source.t0) & (until < source.t1) & (until < lives.until[who])
    n = lives.unit.size
    polls = {
        "unit": lives.unit,
        "polls": fetches,
        "seconds": seconds(lives, source),
        "age_integral": np.bincount(who, weights=area, minlength=n),
        "peaks": np.bincount(who[peak], minlength=n),
        "peak_sum": np.bincount(who[peak], weights=(until - read)[peak], minlength=n),
    }
    stale = in_force & (read + source.budget < until)
    lapses = {
        "unit": lives.unit[who[stale]],
        "read": read[stale],
        "start": np.maximum(read[stale] + source.budget, begin[stale]),
        "end": until[stale],
    }
    return Copies(adoptions, polls, lapses)


def seconds(lives: Lives, source: Source) -> Floats:
    """Time [s] that each point was one within the measured window."""
    within: Floats = np.maximum(np.minimum(lives.until, source.t1) - np.maximum(lives.since, source.t0), 0.0)
    return within


def starts(lives: Lives, source: Source) -> Indices:
    """Fetches at start-up that each point made in the measured window: one or none."""
    inside = ~lives.aged & (lives.since >= source.t0) & (lives.since < source.t1)
    return inside.astype(np.int64)


def empty() -> Copies:
    """The copies of nobody."""
    none, whole = np.empty(0), np.empty(0, np.int64)
    return Copies(
        {"unit": whole, "version": whole, "read": none, "applied": none},
        {
            "unit": whole,
            "polls": whole,
            "seconds": none,
            "age_integral": none,
            "peaks": whole,
            "peak_sum": none,
        },
        {"unit": whole, "read": none, "start": none, "end": none},
    )


def joined(parts: list[Copies]) -> Copies:
    """The copies of several lots of points together."""
    tables = ("adoptions", "polls", "lapses")
    return Copies(
        *(
            {
                name: np.concatenate([getattr(p, table)[name] for p in parts])
                for name in getattr(parts[0], table)
            }
            for table in tables
        )
    )


def ragged(low: Indices, high: Indices) -> tuple[Indices, Indices]:
    """For each i the whole numbers ``low[i] … high[i] - 1``: (i repeated, the numbers)."""
    count = np.maximum(high - low, 0)
    who = np.repeat(np.arange(low.size), count)
    offset = np.cumsum(count) - count
    return who, np.arange(who.size) - offset[who] + low[who]
