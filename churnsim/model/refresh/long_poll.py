"""Long poll: every enforcement point asks, and the source answers once there is something new."""

from typing import Literal

import numpy as np
from pydantic import Field

from churnsim.base.distribution import Law
from churnsim.base.quantity import PositiveDuration
from churnsim.engine import Stream
from churnsim.model.copies import empty, from_fetches, starts
from churnsim.model.refresh import Copies, Floats, Lives, Refresh, Source


class LongPollRefresh(Refresh):
    """A request waits at the source for a newer version than its point has, at most until a timeout.

    The answer is applied after a delay, and the next request is there after another. What is committed in
    between is answered at once. Requests that wait when an outage begins are lost, as are those made in it:
    the point asks again after a pause until it is answered. Each answer counts as a fetch.
    """

    kind: Literal["long-poll"] = "long-poll"
    timeout: PositiveDuration = Field(description="longest time that a request waits at the source")
    delay: Law = Field("0s", validate_default=True, description="time from source to point, drawn each way")
    pause: PositiveDuration = Field(
        "1s", validate_default=True, description="time between attempts while the source does not answer"
    )

    @property
    def memory(self) -> float:
        return self.timeout + 2.0 * self.delay.longest + self.pause

    def first_pause(self, stream: Stream, lane: int, tries: int) -> float | None:
        return self.pause

    def settle(self, lives: Lives, source: Source) -> Copies:
        if not lives.unit.size:
            return empty()
        n, uniform = lives.unit.size, lives.delays.uniform
        lanes = lives.delays.lane(lives.slot, lives.incarnation)

        def travel(rows: np.ndarray, number: int, left: Floats) -> Floats:
            return np.asarray(self.delay.inverse(uniform(lanes[rows], number)), float) * source.slowness(left)

        begin = np.where(lives.aged, source.start, lives.since)
        everyone = np.arange(n)
        known = source.version(begin)
        phase = np.asarray(lives.polls.uniform(lives.polls.lane(lives.slot, lives.incarnation), 0), float)
        # An aged point's request has waited for a while already; a new one's is on its way.
        due = np.where(lives.aged, source.start + phase * self.timeout, np.inf)
        asked = np.where(lives.aged, source.start, begin + travel(everyone, 0, begin))
        whos, versions, reads, applieds = [everyone], [known.copy()], [begin], [begin]
        rows, number = everyone, 1
        while (rows := rows[asked[rows] < lives.until[rows]]).size:
            at = self._answered(
                source, asked[rows], known[rows], np.minimum(due[rows], asked[rows] + self.timeout)
            )
            due[rows] = np.inf
            rows, at = rows[at < lives.until[rows]], at[at < lives.until[rows]]
            applied = at + travel(rows, number, at)
            whos.append(rows)
            versions.append(source.version(at))
            reads.append(at)
            applieds.append(applied)
            known[rows] = versions[-1]
            asked[rows] = applied + travel(rows, number + 1, applied)
            number += 2
        who, version, read, applied = map(np.concatenate, (whos, versions, reads, applieds))
        order = np.argsort(who, kind="stable")
        who, version, read, applied = who[order], version[order], read[order], applied[order]
        inside = (read >= source.t0) & (read < source.t1)
        inside[np.diff(who, prepend=-1) > 0] = False
        fetches = starts(lives, source) + np.bincount(who[inside], minlength=n)
        return from_fetches(lives, source, who, version, read, applied, fetches)

    def _answered(self, source: Source, asked: Floats, known: np.ndarray, latest: Floats) -> Floats:
        """When a request made at `asked` by who knows a version is answered [s]; not after `latest`."""
        commits = np.append(source.commits, np.inf)
        at = np.minimum(np.maximum(commits[known], asked), latest)
        while True:
            # Lost if the source is down at any time from asked to answered: asked again until it is back.
            spell = np.searchsorted(source.down[:, 0], at, side="right") - 1
            lost = (spell >= 0) & (source.down[np.maximum(spell, 0), 1] > asked) if source.down.size else None
            if lost is None or not lost.any():
                found: Floats = at
                return found
            low, back = source.down[spell[lost], 0], source.down[spell[lost], 1]
            failed = np.maximum(low, asked[lost])
            tries = np.maximum(np.ceil((back - failed) / self.pause), 1.0)
            asked = asked.copy()
            asked[lost] = failed + tries * self.pause
            asked[lost] += np.where(asked[lost] < back, self.pause, 0.0)
            at = at.copy()
            at[lost] = np.minimum(np.maximum(commits[known[lost]], asked[lost]), asked[lost] + self.timeout)
