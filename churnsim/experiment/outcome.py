"""What became of one run: its measurements, or why it failed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from churnsim.experiment.plan import Run
from churnsim.metrics.measurement import Measurement


@dataclass(frozen=True, slots=True)
class Finished:
    """A run that went through.

    Parameters
    ----------
    run : Run
        Which one.
    measurements : mapping of str to Measurement
        By full name of the measure.
    seconds : float
        How long it took [s, wall clock]: for estimates of what is still to come, never part of a result.
    """

    run: Run
    measurements: Mapping[str, Measurement]
    seconds: float = field(default=0.0, compare=False)


@dataclass(frozen=True, slots=True)
class Failed:
    """A run that did not; the others go on without it.

    Parameters
    ----------
    run : Run
        Which one.
    error : str
        Name of the error's class, such as ``LawBroken``.
    message : str
        What the error says.
    trace : str
        Python traceback, "" where there is none.
    repeat : str
        Command that runs it again by itself.
    """

    run: Run
    error: str
    message: str
    trace: str = ""
    repeat: str = ""

    def __str__(self) -> str:
        where = f"run {self.run.replication} of point {self.run.point} failed"
        return f"{where}: {self.error}: {self.message}; repeat it: {self.repeat}"


Outcome = Finished | Failed
