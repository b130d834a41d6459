"""Shipping by number: a holder flushes whenever it has gathered so many artefacts."""

from math import ceil
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from churnsim.engine import Stream
from churnsim.model.cells import Cells, closing, joined
from churnsim.model.holder import Holders
from churnsim.model.made import Content
from churnsim.model.shipping import Shipping
from churnsim.trace.intervals import Spans

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]

_WIDTH = 16  # batches drawn per holder and step


class BatchShipping(Shipping):
    """Flush as soon as a batch is complete; one that finds the sink down is handed over when it is back.

    How much comes on average until a batch is complete is drawn (the gamma law), not who completes it: given
    that, all but the last of a batch are spread evenly. Source: docs/theory.md O32.
    """

    kind: Literal["batch"] = "batch"
    size: int = Field(description="artefacts in a batch", strict=True, ge=2, le=10_000_000)
    on_stop: bool = Field(True, description="whether who is told to stop flushes once more before it goes")

    @property
    def most(self) -> int:
        return self.size

    def cells(
        self, holders: Holders, content: Content, down: Spans, draws: Stream, per_outcome: int
    ) -> Cells:
        size = ceil(self.size / per_outcome)
        lane, ends = draws.lane(*holders.lane), closing(holders, self.on_stop, down)
        since, level = holders.birth.copy(), np.zeros(len(holders))
        who, epoch, found = np.arange(len(holders)), 0, list[Cells]()
        while who.size:  # from here on, with empty buffers, until a batch finds the sink down
            owner, at, reached, beyond = _batches(content, who, level, (lane, epoch), size)
            fails = down.contains(at)
            stuck, place = np.unique(owner[fails], return_index=True)
            place = np.flatnonzero(fails)[place]
            limit = np.full(len(holders), at.size)
            limit[stuck] = place
            good = np.arange(at.size) < limit[owner]
            holds = None if content.is_counted else size
            found.append(_complete(owner[good], at[good], reached[good], since, level, holds))
            calm = np.setdiff1d(who, stuck)
            whole = 1.0 if content.is_counted else (size - 1) / np.maximum(beyond - level, 1e-300)[calm]
            found.append(_last(holders, calm, since, holders.end[calm], ends, np.nan, whole))
            # What failed waits for the sink, and the holder goes on gathering meanwhile.
            back = down.end[np.searchsorted(down.start, at[place], side="right") - 1]
            whole = 1.0 if content.is_counted else size / (reached[place] - level[stuck])
            lasts = back < holders.end[stuck]
            found.append(_last(holders, stuck, since, at[place], ends, at[place], whole, back=back))
            who, since[stuck], level[stuck] = stuck[lasts], back, content.level(stuck, back)
            epoch += 1
        return joined(found)


def _batches(
    content: Content, who: Indices, level: Floats, lane: tuple[NDArray[np.uint64], int], size: int
) -> tuple[Indices, Floats, Floats, Floats]:
    """Return whose batches are complete when [s] and at which level, and the level that is not reached."""
    from scipy.special import gammaincinv

    lanes, epoch = lane
    now, beyond, number = level[who], np.zeros(level.size), 0
    # What comes at one instant goes together, and the next batch is gathered from there.
    width = 1 if content.has_ties else _WIDTH
    owner, reached = [np.empty(0, np.int64)], [np.empty(0)]
    while who.size:
        index = (np.int64(epoch) << 32) + np.arange(number, number + width)
        steps = np.full((who.size, width), float(size))
        if not content.is_counted:
            steps = gammaincinv(size, Stream.uniform(lanes[who][:, None], index[None, :]))
        levels = now[:, None] + np.cumsum(steps, axis=1)
        is_over = levels > content.total[who][:, None]
        if content.has_ties:
            done_at = content.when(who, levels[:, 0])
            levels = np.maximum(levels, content.level(who, np.nextafter(done_at, np.inf))[:, None])
        row, column = np.nonzero(~is_over)
        owner.append(who[row])
        reached.append(levels[row, column])
        done = is_over.any(axis=1)
        beyond[who[done]] = levels[done, np.argmax(is_over[done], axis=1)]
        who, now, number = who[~done], levels[~done, -1], number + width
    whose, level_at = np.concatenate(owner), np.concatenate(reached)
    order = np.lexsort((level_at, whose))
    whose, level_at = whose[order], level_at[order]
    at = content.when(whose, level_at)
    # Cells are half-open, and who completes the batch is part of it.
    return whose, np.nextafter(at, np.inf) if content.is_counted else at, level_at, beyond


def _complete(
    owner: Indices, at: Floats, reached: Floats, since: Floats, level: Floats, size: int | None
) -> Cells:
    """Return the cells of batches handed over; moves `since` and `level` of their owners on.

    A batch holds `size` outcomes, whatever comes on average in its time; None where they come one by one.
    """
    begins = np.append(True, owner[1:] != owner[:-1])[: owner.size]
    low = np.where(begins, since[owner], np.append(0.0, at)[: owner.size])
    below = np.where(begins, level[owner], np.append(0.0, reached)[: owner.size])
    since[owner], level[owner] = at, reached  # of several the last one stays
    density = np.ones(at.size) if size is None else size / np.maximum(reached - below, 1e-300)
    return Cells(owner, low, at, np.zeros(at.size), at, np.full(at.size, np.nan), at, density)


def _last(
    holders: Holders, who: Indices, since: Floats, ripe: Floats, ends: tuple[Floats, Floats],
    tried: Floats | float, density: Floats | float, back: Floats | float = np.inf,
) -> Cells:  # fmt: skip
    """Return the cells of batches not complete, or complete while the sink was down until `back` [s]."""
    end = holders.end[who]
    is_back = back < end
    shipped, failed = (column[who] for column in ends)
    return Cells(
        who, since[who], np.where(is_back, back, end), np.zeros(who.size),
        np.where(is_back, back, shipped),
        np.where(is_back, np.nan, np.fmax(np.broadcast_to(tried, who.shape), failed)),
        ripe, np.broadcast_to(density, who.shape).astype(float),
    )  # fmt: skip
