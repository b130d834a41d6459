"""All of churnsim that a worker imports sooner or later, so that one process can import it for all workers.

What others have added by entry point is left to the workers: it may start threads, which do not survive being
copied, or fail, which must be told as the failure of a run.
"""

from __future__ import annotations

import importlib
import pkgutil

import scipy.special  # noqa: F401 - imported inside functions that every run calls

import churnsim.experiment.local
import churnsim.simulate  # noqa: F401

for _package in ("churnsim.base", "churnsim.model", "churnsim.scenario", "churnsim.metrics"):
    for _module in pkgutil.walk_packages(importlib.import_module(_package).__path__, f"{_package}."):
        importlib.import_module(_module.name)
