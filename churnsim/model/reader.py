"""Readers: the units of a fleet that read one policy, from their first read on."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator
from dataclasses import replace
from math import inf
from typing import TYPE_CHECKING

import numpy as np

from churnsim.engine import Order
from churnsim.model.copies import joined
from churnsim.model.first_read import FirstAsk
from churnsim.model.link import Spell, severed
from churnsim.model.refresh import Columns, Copies, Floats, Indices, Lives, Source
from churnsim.model.unit import Unit
from churnsim.model.verdict import Verdicts, turns
from churnsim.trace.code import LapseMode
from churnsim.trace.intervals import Spans, difference, union

if TYPE_CHECKING:
    from churnsim.engine import World
    from churnsim.model.policy import PolicySource


class Readers:
    """The units of one fleet as readers of one policy source.

    Parameters
    ----------
    source : PolicySource
        What they read.
    name : str
        Name of the workload; names the random streams.
    world : World
        Where they stand.
    crash : callable
        Ends a unit without notice, for a cause.
    """

    def __init__(
        self, source: PolicySource, name: str, world: World, crash: Callable[[Unit, int], object]
    ) -> None:
        self.source = source
        self._crash = crash
        self.name = name
        self._world = world
        self._polls = world.stream(f"policies/{source.name}/poll/{name}")
        self._delays = world.stream(f"policies/{source.name}/delay/{name}")
        self._first = world.stream(f"policies/{source.name}/first/{name}")
        self._reads = world.stream(f"policies/{source.name}/first_read/{name}")
        self._waves = world.stream(f"policies/{source.name}/wave/{name}")
        self._cache = world.stream(f"policies/{source.name}/cache/{name}")
        self._ended = array("d")  # as rows of `_life`, one after the other
        self._lacking: dict[int, Unit] = {}  # ready, and without a policy yet
        self._lacked: list[tuple[int, float, float]] = []  # unit, from ready until its policy came or it went
        self._informed: dict[int, float] = {}  # when it came, if later than ready [s]
        self._severed: dict[int, tuple[Spell, ...]] = {}  # when units did not reach the source, if ever
        self._stranded: dict[int, FirstAsk] = {}  # who waits until it does, by unit
        self._changed: dict[int, int] = {}  # how often units were cut off
        source.readers.append(self)

    def admit(self, unit: Unit, then: Callable[[], object]) -> None:
        """Fetch a unit's first policy; call `then` once it can serve: with it, or right away without."""
        if self.source.recipe.before_first == "wait":
            self._fetch(FirstAsk(unit, then, self._world.now))
            return
        self._lacking[unit.id] = unit
        then()
        self._fetch(FirstAsk(unit, lambda: self._inform(unit), self._world.now))

    def look(self, unit: Unit) -> None:
        """See whether a unit reaches the source: while it does not, the source is down for it alone."""
        if not unit.reaches(self.source, self._world.now):
            if self.source.desk is not None:
                self.source.desk.lose(unit)
            self._foresee(unit)
        elif unit.id in self._stranded:
            self._await(self._stranded.pop(unit.id))

    def retire(self, unit: Unit) -> None:
        """A unit that was ready is gone."""
        if self._lacking.pop(unit.id, None) is not None:
            self._lacked.append((unit.id, unit.ready, self._world.now))
        else:
            self._ended.extend(self._life(unit, self._world.now))

    def lives(self, living: list[Unit], end: float) -> Lives:
        """Every enforcement point there has been that had a policy, in order of slot and incarnation."""
        rows = [self._life(unit, end) for unit in self._informed_of(living)]
        return self._lives(np.concatenate([np.array(self._ended), np.array(rows, float).ravel()]))

    def _informed_of(self, living: list[Unit]) -> list[Unit]:
        return [unit for unit in living if unit.ready == unit.ready and unit.id not in self._lacking]

    def _lives(self, rows: Floats) -> Lives:
        table = rows.reshape(-1, 6)
        table = table[np.lexsort((table[:, 2], table[:, 1]))]  # as the trace numbers units
        unit, slot, incarnation, since, until, aged = table.T
        return Lives(
            unit.astype(np.int64),
            slot.astype(np.int64),
            incarnation.astype(np.int64),
            since.copy(),
            until.copy(),
            aged.astype(bool),
            self._polls,
            self._delays,
        )

    def asks(self, living: list[Unit], history: Source) -> tuple[Indices, Floats]:
        """Who comes to the source to be read to in turn, and when [s]."""
        lives, refresh = self.lives(living, self._world.end), self.source.recipe.refresh
        asks = [refresh.asks(mine, told) for mine, told in self._audiences(lives, history)]
        unit, at = (np.concatenate(column) for column in zip(*asks, strict=True))
        place = np.argsort(lives.unit)
        order = np.lexsort((at, place[np.searchsorted(lives.unit, unit, sorter=place)]))
        return unit[order], at[order]

    def settle(self, lives: Lives, history: Source) -> Copies:
        """What became of the copies, wave by wave."""
        rollout = self.source.recipe.rollout
        if rollout is None:
            return self._settle(lives, history)
        wave = self._wave(lives)
        copies = joined(
            [
                self._settle(
                    lives.where(wave == number),
                    replace(history, commits=history.commits + number * rollout.bake),
                )
                for number in range(len(rollout.waves))
            ]
        )
        return copies.in_order_of(lives)

    def _settle(self, lives: Lives, history: Source) -> Copies:
        """What became of the copies of one wave."""
        refresh = self.source.recipe.refresh
        copies = [refresh.settle(mine, told) for mine, told in self._audiences(lives, history)]
        return copies[0] if len(copies) == 1 else joined(copies).in_order_of(lives)

    def _audiences(self, lives: Lives, history: Source) -> Iterator[tuple[Lives, Source]]:
        """Yield the points by when they do not reach the source, and what happened there for each lot."""
        known: dict[tuple[Spell, ...], int] = {}
        kinds = [self._severed.get(unit, ()) for unit in lives.unit.tolist()] if self._severed else []
        which = np.array([known.setdefault(spells, len(known)) for spells in kinds], np.int64)
        if not any(known):
            yield lives, history
            return
        for spells, number in known.items():
            yield lives.where(which == number), history.told(spells)

    def lapses(self, lives: Lives, copies: Copies, history: Source) -> list[tuple[LapseMode, Columns]]:
        """When points that have a policy decide by rote: columns of the table lapses, by mode."""
        stale = self.source.recipe.when_stale
        lapses = [] if stale is None else stale.split(copies.lapses)
        if self.source.poisons:
            lapses = apart([*self._poisoned(lives, history), *lapses])
        return [each for each in lapses if each[1]["unit"].size]

    def without(self) -> list[tuple[LapseMode, Columns]]:
        """When points served before their first policy, as `lapses` tells it."""
        mode = LapseMode.FIRST_ALLOW if self.source.recipe.before_first == "allow" else LapseMode.FIRST_DENY
        rows = self._lacked + [(unit.id, unit.ready, self._world.end) for unit in self._lacking.values()]
        unit, start, end = map(np.array, zip(*rows, strict=True)) if rows else [np.empty(0)] * 3
        some = start < end
        return [(mode, {"unit": unit[some], "start": start[some], "end": end[some]})]

    def _poisoned(self, lives: Lives, history: Source) -> list[tuple[LapseMode, Columns]]:
        """When points decide by a poisoned version, as `lapses` tells it.

        Of several at one point the first counts. A poisoned version and the one without it travel as any
        versions do: as the first two that there are.
        """
        rollout = self.source.recipe.rollout
        wave, found = self._wave(lives), []
        for place, poison in enumerate(self.source.poisons):
            if poison.effect == "crash":
                continue
            for number in range(1 if rollout is None else len(rollout.waves)):
                mine = lives.where(wave == number)
                commits = self.source.sickness(place, number)
                if not commits.size or not mine.unit.size:
                    continue
                table = self._settle(mine, replace(history, commits=commits, budget=inf)).adoptions
                order = np.argsort(mine.unit)
                until = mine.until[order][np.searchsorted(mine.unit[order], table["unit"])]
                follows = np.append(table["unit"][1:] == table["unit"][:-1], False)[: until.size]
                until = np.where(follows, np.append(table["applied"][1:], inf)[: until.size], until)
                until = np.minimum(until, poison.killed)
                ill = (table["version"] == 1) & (table["applied"] < until)
                mode = LapseMode.POISON_ALLOW if poison.effect == "allow" else LapseMode.POISON_DENY
                columns = {"unit": table["unit"][ill], "start": table["applied"][ill], "end": until[ill]}
                found.append((mode, columns))
        return found

    def _wave(self, lives: Lives) -> Indices:
        return self._wave_of(lives.slot)

    def _wave_of(self, slot: Indices) -> Indices:
        rollout = self.source.recipe.rollout
        if rollout is None:
            return np.zeros(slot.size, np.int64)
        return rollout.wave(np.asarray(self._waves.uniform(self._waves.lane(slot), 0), float))

    def outlive(self, lives: Lives, adoptions: Columns, rate: float) -> Columns:
        """Decisions that caches hold against the version in force: columns of the table cached.

        Parameters
        ----------
        lives, adoptions
            The points, and the versions in force at them.
        rate : float
            Requests that one point is asked when all are there [1/s], of all principals alike.
        """
        source = self.source
        assert source.recipe.cache is not None
        known = source.versions
        verdicts = Verdicts(known.initial, known.version, known.principal, known.allowed)
        found = turns(lives, adoptions, verdicts)
        return source.recipe.cache.outlive(lives, found, rate / source.recipe.permissions, self._cache)

    def _life(self, unit: Unit, until: float) -> tuple[int, int, int, float, float, bool]:
        since = self._informed.get(unit.id, unit.ready)
        spells = severed(unit.links, self.source)
        if spells:
            self._severed[unit.id] = spells
        return unit.id, unit.slot, unit.incarnation, since, until, since < self._world.start

    def _inform(self, unit: Unit) -> None:
        del self._lacking[unit.id]
        if self._world.now > unit.ready:
            self._informed[unit.id] = self._world.now
            self._lacked.append((unit.id, unit.ready, self._world.now))

    def _fetch(self, ask: FirstAsk) -> None:
        desk, unit = self.source.desk, ask.unit
        if self._has_ended(unit):
            return
        if not self._reaches(unit):
            self.unanswered(ask)
        elif desk is None:
            self.answered(ask)
        else:
            uniform = self._reads.uniform(self._reads.lane(unit.slot, unit.incarnation), ask.tries)
            work = float(desk.recipe.takes.inverse(uniform))
            desk.come((self.name, unit.slot, unit.incarnation), ask, self, work)

    def answered(self, ask: FirstAsk) -> None:
        """Give a unit its first policy, unless it has ended; a poisoned one may be its end."""
        if self._has_ended(ask.unit):
            return
        if self._is_sick(ask.unit):
            self._crash(ask.unit, self._world.cause("poison-policy"))
        else:
            ask.then()

    def unanswered(self, ask: FirstAsk) -> None:
        """Let a unit that was not answered ask again by its rule."""
        ask.tries += 1
        source, now = self.source, self._world.now
        rule = source.recipe.first_read.retry if source.recipe.first_read is not None else None
        lane, pause = self._first.lane(ask.unit.slot, ask.unit.incarnation), None
        is_heard = self._reaches(ask.unit)
        if rule is None and not is_heard:
            pause = source.recipe.refresh.first_pause(self._first, lane, ask.tries)
        elif rule is not None and not rule.waits_for_recovery:
            pause = rule.delay(ask.tries, now - ask.asked, 0.0, self._first.uniform(lane, ask.tries))
        if pause is None and not is_heard:
            self._await(ask)
        else:
            self._world.at(now + (pause or 0.0), Order.ASK, self._fetch, ask)

    def infect(self, place: int, wave: int, living: list[Unit]) -> None:
        """Let those units of a wave crash that will apply a poisoned version, each when it does."""
        source, world = self.source, self._world
        units = {unit.id: unit for unit in self._informed_of(living)}
        lives = self._lives(np.array([self._life(unit, world.end) for unit in units.values()], float))
        lives = lives.where(self._wave(lives) == wave)
        commits = source.sickness(place, wave)
        history = replace(source.ahead(0.0, world.end), budget=inf, commits=commits)
        table = self._settle(lives, history).adoptions
        ill = (table["version"] == 1) & (table["applied"] < source.poisons[place].killed)
        ill &= table["applied"] >= world.now
        for number, at in zip(table["unit"][ill].tolist(), table["applied"][ill].tolist(), strict=True):
            unit = units[number]
            world.at(at, Order.FAULT, self._fall, (unit, self._changed.get(unit.id, 0)))

    def _fall(self, doomed: tuple[Unit, int]) -> None:
        unit, changed = doomed
        if self._changed.get(unit.id, 0) == changed:
            self._crash(unit, self._world.cause("poison-policy"))

    def _foresee(self, unit: Unit) -> None:
        """Foresee anew when a unit that has just been cut off crashes by poisoned versions that are out."""
        self._changed[unit.id] = self._changed.get(unit.id, 0) + 1
        wave = int(self._wave_of(np.array([unit.slot]))[0])
        for place, poison in enumerate(self.source.poisons):
            seen = self.source.recipe.refresh.visible(self.source.sickness(place, wave))
            if poison.effect == "crash" and seen.size and seen[0] <= self._world.now:
                self.infect(place, wave, [unit])

    def _is_sick(self, unit: Unit) -> bool:
        """Whether the version that is read now for the first time makes the unit crash."""
        source, now = self.source, self._world.now
        for place, poison in enumerate(source.poisons):
            if poison.effect == "crash" and poison.at <= now < poison.killed:
                wave = int(self._wave_of(np.array([unit.slot]))[0])
                seen = source.recipe.refresh.visible(source.sickness(place, wave))
                if seen.size and seen[0] <= now < seen[1]:
                    return True
        return False

    def _await(self, ask: FirstAsk) -> None:
        """Let a unit ask again the instant that the source is up and it reaches it."""
        source, now = self.source, self._world.now
        if not ask.unit.reaches(source, now):
            self._stranded[ask.unit.id] = ask
        elif not source.is_up:
            source.wait(self._await, ask)
        else:
            self._world.at(now, Order.ASK, self._fetch, ask)

    def _reaches(self, unit: Unit) -> bool:
        """Whether the source would answer a unit now."""
        return self.source.is_up and unit.reaches(self.source, self._world.now)

    def _has_ended(self, unit: Unit) -> bool:
        """Whether it is gone, or was told to stop before it could serve."""
        return unit.is_stopped and unit.id not in self._lacking


def apart(lapses: list[tuple[LapseMode, Columns]]) -> list[tuple[LapseMode, Columns]]:
    """Leave every instant of a unit to the first of several lots of lapses that covers it."""
    taken, left = Spans.of([], [], []), []
    for mode, columns in lapses:
        spans = Spans.of(columns["start"], columns["end"], columns["unit"])
        rest = difference(spans, taken)
        taken = union(taken, spans)
        if len(rest):
            left.append((mode, {"unit": rest.group, "start": rest.start, "end": rest.end}))
    return left
