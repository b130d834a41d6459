"""Laws: what must hold in every run; a break is a bug in churnsim, never a result."""

from __future__ import annotations

import pkgutil
from importlib import import_module

from churnsim.base.errors import LawBroken
from churnsim.trace.law.statement import Law, Violation
from churnsim.trace.trace import Trace

__all__ = ["LAWS", "Law", "Violation", "check"]


def _laws() -> dict[str, Law]:
    """Find the laws in the modules of this package, by number."""
    modules = (import_module(f"{__name__}.{module.name}") for module in pkgutil.iter_modules(__path__))
    found = [value for module in modules for value in vars(module).values() if isinstance(value, Law)]
    return {law.number: law for law in sorted(found, key=lambda law: law.number)}  # numbered once: tested


LAWS: dict[str, Law] = _laws()


def check(trace: Trace) -> None:
    """Hold `trace` against every law.

    Raises
    ------
    LawBroken
        For the first law broken, with what, when and where.
    """
    for number, law in LAWS.items():
        violation = law.broken_by(trace)
        if violation is not None:
            raise LawBroken(number, violation.message, violation.time, violation.entity)
