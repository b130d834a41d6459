"""What a Dask worker keeps: the work it was sent once, from which it makes every run it is asked for."""

from __future__ import annotations

import pickle
from typing import Any

from distributed.diagnostics.plugin import WorkerPlugin

from churnsim.experiment.code import code_version
from churnsim.experiment.outcome import Failed, Outcome
from churnsim.experiment.plan import Run
from churnsim.experiment.work import Work

_parcels: dict[str, bytes] = {}
_works: dict[str, Work] = {}


class Delivery(WorkerPlugin):
    """Brings the work to every worker there is and every one that joins later.

    Parameters
    ----------
    key : str
        Under which it is kept.
    parcel : bytes
        The pickled work.
    """

    def __init__(self, key: str, parcel: bytes) -> None:
        self.name = key
        self._parcel = parcel

    def setup(self, worker: Any) -> None:
        """Keep the parcel; unpacking waits for the first run, whose outcome can tell what is wrong."""
        _parcels[self.name] = self._parcel

    def teardown(self, worker: Any) -> None:
        """Forget it."""
        _parcels.pop(self.name, None)
        _works.pop(self.name, None)


class Errand:
    """Make a run of the work kept under a key.

    Parameters
    ----------
    key : str
        Of the parcel.
    version : str
        Code that the plan belongs to; a worker with other code refuses.
    """

    def __init__(self, key: str, version: str) -> None:
        self.key = key
        self.version = version

    def __call__(self, run: Run) -> Outcome:
        # Workers were compared at the start; this one may have joined since.
        if code_version() != self.version:
            message = f"this worker has churnsim {code_version()}, the plan needs {self.version}"
            return Failed(run, "VersionsDiffer", message)
        if self.key not in _works:
            _works[self.key] = pickle.loads(_parcels[self.key])
        return _works[self.key](run)
