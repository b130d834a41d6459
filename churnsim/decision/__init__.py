"""Deciding: designs compared, screened, ranked and traded off, and the record of it."""

from churnsim.decision.alternative import Alternative, alternatives, check_rankable
from churnsim.decision.assumption import Assumption, Outcome, Swing, vary
from churnsim.decision.choice import Choice, choose
from churnsim.decision.comparison import Comparison, Contrast, compare
from churnsim.decision.feasibility import Constraint, Feasibility, screen
from churnsim.decision.front import Front, front, nondominated
from churnsim.decision.selection import Selection, best, select

__all__ = [
    "Alternative",
    "Assumption",
    "Choice",
    "Comparison",
    "Constraint",
    "Contrast",
    "Feasibility",
    "Front",
    "Outcome",
    "Selection",
    "Swing",
    "alternatives",
    "best",
    "check_rankable",
    "choose",
    "compare",
    "front",
    "nondominated",
    "screen",
    "select",
    "vary",
]
