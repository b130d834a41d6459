"""What happened in one run: schema, intervals, recorder, laws."""

from churnsim.trace.code import (
    DeliveryOutcome,
    EndpointState,
    Family,
    Fate,
    InvocationOutcome,
    JobState,
    LapseMode,
    NodeState,
    ServiceState,
    SigningOutcome,
    UnitState,
)
from churnsim.trace.meta import (
    ArtefactInfo,
    CallInfo,
    DeskInfo,
    IssuerInfo,
    Meta,
    OutcomeInfo,
    PolicyInfo,
    PoolInfo,
    RolloutInfo,
    SinkInfo,
    WorkInfo,
    WorkloadInfo,
)
from churnsim.trace.recorder import Recorder
from churnsim.trace.schema import SCHEMA, SCHEMA_VERSION
from churnsim.trace.trace import Trace

__all__ = [
    "SCHEMA",
    "SCHEMA_VERSION",
    "ArtefactInfo",
    "CallInfo",
    "DeliveryOutcome",
    "DeskInfo",
    "EndpointState",
    "Family",
    "Fate",
    "InvocationOutcome",
    "IssuerInfo",
    "JobState",
    "LapseMode",
    "Meta",
    "NodeState",
    "OutcomeInfo",
    "PolicyInfo",
    "PoolInfo",
    "Recorder",
    "RolloutInfo",
    "ServiceState",
    "SigningOutcome",
    "SinkInfo",
    "Trace",
    "UnitState",
    "WorkInfo",
    "WorkloadInfo",
]
