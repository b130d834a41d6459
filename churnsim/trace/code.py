"""What the whole numbers in a trace stand for: families, states, outcomes and fates."""

from __future__ import annotations

from enum import IntEnum


class Family(IntEnum):
    """What sort of entity an interval belongs to."""

    UNIT = 0
    ENDPOINT = 1
    ISSUER = 2
    SOURCE = 3
    OWNER = 4
    JOB = 5
    NODE = 6
    SINK = 7


class UnitState(IntEnum):
    """Life of one unit."""

    PENDING = 0
    STARTING = 1
    READY = 2
    DRAINING = 3
    GONE = 4


class EndpointState(IntEnum):
    """Whether callers are sent to a unit."""

    UNLISTED = 0
    LISTED = 1


class ServiceState(IntEnum):
    """Whether a shared service (issuer, policy source, owner of credentials, sink) does its work."""

    UP = 0
    DOWN = 1
    BLOCKED = 2  # out of order no longer, but what it needs to start is not up


class NodeState(IntEnum):
    """Life of one node."""

    BOOTING = 0
    UP = 1
    DRAINING = 2
    LOST = 3  # does not answer, and nobody has noticed
    NOT_READY = 4
    GONE = 5
    ISOLATED = 6  # taken for lost, sooner or later, although its units run on


class JobState(IntEnum):
    """Where a job is, as its queue sees it."""

    QUEUED = 0
    IN_FLIGHT = 1  # delivered to a unit, hidden from the others
    DONE = 2
    DEAD = 3  # put aside after its last attempt; the queue still has it
    LOST = 4  # acknowledged, and yet never committed
    KILLED = 5  # took longer than it may; nobody tries it again


class DeliveryOutcome(IntEnum):
    """What became of the delivery of a job to a unit."""

    OPEN = 0  # still at it at t1
    ACKNOWLEDGED = 1  # for at-most-once: acknowledged, and committed later
    ACKNOWLEDGEMENT_LOST = 2
    LEASE_OVER = 3  # acknowledged too late: the queue had taken the job back
    UNIT_ENDED = 4
    REFUSED = 5  # its unit had no good credential when it came to commit
    KILLED = 6  # it was not committed by the end of the time that a delivery may take


class InvocationOutcome(IntEnum):
    """What became of a request to a function that some unit took."""

    OPEN = 0  # waits, or is served, at t1
    DONE = 1
    GAVE_UP = 2  # its unit was not ready in time
    CUT_SHORT = 3  # its unit was gone before it was done


class EnvironmentFate(IntEnum):
    """What had become of an environment by t1."""

    STANDING = 0
    TORN_DOWN = 1
    ORPHANED = 2  # nobody wants it any more, and it is there all the same
    SWEPT = 3  # was an orphan
    REFUSED = 4  # there were as many as there may be


class SigningOutcome(IntEnum):
    """What became of a request at the desk of an issuer, as far as its holder is concerned."""

    WAITING = 0  # still there at t1
    SIGNED = 1
    LIMITED = 2  # refused by the limit of the rate
    FULL = 3  # refused because the queue was full
    TIMED_OUT = 4
    FAILED = 5  # the issuer went down
    WITHDRAWN = 6  # the holder was gone


#: Outcomes of requests that were refused on arrival.
REFUSED = (SigningOutcome.LIMITED, SigningOutcome.FULL)


class LapseMode(IntEnum):
    """What a unit does while its policy is older than it may be, poisoned, or yet to come."""

    DENY = 0
    ALLOW = 1
    POISON_DENY = 2
    POISON_ALLOW = 3
    FIRST_DENY = 4
    FIRST_ALLOW = 5

    @property
    def denies(self) -> bool:
        """Whether it refuses everybody rather than admit everybody."""
        return self in (LapseMode.DENY, LapseMode.POISON_DENY, LapseMode.FIRST_DENY)

    @property
    def lacks_policy(self) -> bool:
        """Whether it does so because its first policy has yet to come."""
        return self in (LapseMode.FIRST_DENY, LapseMode.FIRST_ALLOW)


class Fate(IntEnum):
    """What had become of artefacts by t1; the first that applies, in this order but for the first two."""

    DURABLE = 0
    BUFFERED = 1  # still with its holder, or on its way
    SAMPLED_OUT = 2
    BUFFER_OVERFLOW = 3
    SINK_OUTAGE = 4  # would have been handed over, had the sink been up
    DIED_BEFORE_FLUSH = 5
    RETENTION_EXPIRED = 6
    KEY_UNVERIFIABLE = 7  # durable or not yet, but signed with no good credential

    @property
    def is_lost(self) -> bool:
        """Whether it will never be found, or never believed."""
        return self > Fate.BUFFERED


STATES: dict[Family, type[IntEnum]] = {
    Family.UNIT: UnitState,
    Family.ENDPOINT: EndpointState,
    Family.ISSUER: ServiceState,
    Family.SOURCE: ServiceState,
    Family.OWNER: ServiceState,
    Family.JOB: JobState,
    Family.NODE: NodeState,
    Family.SINK: ServiceState,
}
