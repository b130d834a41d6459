"""A fact of an episode, in words."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that happened.

    Parameters
    ----------
    time : float
        When [s].
    entity : str
        To whom, such as ``web/3#2`` or ``mesh``.
    kind : str
        What happened as a word for machines, such as ``credential-issued``.
    what : str
        The same for people.
    cause : str
        Cause as named in the trace, "" for none.
    """

    time: float
    entity: str
    kind: str
    what: str
    cause: str = ""
