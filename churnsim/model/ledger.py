"""The ledger: every credential that one fleet was issued by one issuer, as packed columns."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

_SINGLES_MOST = 16_384  # credentials held as Python numbers before they are packed
_FEW = 8  # in a block that is not worth arrays of its own
_WHOLE = ("unit", "bearer", "serial", "tries")

COLUMNS = ("unit", "bearer", "serial", "asked", "issued", "due", "tries")


class Ledger:
    """Credentials in the order in which they were entered, single or in blocks."""

    def __init__(self) -> None:
        self._blocks: list[tuple[NDArray[Any], ...]] = []
        self._single: list[float] = []

    def enter(self, holder: Any, bearer: Any, serial: Any, issued: Any, due: Any) -> None:
        """Enter credentials that were issued the instant they were asked for; arrays of one length."""
        if len(issued) <= _FEW:
            for unit, whose, number, when, then in zip(holder, bearer, serial, issued, due, strict=True):
                self.enter_one(int(unit), int(whose), int(number), float(when), float(when), float(then), 0)
            return
        tries = np.zeros(len(issued), np.int64)
        self._blocks.append((holder, bearer, serial, issued, issued, due, tries))

    def enter_one(
        self, holder: int, bearer: int, serial: int, asked: float, issued: float, due: float, tries: int
    ) -> None:
        """Enter one credential."""
        self._single += (holder, bearer, serial, asked, issued, due, tries)
        if len(self._single) >= len(COLUMNS) * _SINGLES_MOST:
            self._pack()

    def columns(self) -> dict[str, NDArray[Any]]:
        """Everything entered so far."""
        self._pack()
        if not self._blocks:
            return {name: np.empty(0) for name in COLUMNS}
        joined = (np.concatenate(parts) for parts in zip(*self._blocks, strict=True))
        return dict(zip(COLUMNS, joined, strict=True))

    def _pack(self) -> None:
        if self._single:
            table = np.array(self._single, np.float64).reshape(-1, len(COLUMNS))
            columns = (
                table[:, i].astype(np.int64 if name in _WHOLE else np.float64)
                for i, name in enumerate(COLUMNS)
            )
            self._blocks.append(tuple(columns))
            self._single.clear()
