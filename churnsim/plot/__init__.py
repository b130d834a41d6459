"""Figures drawn from frames: nothing here simulates, shows or saves."""

from churnsim.plot.picture import picture
from churnsim.plot.sweep import sweep, sweep_panels
from churnsim.plot.timeline import timeline

__all__ = ["picture", "sweep", "sweep_panels", "timeline"]
