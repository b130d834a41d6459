"""What happened in one run: schema, intervals, recorder, laws."""

from churnsim.trace.meta import DeskInfo, IssuerInfo, Meta, PolicyInfo, WorkloadInfo
from churnsim.trace.recorder import Recorder
from churnsim.trace.schema import (
    SCHEMA,
    SCHEMA_VERSION,
    EndpointState,
    Family,
    LapseMode,
    ServiceState,
    SigningOutcome,
    UnitState,
)
from churnsim.trace.trace import Trace

__all__ = [
    "SCHEMA",
    "SCHEMA_VERSION",
    "DeskInfo",
    "EndpointState",
    "Family",
    "IssuerInfo",
    "LapseMode",
    "Meta",
    "PolicyInfo",
    "Recorder",
    "ServiceState",
    "SigningOutcome",
    "Trace",
    "UnitState",
    "WorkloadInfo",
]
