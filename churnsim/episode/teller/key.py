"""What became of signing keys: stolen, published, dropped, known at points."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from churnsim.base.readable import counted
from churnsim.episode.fact import Fact
from churnsim.episode.subject import Subject
from churnsim.metrics.overlap import Floats, Ints
from churnsim.metrics.trust import Cause, GapFamily, Side, gaps

_TURNS = {
    "published": "was published",
    "activated": "signs from here on",
    "deactivated": "signs no longer",
    "removed": "was dropped from the bundle for good",
}
_FORGERY = {
    "time": "was stolen",
    "detected": "was found to be stolen",
    "rotated": "is to be replaced: all that it signed is issued anew from here on",
    "reissued": "has no unit left that depends on it",
}
_ABOUT = (Cause.UNKNOWN_KEY, Cause.KEY_REMOVED)


def tell(subject: Subject) -> Iterator[Fact]:
    """Yield the turns of a stolen key, or of keys that a unit is locked out for, and when points follow."""
    trace = subject.trace
    if subject.family == GapFamily.FORGER:
        table, row = trace["forgers"], subject.theft
        key = int(table["key"][row])
        for turn, words in _FORGERY.items():
            time = float(table[turn][row])
            if subject.start <= time <= subject.end:
                yield _fact(subject, time, key, f"key-{'stolen' if turn == 'time' else turn}", words)
        yield from _followed(subject, key)
    elif subject.side == Side.UNDER and subject.unit >= 0 and _is_about_keys(subject):
        issued = trace["credentials"]["issued"][subject.concerned]
        for key in np.unique(_signing(subject, issued)).tolist():
            yield from _followed(subject, key)


def _is_about_keys(subject: Subject) -> bool:
    found = gaps(subject.trace)
    mine = (found.episode == subject.number) & np.isin(found.cause, _ABOUT)
    return bool(mine.any())


def _signing(subject: Subject, issued: Floats) -> Ints:
    """Key that was active at each instant of issue."""
    keys = subject.trace["keys"]
    mine = keys["issuer"] == subject.issuer
    return np.asarray(
        keys["key"][mine][np.searchsorted(keys["activated"][mine], issued, "right") - 1], np.int64
    )


def _followed(subject: Subject, key: int) -> Iterator[Fact]:
    """Yield the turns of a key within the episode, and the first and last point to learn or drop it."""
    trace = subject.trace
    keys, bundles = trace["keys"], trace["bundles"]
    row = np.flatnonzero((keys["issuer"] == subject.issuer) & (keys["key"] == key))
    for turn, words in _TURNS.items():
        for time in keys[turn][row].tolist():
            if subject.since <= time <= subject.end:
                yield _fact(subject, time, key, f"key-{turn}", words)
    known = (bundles["issuer"] == subject.issuer) & (bundles["key"] == key)
    for column, verb in (("start", "learned"), ("end", "dropped")):
        time, point = bundles[column][known], bundles["point"][known]
        inside = np.flatnonzero((time >= subject.since) & (time <= subject.end))
        order = inside[np.argsort(time[inside], kind="stable")]
        for number in order[[0, -1]].tolist() if order.size > 1 else order.tolist():
            more = ""
            if order.size > 1:
                more = f", the {'first' if number == order[0] else 'last'} of {counted(order.size, 'point')}"
            who = f"point {point[number]} of {trace.meta.issuers[subject.issuer].name}"
            yield Fact(float(time[number]), who, f"key-{verb}", f"{verb} key {key}{more}")


def _fact(subject: Subject, time: float, key: int, kind: str, words: str) -> Fact:
    return Fact(time, subject.trace.meta.issuers[subject.issuer].name, kind, f"key {key} {words}")
