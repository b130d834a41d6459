"""What happened in one run: schema, intervals, recorder, laws."""

from churnsim.trace.meta import DeskInfo, IssuerInfo, Meta, PolicyInfo, PoolInfo, WorkInfo, WorkloadInfo
from churnsim.trace.recorder import Recorder
from churnsim.trace.schema import (
    SCHEMA,
    SCHEMA_VERSION,
    DeliveryOutcome,
    EndpointState,
    Family,
    JobState,
    LapseMode,
    NodeState,
    ServiceState,
    SigningOutcome,
    UnitState,
)
from churnsim.trace.trace import Trace

__all__ = [
    "SCHEMA",
    "SCHEMA_VERSION",
    "DeliveryOutcome",
    "DeskInfo",
    "EndpointState",
    "Family",
    "IssuerInfo",
    "JobState",
    "LapseMode",
    "Meta",
    "NodeState",
    "PolicyInfo",
    "PoolInfo",
    "Recorder",
    "ServiceState",
    "SigningOutcome",
    "Trace",
    "UnitState",
    "WorkInfo",
    "WorkloadInfo",
]
