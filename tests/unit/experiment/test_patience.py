"""Signals to stop are held back, never lost."""

import signal
import sys
from collections.abc import Callable

import pytest

from churnsim.experiment.patience import Patience


def test_ctrl_c_is_obeyed_at_the_next_check() -> None:
    done = []
    with Patience() as patience:
        signal.raise_signal(signal.SIGINT)
        done.append("the rest of this step")
        with pytest.raises(KeyboardInterrupt):
            patience.check()
    assert done


def test_a_second_ctrl_c_is_obeyed_at_once() -> None:
    with Patience():
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)


def test_ctrl_c_that_is_obeyed_at_once_and_swallowed_is_obeyed_again() -> None:
    with Patience(at_once=True) as patience:
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            patience.check()
        patience.check()


def _strike() -> None:
    signal.raise_signal(signal.SIGINT)


class _Last:
    """Does something when it is gone, where Python tells of errors but raises none."""

    def __init__(self, words: Callable[[], object]) -> None:
        self._words = words

    def __del__(self) -> None:
        self._words()


def test_ctrl_c_that_cannot_be_raised_where_it_is_heard_is_obeyed_without_a_word(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Other errors that cannot be raised are told as ever."""
    told: list[sys.UnraisableHookArgs] = []
    monkeypatch.setattr(sys, "unraisablehook", told.append)
    with Patience(at_once=True) as patience:
        _Last(_strike)
        with pytest.raises(KeyboardInterrupt):
            patience.check()
        assert told == []
        _Last(lambda: 1 / 0)
    assert [error.exc_type for error in told] == [ZeroDivisionError]
    assert sys.unraisablehook == told.append


def test_a_handler_that_raises_nothing_is_called_once() -> None:
    """As one that only makes a note, for which nothing can be lost."""
    heard: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: heard.append(number))
    try:
        with Patience(at_once=True) as patience:
            signal.raise_signal(signal.SIGINT)
            patience.check()
    finally:
        signal.signal(signal.SIGINT, before)
    assert heard == [signal.SIGINT]


def test_the_handlers_are_put_back() -> None:
    before = signal.getsignal(signal.SIGINT)
    with Patience():
        assert signal.getsignal(signal.SIGINT) is not before
    assert signal.getsignal(signal.SIGINT) is before


def test_a_signal_that_nobody_handles_is_left_alone() -> None:
    before = signal.getsignal(signal.SIGTERM)
    assert not callable(before)
    with Patience():
        assert signal.getsignal(signal.SIGTERM) is before
