"""How far the runs are: a bar with the time left on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from churnsim.base.readable import counted, span
from churnsim.cli.stream import is_terminal

if TYPE_CHECKING:
    from rich.progress import Progress

HEARTBEAT_S = 10.0

Tell = Callable[[int, int, float], None]


@contextmanager
def progress(label: str) -> Iterator[Tell]:
    """A function to be told ``(done, total, elapsed)``, which shows it on standard error.

    Parameters
    ----------
    label : str
        What is running.
    """
    if not is_terminal(error=True):
        yield _Heartbeat(label)
        return
    with _bar() as bar:
        task = bar.add_task(label, total=None, left="")
        stored: list[int] = []

        def tell(done: int, total: int, elapsed: float) -> None:
            stored[:] = stored or [done]
            left = time_left(done - stored[0], total - stored[0], elapsed)
            shown = "" if left is None else f"{span(left)} left"
            bar.update(task, completed=done, total=total, left=shown)

        yield tell


def time_left(done: int, total: int, elapsed: float) -> float | None:
    """Seconds until the rest is done at the pace so far, None while there is no pace yet.

    Parameters
    ----------
    done, total : int
        Runs made and to be made, those found in the store left out of both.
    elapsed : float
        Since the first was begun [s].
    """
    return None if done <= 0 or elapsed <= 0 else (total - done) * elapsed / done


def _bar() -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[left]}"),
        console=Console(stderr=True),
        transient=True,
    )


class _Heartbeat:
    """A line at once, one every `HEARTBEAT_S`, one at the end."""

    def __init__(self, label: str) -> None:
        self._label = label
        self._stored: int | None = None
        self._last = time.monotonic()

    def __call__(self, done: int, total: int, elapsed: float) -> None:
        if self._stored is None:
            self._stored = done
            already = f", {done} of them stored already" if done else ""
            click.echo(f"{self._label}: {counted(total, 'run')}{already}", err=True)
            return
        now = time.monotonic()
        if done < total and now - self._last < HEARTBEAT_S:
            return
        self._last = now
        left = time_left(done - self._stored, total - self._stored, elapsed)
        rest = f"about {span(left)} left" if left else f"took {span(elapsed)}"
        click.echo(f"{self._label}: {done} of {counted(total, 'run')}, {rest}", err=True)
