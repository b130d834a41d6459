"""Figures drawn from frames: nothing here simulates, shows or saves."""

from churnsim.plot.contrast import contrasts
from churnsim.plot.effects import effects
from churnsim.plot.episode import episode
from churnsim.plot.picture import picture
from churnsim.plot.propagation import propagation
from churnsim.plot.sweep import sweep, sweep_panels
from churnsim.plot.timeline import timeline
from churnsim.plot.trade_off import trade_off
from churnsim.plot.warmup import warmup

__all__ = [
    "contrasts",
    "effects",
    "episode",
    "picture",
    "propagation",
    "sweep",
    "sweep_panels",
    "timeline",
    "trade_off",
    "warmup",
]
