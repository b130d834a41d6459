"""Simulate platforms of short-lived units: what churn costs in reliability, trust and money.

>>> import churnsim
>>> scenario = churnsim.load("scenarios/quickstart.yaml")           # doctest: +SKIP
>>> churnsim.run(scenario.with_(horizon="2h"), replications=5).summary  # doctest: +SKIP
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from churnsim.api import compare, run, simulate, sweep
    from churnsim.base.errors import ChurnsimError, LawBroken, ScenarioError, StoreError, UsageError
    from churnsim.checks import load
    from churnsim.episode import explain_worst
    from churnsim.scenario import Scenario

__version__ = "0.1.0"

# Where each public name lives; read on first use, so that `import churnsim` costs next to nothing.
_HOME = {
    "ChurnsimError": "churnsim.base.errors",
    "LawBroken": "churnsim.base.errors",
    "Scenario": "churnsim.scenario",
    "ScenarioError": "churnsim.base.errors",
    "StoreError": "churnsim.base.errors",
    "UsageError": "churnsim.base.errors",
    "compare": "churnsim.api",
    "explain_worst": "churnsim.episode",
    "load": "churnsim.checks",
    "run": "churnsim.api",
    "simulate": "churnsim.api",
    "sweep": "churnsim.api",
}

__all__ = [
    "ChurnsimError",
    "LawBroken",
    "Scenario",
    "ScenarioError",
    "StoreError",
    "UsageError",
    "__version__",
    "compare",
    "explain_worst",
    "load",
    "run",
    "simulate",
    "sweep",
]


class _Package(ModuleType):
    """The package, in which a public function keeps its name though a module of that name is imported."""

    def __setattr__(self, name: str, value: object) -> None:
        # Importing the module churnsim.simulate would bind it over the function that lives in it.
        if not (name in _HOME and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package


def __getattr__(name: str) -> object:
    """Import the home of a public name when it is first asked for."""
    if name not in _HOME:
        raise AttributeError(f"module 'churnsim' has no attribute {name!r}")
    value: object = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
