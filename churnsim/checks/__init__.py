"""Design invariants: what a scenario promises, and whether its runs keep it."""

from churnsim.checks.check import Promise, check, promises, shown, validate
from churnsim.checks.doubt import doubts
from churnsim.checks.junit import junit
from churnsim.checks.reading import load
from churnsim.checks.verdict import Verdict, exit_code

__all__ = [
    "Promise",
    "Verdict",
    "check",
    "doubts",
    "exit_code",
    "junit",
    "load",
    "promises",
    "shown",
    "validate",
]
