"""Patience: a signal to stop is heard at once, obeyed where nothing is half done, and never lost."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any, Self

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Patience:
    """Hold back the handlers of Ctrl-C and SIGTERM until `check`.

    An exception raised between any two instructions can leave a lock of an executor taken for ever, and its
    threads then never end. A second signal is passed on at once. Does nothing outside the main thread, where
    Python runs no handlers, and for a signal that no function handles.

    Parameters
    ----------
    at_once : bool
        Whether the handlers act at once as well. What they raise may be lost on its way, for code written
        in C or Rust drops errors that it does not expect; then it is raised again at `check`.
    """

    def __init__(self, at_once: bool = False) -> None:
        self._at_once = at_once
        self._handlers: dict[int, Any] = {}
        self._heard: int | None = None
        self._unraisable: Callable[[sys.UnraisableHookArgs], object] | None = None

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            for number in _SIGNALS:
                handler = signal.getsignal(number)
                if callable(handler):
                    self._handlers[number] = handler
                    signal.signal(number, self._hear)
            self._unraisable, sys.unraisablehook = sys.unraisablehook, self._drop
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        if self._unraisable is not None:
            sys.unraisablehook = self._unraisable

    def check(self) -> None:
        """Let the handler of a signal heard since act now; it raises KeyboardInterrupt or the like."""
        if self._heard is not None:
            number, self._heard = self._heard, None
            self._handlers[number](number, None)

    def _drop(self, error: sys.UnraisableHookArgs) -> None:
        """Say nothing of a signal that could not be raised where it was heard: it is not forgotten."""
        is_known = self._heard is not None and issubclass(error.exc_type, KeyboardInterrupt)
        if self._unraisable is not None and not is_known:
            self._unraisable(error)

    def _hear(self, number: int, frame: FrameType | None) -> None:
        is_first, self._heard = self._heard is None, number
        if self._at_once or not is_first:
            self._handlers[number](number, frame)
            self._heard = None  # it has acted and raised nothing that could be lost
