"""L15: signers are neither overworked nor idle, and the queue before them keeps its bound."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from churnsim.trace.intervals import steps
from churnsim.trace.law.statement import Violation, first, law
from churnsim.trace.trace import Trace


@law(
    "L15",
    "At every instant no more requests are being signed at a desk than it has signers, no more wait than its "
    "queue holds, and nobody waits while a signer is free.",
)
def signer(trace: Trace) -> Iterator[Violation]:
    """Count who is served and who waits, from change to change."""
    table, t1 = trace["signings"], trace.meta.t1
    ended = np.where(np.isnan(table["ended"]), t1, table["ended"])
    left = np.fmin(table["began"], ended)
    served = ~np.isnan(table["began"])
    for number, info in enumerate(trace.meta.issuers):
        if info.desk is None:
            continue
        mine = table["issuer"] == number
        busy = steps(table["began"][mine & served], ended[mine & served])
        waiting = steps(table["arrived"][mine], left[mine])
        instants = np.union1d(busy.times, waiting.times)
        instants = instants[instants < t1]
        signing, queued = busy.at(instants), waiting.at(instants)

        def at(message: str, i: int, name: str = info.name, instants: np.ndarray = instants) -> Violation:
            return Violation(message, float(instants[i]), name)

        for i in first(signing > info.desk.signers):
            yield at(f"{signing[i]:g} signed at the same time by {info.desk.signers}", i)
        for i in first(queued > info.desk.most):
            yield at(f"{queued[i]:g} wait in a queue of {info.desk.most}", i)
        for i in first((queued > 0) & (signing < info.desk.signers)):
            yield at(f"{queued[i]:g} wait although only {signing[i]:g} are being signed", i)
