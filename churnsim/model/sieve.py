"""The sieve: which of the outcomes an artefact is kept of, and which of them were in trouble."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from churnsim.model.made import Content, Made
from churnsim.model.sampling import Sampling
from churnsim.trace.intervals import cut

Floats = NDArray[np.float64]


class Sieve:
    """What sampling makes of all outcomes of one kind.

    Parameters
    ----------
    sampling : Sampling or None
        The rule; None keeps everything, and does not look at anything.
    outcomes : Made
        All of them.
    luck : ndarray, shape (n,)
        A uniform for each of them that is made at an instant; of requests none.
    troubled : Made or None
        Those that were in trouble; None where nobody asks.
    units : int
        How many units the trace has.
    """

    def __init__(
        self, sampling: Sampling | None, outcomes: Made, luck: Floats, troubled: Made | None, units: int
    ) -> None:
        self._kept = 1.0 if sampling is None else sampling.kept
        self._kept_in_trouble = 1.0 if sampling is None else sampling.kept_in_trouble
        self._is_late = sampling is not None and sampling.is_late
        self._outcomes, self._luck, self._troubled = outcomes, luck, troubled
        if troubled is not None:
            self._levels = tuple(Content(each.unit, each, units) for each in (troubled, outcomes))

    def before(self) -> tuple[Made, Made]:
        """Return what is buffered, and of what it is known by then that it will not be kept."""
        made = self._outcomes
        if made.pace is None:
            kept = self._luck < self._share_kept(self._share(made))
            return (made.times(kept.astype(float)) if self._is_late else made.where(kept)), made.where(~kept)
        if self._is_late and self._troubled is not None:
            # Within each piece what is kept, and what was in trouble, is a share that does not change.
            bounds = np.concatenate([self._troubled.start, self._troubled.end])
            pieces = cut(made.unit, made.start, made.end, np.tile(self._troubled.unit, 2), bounds)
            return made.within(*pieces), made.where(np.zeros(made.unit.size, bool))
        return made.times(self._kept), made.times(1.0 - self._kept).where(
            np.full(made.unit.size, self._kept < 1.0)
        )

    def after(self, pieces: Made) -> tuple[Made, Made]:
        """Return what is handed over of what was buffered, and what is thrown away then."""
        if not self._is_late or pieces.pace is None:
            return pieces, pieces.where(np.zeros(pieces.unit.size, bool))
        share = self._share_kept(self._share(pieces))
        return pieces.times(share), pieces.times(1.0 - share)

    def troubled(self, kept: Made, left_out: Made) -> tuple[Floats, Floats]:
        """Return which share of what is kept, and of what is not, was in trouble; NaN where nobody asks."""
        if self._troubled is None:
            return np.full(kept.unit.size, np.nan), np.full(left_out.unit.size, np.nan)
        there, here = self._share(kept), self._share(left_out)
        return (
            _ratio(there * self._kept_in_trouble, self._share_kept(there)),
            _ratio(here * (1.0 - self._kept_in_trouble), 1.0 - self._share_kept(here)),
        )

    def _share(self, pieces: Made) -> Floats:
        """Which share of all outcomes of each piece was in trouble."""
        if self._troubled is None:
            return np.zeros(pieces.unit.size)
        end = pieces.end if pieces.pace is not None else np.nextafter(pieces.start, np.inf)
        wrong, every = (
            each.level(pieces.unit, end) - each.level(pieces.unit, pieces.start) for each in self._levels
        )
        return _ratio(wrong, every)

    def _share_kept(self, share: Floats) -> Floats:
        """Which share is kept of what was in trouble by a share."""
        return share * self._kept_in_trouble + (1.0 - share) * self._kept


def _ratio(part: Floats, whole: Floats) -> Floats:
    found = np.divide(part, whole, out=np.zeros(whole.size), where=whole > 1e-12)
    return np.asarray(np.clip(found, 0.0, 1.0))
