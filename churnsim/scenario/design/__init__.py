"""Designs of a study: which points of the swept space are run, one file per kind."""

from churnsim.base.registry import Kinds
from churnsim.scenario.design.design import Objection, Settings, StudyDesign

DESIGNS = Kinds("design", __name__, StudyDesign)

__all__ = ["DESIGNS", "Objection", "Settings", "StudyDesign"]
