"""Deciding: designs compared, screened, ranked and traded off, and the record of it."""

from churnsim.decision.alternative import Alternative, alternatives
from churnsim.decision.comparison import Comparison, Contrast, compare
from churnsim.decision.feasibility import Constraint, Feasibility, screen
from churnsim.decision.front import Front, front, nondominated
from churnsim.decision.selection import Selection, best, select

__all__ = [
    "Alternative",
    "Comparison",
    "Constraint",
    "Contrast",
    "Feasibility",
    "Front",
    "Selection",
    "alternatives",
    "best",
    "compare",
    "front",
    "nondominated",
    "screen",
    "select",
]
