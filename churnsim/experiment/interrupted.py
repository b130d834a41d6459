"""The word that an experiment was broken off, and how to go on."""

from __future__ import annotations

from pathlib import Path

from churnsim.base.errors import ChurnsimError


class Interrupted(ChurnsimError):
    """Ctrl-C; every finished run is kept.

    Parameters
    ----------
    done, total : int
        Runs kept and runs planned.
    place : Path or None
        Folder of the results, None where they were in memory only.
    command : str
        What makes the rest of the runs.
    """

    exit_code = 130

    def __init__(self, done: int, total: int, place: Path | None, command: str) -> None:
        if place is None:
            text = (
                f"interrupted after {done} of {total} runs; none are kept, for no folder was given (out=...)"
            )
        else:
            text = f"interrupted: {done} of {total} runs are kept in {place}; go on with: {command}"
        super().__init__(text)
        self.done = done
        self.total = total
        self.place = place
        self.command = command
