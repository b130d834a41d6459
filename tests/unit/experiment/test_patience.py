"""Signals to stop are held back, never lost."""

import signal
import sys

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


class _Struck:
    def __del__(self) -> None:
        signal.raise_signal(signal.SIGINT)


def test_ctrl_c_that_cannot_be_raised_where_it_is_heard_is_obeyed_without_a_word(
    capfd: pytest.CaptureFixture[str],
) -> None:
    """As in a destructor, of whose errors Python only prints the trace."""
    before = sys.unraisablehook
    with Patience(at_once=True) as patience:
        _Struck()
        with pytest.raises(KeyboardInterrupt):
            patience.check()
    assert capfd.readouterr().err == ""
    assert sys.unraisablehook is before


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
