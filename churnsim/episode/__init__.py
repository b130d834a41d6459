"""One episode of a trust gap, told from the facts of its run: when, why, and what would have closed it."""

from churnsim.episode.explanation import Explanation
from churnsim.episode.fact import Fact
from churnsim.episode.stretch import Stretch
from churnsim.episode.subject import Subject
from churnsim.episode.worst import explain_worst

__all__ = ["Explanation", "Fact", "Stretch", "Subject", "explain_worst"]
