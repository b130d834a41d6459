"""Mistakes in the words of a command, collected so that all are told at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from churnsim.base.errors import UsageError

T = TypeVar("T")


class Mistakes:
    """What was found wrong so far."""

    def __init__(self) -> None:
        self._found: list[str] = []

    def read(self, word: Callable[[], T]) -> T | None:
        """What a word means, None where it means nothing; the mistake is kept."""
        try:
            return word()
        except UsageError as error:
            self._found += str(error).split("\n")
            return None

    def tell(self) -> None:
        """Go on only if there are none.

        Raises
        ------
        UsageError
            With all mistakes, a line each.
        """
        if self._found:
            raise UsageError("\n".join(dict.fromkeys(self._found)))
