"""The engine: a world on SimPy, one door for every state change, and named random streams."""

from churnsim.engine.stream import Stream, Streams
from churnsim.engine.world import Entity, Order, World

__all__ = ["Entity", "Order", "Stream", "Streams", "World"]
