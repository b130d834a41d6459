"""Push: the source sends every new version to every enforcement point."""

from dataclasses import replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from churnsim.base.distribution import Law
from churnsim.base.quantity import PositiveDuration
from churnsim.base.recipe import Recipe
from churnsim.engine import Stream
from churnsim.model.copies import empty, from_fetches, ragged, starts
from churnsim.model.debounce import Debounce
from churnsim.model.gap import Gap
from churnsim.model.line import ReadCapacity
from churnsim.model.refresh import Copies, Floats, Indices, Lives, Refresh, Source

Mask = NDArray[np.bool_]
Breaks = tuple[Indices, Floats, Floats]  # position of the point, broken from, to [s]; sorted


class Connection(Recipe):
    """The connection of a point to its source: it breaks, and nobody notices until it is made anew."""

    lasts: Gap = Field(description="time from connected to broken")
    reconnect: Gap = Field(description="time from broken to connected again")
    capacity: ReadCapacity | None = Field(
        None,
        description="points connected again to whom the source reads per time, in the order in which they "
        "come; by default any number",
    )


class PushRefresh(Refresh):
    """Each version reaches each point after a delay of its own; the newest that has arrived is in force.

    What is committed while the source is down is sent when it is back; a version's age counts from when it
    was sent. Over a connection that breaks nothing arrives that was on its way or is sent while it is broken;
    reconnected, the point reads the head version, once the source is up. A point cannot tell silence from a
    broken connection: `heartbeat` tells it, and then the age of a copy counts from the last message of any
    sort. With `debounce`, what has not been published yet can neither be sent nor read. Only what a point
    fetches at start-up or reads at a reconnection counts as a fetch.
    Source: docs/theory.md O18, O26.
    """

    kind: Literal["push"] = "push"
    delay: Law = Field(
        "0s", validate_default=True, description="time from sent to applied, drawn per point and version"
    )
    debounce: Debounce | None = Field(
        None,
        description="how versions that come close upon each other are sent as one; by default none",
    )
    connection: Connection | None = Field(
        None, description="how the connection to the source breaks; never by default"
    )
    heartbeat: PositiveDuration | None = Field(
        None,
        description="time between messages that say no more than that the source is there; none by default",
    )

    @property
    def memory(self) -> float:
        broken = 0.0
        if self.connection is not None:
            broken = self.connection.reconnect.longest + self.delay.longest
        gathering = self.debounce.most if self.debounce is not None else 0.0
        return self.delay.longest + broken + (self.heartbeat or 0.0) + gathering

    def first_pause(self, stream: Stream, lane: int, tries: int) -> float | None:
        return None

    @property
    def reads_per_s(self) -> float | None:
        return None if self.connection is None else self.connection.capacity

    def asks(self, lives: Lives, source: Source) -> tuple[Indices, Floats]:
        broken = self._broken(lives, source)
        if broken is None:
            return super().asks(lives, source)
        row, at = self._returning(lives, source, broken)
        return lives.unit[broken[0][row]], at

    def visible(self, commits: Floats) -> Floats:
        return commits if self.debounce is None else self.debounce.published(commits)

    def settle(self, lives: Lives, source: Source) -> Copies:
        if not lives.unit.size:
            return empty()
        is_last = np.ones(source.commits.size, bool)
        if self.debounce is not None:
            # Whoever reads, too, is told what was published; of a batch the last version alone is sent.
            source = replace(source, commits=self.visible(source.commits))
            is_last[:-1] = np.diff(source.commits) > 0
        sent, n = source.sent, lives.unit.size
        begin = np.where(lives.aged, source.start, lives.since)
        low = np.searchsorted(sent, begin, side="right")
        who, commit = ragged(low, np.searchsorted(sent, lives.until, side="left"))
        who, commit = who[is_last[commit]], commit[is_last[commit]]
        lanes = lives.delays.lane(lives.slot[who], lives.incarnation[who])
        delay = np.asarray(self.delay.inverse(lives.delays.uniform(lanes, commit + 1)), float)
        delay = delay * source.slowness(sent[commit])
        # What a point starts with is the head version, as old as it is.
        head = source.version(begin)
        started = np.where(head > 0, np.append(sent, 0.0)[head - 1], begin)
        fetches = starts(lives, source)
        parts: list[tuple[Any, ...]] = [(np.arange(n), head, started, begin)]
        broken = self._broken(lives, source)
        if broken is None:
            parts.append((who, commit + 1, sent[commit], sent[commit] + delay))
        else:
            heard = ~_meets(broken, who, sent[commit], sent[commit] + delay)
            parts.append((who[heard], commit[heard] + 1, sent[commit][heard], (sent[commit] + delay)[heard]))
            row, asked = self._returning(lives, source, broken)
            reader, read, applied = self._resynced(lives, source, broken, row, asked)
            parts.append((reader, source.version(read), read, applied))
            inside = (asked >= source.t0) & (asked < source.t1)
            fetches = fetches + np.bincount(broken[0][row[inside]], minlength=n)
        everyone, version, read, applied = (np.concatenate(column) for column in zip(*parts, strict=True))
        order = np.lexsort((applied, read, version, everyone))
        everyone, version, read, applied = everyone[order], version[order], read[order], applied[order]
        # The same news may come twice, pushed and read: the first to arrive counts.
        news = _differs(everyone, version, read)
        everyone, version, read, applied = everyone[news], version[news], read[news], applied[news]
        copies = from_fetches(lives, source, everyone, version, read, applied, fetches)
        if self.heartbeat is None:
            return copies
        # Any message resets the age, also one with an old version or none; the version in force is as it was.
        point, beat = self._beats(lives, source, broken)
        everyone, read = np.concatenate([everyone, point]), np.concatenate([read, beat])
        applied = np.concatenate([applied, beat])
        read = np.where(applied == begin[everyone], begin[everyone], read)  # it has just heard of the source
        order = np.lexsort((applied, read, everyone))
        everyone, read, applied = everyone[order], read[order], applied[order]
        news = _differs(everyone, read)
        everyone, read, applied = everyone[news], read[news], applied[news]
        ages = from_fetches(lives, source, everyone, np.zeros_like(everyone), read, applied, fetches)
        return replace(copies, polls=ages.polls, lapses=ages.lapses)

    def _broken(self, lives: Lives, source: Source) -> Breaks | None:
        """When whose connection is broken: position, from, to [s]; sorted. None if none ever is."""
        if self.connection is None:
            return None
        up, down = self.connection.lasts, self.connection.reconnect
        lanes, uniform = lives.delays.lane(lives.slot, lives.incarnation, 1), lives.delays.uniform
        chance, rest = np.asarray(uniform(lanes, 0), float), np.asarray(uniform(lanes, 1), float)
        is_broken = lives.aged & (chance * (up.mean + down.mean) < down.mean)
        stays = np.asarray(up.equilibrium(rest), float), np.asarray(down.equilibrium(rest), float)
        at_start = np.where(is_broken, stays[1], stays[0])
        turn = np.where(
            lives.aged, source.start + at_start, lives.since + np.asarray(up.inverse(rest), float)
        )
        whos = [np.flatnonzero(is_broken)]
        froms, tos = [np.full(whos[0].size, source.start)], [turn[is_broken]]
        number, rows = 2, np.arange(lives.unit.size)
        lasting = np.asarray(up.inverse(uniform(lanes, number)), float)
        since = np.where(is_broken, turn + lasting, turn)  # the next break
        while (rows := rows[since[rows] < lives.until[rows]]).size:
            back = since[rows] + np.asarray(down.inverse(uniform(lanes[rows], number + 1)), float)
            whos.append(rows)
            froms.append(since[rows])
            tos.append(back)
            since[rows] = back + np.asarray(up.inverse(uniform(lanes[rows], number + 2)), float)
            number += 2
        if not any(each.size for each in whos):
            return None
        who, low, high = np.concatenate(whos), np.concatenate(froms), np.concatenate(tos)
        order = np.lexsort((low, who))
        return who[order], low[order], high[order]

    def _returning(self, lives: Lives, source: Source, broken: Breaks) -> tuple[Indices, Floats]:
        """Breaks after which the source is asked, and when [s]: once it is up, if nothing breaks before."""
        who, _, back = broken
        at = source.when_up(back)
        row = np.flatnonzero((at < lives.until[who]) & ~_meets(broken, who, back, at))
        return row, at[row]

    def _resynced(
        self, lives: Lives, source: Source, broken: Breaks, row: Indices, asked: Floats
    ) -> tuple[Indices, Floats, Floats]:
        """What is read after some breaks and arrives: position, read, applied [s]."""
        who, back = broken[0][row], broken[2][row]
        read = asked if source.line is None else source.when_up(source.line.of_units(lives.unit[who]))
        lanes = lives.delays.lane(lives.slot[who], lives.incarnation[who], 2)
        number = row - np.searchsorted(broken[0], who)
        delay = np.asarray(self.delay.inverse(lives.delays.uniform(lanes, number)), float)
        applied = read + delay * source.slowness(read)
        heard = ~_meets(broken, who, back, applied)
        return who[heard], read[heard], applied[heard]

    def _beats(self, lives: Lives, source: Source, broken: Breaks | None) -> tuple[Indices, Floats]:
        """Heartbeats that are heard: position, instant [s]."""
        assert self.heartbeat is not None
        lanes = lives.delays.lane(lives.slot, lives.incarnation, 3)
        phase = np.asarray(lives.delays.uniform(lanes, 0), float)
        first = np.where(lives.aged, source.start + (phase - 1.0) * self.heartbeat, lives.since)
        count = np.maximum(np.ceil((lives.until - first) / self.heartbeat), 1.0).astype(np.int64)
        who, number = ragged(np.ones_like(count), count)
        at = first[who] + number * self.heartbeat
        heard = ~source.is_down(at) & (at < lives.until[who])
        if broken is not None:
            heard &= ~_meets(broken, who, at, at)
        return who[heard], at[heard]


def _differs(*columns: Any) -> Mask:
    """Which rows, sorted, differ from the one before."""
    return np.append(True, np.logical_or.reduce([np.diff(column) != 0 for column in columns]))


def _meets(broken: Breaks, who: Indices, start: Floats, end: Floats) -> Mask:
    """Whether a message sent at `start` and due at `end` [s] finds its connection broken at any instant."""
    point, low, high = broken
    # The last break that begins no later than the message arrives; breaks of one point are disjoint.
    size = point.size
    order = np.lexsort((np.arange(size + who.size) >= size, np.append(low, end), np.append(point, who)))
    asked = order >= size
    last = np.cumsum(~asked)[asked] - 1
    met = np.zeros(who.size, bool)
    question = order[asked] - size
    place = np.maximum(last, 0)
    met[question] = (last >= 0) & (point[place] == who[question]) & (high[place] > start[question])
    return met
