"""Every table and column a trace may hold, declared before anything fills them."""

from __future__ import annotations

from dataclasses import dataclass, replace

NAN = float("nan")
INF = float("inf")

SCHEMA_VERSION = 3


@dataclass(frozen=True)
class Column:
    """One column of a table.

    `codes` names the list its whole numbers point into ("" for plain numbers): workload, issuer, policy,
    pool, cause, family, mode, outcome, fate, delivery, invocation, artefact, artefact_fate, or state (whose
    list depends on the family of the row). `default` is written where the recorder is given nothing; None
    means that it must be given.
    """

    name: str
    dtype: str
    unit: str
    meaning: str
    codes: str = ""
    default: float | None = None


@dataclass(frozen=True)
class Table:
    """One table: its columns in order, the columns it is sorted by, the columns that name a row."""

    name: str
    meaning: str
    columns: tuple[Column, ...]
    sort: tuple[str, ...] = ()
    key: tuple[str, ...] = ()

    def column(self, name: str) -> Column:
        """Return the column called `name`; KeyError if the table has none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"table {self.name} has no column {name!r}")


def _seconds(name: str, meaning: str, default: float | None = None) -> Column:
    return Column(name, "float64", "s", meaning, default=default)


def _maybe(name: str, meaning: str) -> Column:
    return _seconds(name, f"{meaning}; NaN: not before t1", default=NAN)


def _requests(name: str, meaning: str) -> Column:
    return Column(name, "float64", "requests", meaning, default=0.0)


def _code(name: str, meaning: str, codes: str, dtype: str = "int16") -> Column:
    return Column(name, dtype, "", meaning, codes)


def _row(name: str, meaning: str, default: float | None = None) -> Column:
    return Column(name, "int64", "", meaning, default=default)


_ON_AVERAGE = "requests on average"
_UNIT = _row("unit", "row in `units`")
_WORKLOAD = _code("workload", "the workload", "workload")
_ISSUER = _code("issuer", "the issuer", "issuer")
_POLICY = _code("policy", "the policy", "policy")
_POINT = Column("point", "int16", "", "verification point of the issuer")
_KEY = Column("key", "int32", "", "0, 1, ... for each issuer, in order of activation")
_BEARER = _row("bearer", "who holds it: -1 the unit, else the theft whose thief renewed it", default=-1)

INTERVALS = Table(
    "intervals",
    "Piecewise-constant state of every entity, half-open `[start, end)`. "
    "Gone (and unlisted, once listed) is an interval too, open at t1.",
    (
        _code("family", "what sort of entity", "family", "int8"),
        _row(
            "entity",
            "row in `units` for unit and endpoint, in `nodes` for node, "
            "else index of the issuer, policy, owner or sink",
        ),
        _code("state", "state of the entity, by family", "state", "int8"),
        _seconds("start", "entered; before the world's start for units that are older than it"),
        _seconds("end", "left; t1 where still open"),
        _code("cause", "why the state was entered", "cause"),
        Column("open", "bool", "", "whether the state still held at t1"),
    ),
    sort=("family", "entity", "start"),
)

UNITS = Table(
    "units",
    "One row for every incarnation of every slot. Its replacement is created at the instant it `stopped`, or "
    "when somebody has noticed that it was lost with its node: see `losses`.",
    (
        _row("unit", "row index"),
        _WORKLOAD,
        _row("slot", "place in the workload that keeps its name for ever"),
        _row("incarnation", "1 for the first unit of the slot, then 2, 3, ..."),
        _seconds("created", "asked for; before the world's start for a unit that is older than it"),
        _maybe("placed", "start-up began"),
        _maybe("booted", "start-up over; from here it waits only for its first credential and policy"),
        _maybe("ready", "able to serve"),
        _maybe("stopped", "told to stop, or crashed"),
        _maybe("gone", "ended; equal to `stopped` for a crash"),
        _maybe("listed", "first in the endpoint list"),
        _maybe("unlisted", "out of the endpoint list for good"),
        Column("end_cause", "int16", "", "cause of `stopped`; -1: still wanted at t1", "cause", default=-1),
        Column("revision", "int32", "", "which version of its workload it is; see `revisions`", default=0),
    ),
    sort=("workload", "slot", "incarnation"),
    key=("unit",),
)

CLOCKS = Table(
    "clocks",
    "How far off the clocks of units are, where they may be: one shows t + `error`.",
    (_UNIT, _seconds("error", "what it shows too much; negative: too little")),
    sort=("unit",),
    key=("unit",),
)

TARGETS = Table(
    "targets",
    "How many units of a workload are wanted, from `time` until its next row; only where "
    "that changes, the first row at the world's start.",
    (
        _WORKLOAD,
        _seconds("time", "wanted from"),
        _row("units", "how many, draining ones not counted"),
        _row("spare", "how many more than that there are for the sake of a rollout, or fewer", default=0),
    ),
    sort=("workload", "time"),
)

REVISIONS = Table(
    "revisions",
    "One row for every version of a workload that came before t1; version 0, with which the world begins, "
    "has none. A version is wanted from `committed` until it is noticed to be bad or the next is committed.",
    (
        _WORKLOAD,
        Column("revision", "int32", "", "1, 2, ... for each workload, in order of time"),
        _seconds("committed", "came"),
        _maybe("began", "its rollout began; NaN also where a later one came while it waited"),
        _maybe("completed", "as many units of it were ready as there ought to be, none of others"),
        Column("bad", "bool", "", "whether something is wrong with it", default=0),
        _maybe("noticed", "taken back: noticed to be bad, or without progress for too long"),
        _maybe("restored", "others had taken its place again"),
        Column("cause", "int16", "", "why it was taken back; -1: it was not", "cause", default=-1),
        Column("failing", "float64", "share", "requests to its units that fail for it", default=0.0),
    ),
    sort=("workload", "revision"),
)

CREDENTIALS = Table(
    "credentials",
    "One row for every credential issued. A verification point e accepts it at true time t iff "
    "`issued <= t`, its clock shows at least `issued - backdate - leeway` and less than `expires + leeway`, "
    "e has not yet learned of its revocation, does not lack an answer about it (`unanswered`) and, if its "
    "issuer rotates keys, knows the key that was active at `issued`.",
    (
        _ISSUER,
        _UNIT,
        _BEARER,
        _row("serial", "1, 2, ... for each unit and bearer"),
        _seconds("asked", "fell due; for the first: the unit booted"),
        _seconds("issued", "valid from"),
        _seconds("expires", "`issued` + time to live; rejected from this instant"),
        _seconds("due", "its successor falls due"),
        _maybe("revoked", "revocation recorded at the issuer"),
        Column("tries", "int32", "", "attempts that failed before this one", default=0),
    ),
    sort=("unit", "bearer", "serial"),
    key=("unit", "bearer", "serial"),
)

SIGNINGS = Table(
    "signings",
    "One row for every request that reached the desk of an issuer with a capacity. It was in the queue on "
    "`[arrived, began)`, or until `ended` if its signature never began; a signer was busy with it on "
    "`[began, ended)`, in vain where `concluded` is earlier.",
    (
        _ISSUER,
        _UNIT,
        _BEARER,
        _row("serial", "of the credential that it asks for"),
        _seconds("arrived", "came to the desk"),
        _maybe("began", "a signer began with it"),
        _maybe("ended", "the desk was done with it: signed, dropped, refused or failed"),
        _maybe("concluded", "its holder was done with it: signed, refused, failed, given up or gone"),
        _code("outcome", "what became of it for its holder", "outcome", "int8"),
    ),
    sort=("issuer", "arrived", "unit", "bearer", "serial"),
)

LEARNED = Table(
    "learned",
    "When a verification point first refuses a revoked credential because it has learned of it.",
    (
        _ISSUER,
        _row("credential", "row in `credentials`"),
        _POINT,
        _seconds("at", "refused from this instant"),
    ),
    sort=("credential", "point"),
)

UNANSWERED = Table(
    "unanswered",
    "When a verification point refuses a credential because its issuer is down and its last answer too old.",
    (
        _ISSUER,
        _row("credential", "row in `credentials`"),
        Column("point", "int16", "", "verification point of the issuer"),
        _seconds("start", "first not answered"),
        _seconds("end", "answered again; t1 where still not"),
    ),
    sort=("credential", "point", "start"),
)

CONNECTIONS = Table(
    "connections",
    "Connections that outlive the acceptance of whoever opened them, at a point that would let nobody in "
    "with what it holds.",
    (
        _ISSUER,
        _UNIT,
        _row("bearer", "who holds it: -1 the unit, else the theft whose thief does", default=-1),
        Column("point", "int16", "", "verification point of the issuer"),
        _seconds("start", "no longer accepted"),
        _seconds("end", "closed or checked again; t1 where still open"),
    ),
    sort=("unit", "bearer", "point", "start"),
)

POINTS = Table(
    "points",
    "Verification points of every issuer.",
    (
        _ISSUER,
        Column("point", "int16", "", "0, 1, ... for each issuer"),
        _seconds("skew", "clock error: the point's clock shows t + skew + drift x ((t - synced) mod sync)"),
        Column("weight", "float64", "share", "share of verifications made here; sums to 1 for each issuer"),
        Column("drift", "float64", "s/s", "what the clock gains", default=0.0),
        _seconds("sync", "time after which the clock is set back to its skew; inf: never", default=INF),
        _seconds("synced", "an instant at which it is set", default=0.0),
        Column(
            "messages",
            "float64",
            "",
            "lists pulled, revocations told and answers asked for in [t0, t1)",
            default=0.0,
        ),
        Column("bytes", "float64", "B", "size of the lists pulled in [t0, t1)", default=0.0),
    ),
    sort=("issuer", "point"),
)

COMMITS = Table(
    "commits",
    "Policy versions. Version 0 is the state at the world's start, one row a permission; "
    "every later version re-decides one, or all of a principal or of a tenant that has left, perhaps "
    "without a change. With several resources a principal is counted at each: principal x resources + "
    "resource.",
    (
        _POLICY,
        _row("version", "0, 1, 2, ..."),
        _seconds("time", "committed"),
        Column("principal", "int32", "", "who is re-decided"),
        Column("allowed", "int8", "", "1 allowed, 0 denied"),
    ),
    sort=("policy", "version", "principal"),
)

OFFBOARDINGS = Table(
    "offboardings",
    "Tenants that have left. A tenant's principals are neighbours: of P principals, whatever the resources, "
    "and T tenants, principal p belongs to tenant p T / P, rounded down.",
    (
        _POLICY,
        Column("tenant", "int32", "", "who left"),
        _seconds("left", "left: from here on its grants are orphans"),
        _row("version", "denies all its principals; -1: not before t1"),
    ),
    sort=("policy", "left", "tenant"),
    key=("policy", "tenant"),
)

ADOPTIONS = Table(
    "adoptions",
    "Policy version in force at a unit, from `applied` until its next row. "
    "The first row of a unit is applied when it becomes ready at the latest, unless it is ready without one.",
    # One row for each point and each version it hears of: by far the longest table, so the narrowest.
    (
        Column("unit", "int32", "", "row in `units`; its workload says which policy"),
        Column("version", "int32", "", "version in force"),
        _seconds("read", "instant of the snapshot"),
        _seconds("applied", "in force from; before the unit is gone"),
    ),
    sort=("unit", "applied"),
)

POLLS = Table(
    "polls",
    "Load and age of information of each enforcement point in the window [t0, t1), counted in closed form.",
    (
        _POLICY,
        _UNIT,
        _row("polls", "fetches in the window"),
        _seconds("seconds", "time in the window from its first policy, or ready, to gone"),
        Column("age_integral", "float64", "s2", "integral over that time of t - `read` in force"),
        _row("peaks", "refreshes applied in that time"),
        _seconds("peak_sum", "sum over them of the age just before"),
    ),
    sort=("policy", "unit"),
)

LAPSES = Table(
    "lapses",
    "Times at which a unit decided by rote: it had been without its policy source for too long, its policy "
    "was poisoned, or its first policy had yet to come.",
    (
        _POLICY,
        _UNIT,
        _seconds("start", "began"),
        _seconds("end", "ended; t1 where still so"),
        _code(
            "mode",
            "deny or allow everybody, and whether for poison or for want of a first policy",
            "mode",
            "int8",
        ),
    ),
    sort=("unit", "start"),
)

CACHED = Table(
    "cached",
    "Decisions that a unit goes on answering from its cache although the version in force says otherwise.",
    (
        _POLICY,
        _UNIT,
        Column("principal", "int32", "", "about whom"),
        _seconds("start", "the version in force turned against it"),
        _seconds("end", "ran out, agreed with the version in force again, or the unit was gone; at most t1"),
        Column("allowed", "int8", "", "what the cache says: 1 allowed, 0 denied"),
    ),
    sort=("unit", "principal", "start"),
)

THEFTS = Table(
    "thefts",
    "Stolen credentials.",
    (
        _row("theft", "row index"),
        _WORKLOAD,
        _UNIT,
        _row("serial", "which credential of the unit was stolen"),
        _seconds("time", "stolen"),
        _maybe("detected", "noticed"),
        _maybe("decided", "acted upon: renewals refused and, where they can be, credentials revoked"),
        Column("can_renew", "bool", "", "whether the thief can renew it", default=0),
        Column("gang", "int16", "", "which of the failures that rob the workload", default=0),
        Column(
            "attempt", "int32", "", "number of the attempt, some of which find nothing to steal", default=0
        ),
    ),
    sort=("workload", "time", "theft"),
    key=("theft",),
)

KEYS = Table(
    "keys",
    "Signing keys of the issuers that rotate theirs, activated before t1. A credential is signed by the key "
    "that is active when it is issued; key 0 stands for all that were active before the world began.",
    (
        _ISSUER,
        _KEY,
        _seconds("published", "first in the published bundle; the world's start if before it"),
        _seconds("activated", "signs from here on"),
        _maybe("deactivated", "the next one signs from here on"),
        _maybe("removed", "out of the published bundle for good"),
    ),
    sort=("issuer", "key"),
    key=("issuer", "key"),
)

WITHDRAWALS = Table(
    "withdrawals",
    "Times at which a key was missing from the published bundle although it belonged there.",
    (
        _ISSUER,
        _KEY,
        _seconds("start", "dropped from the bundle"),
        _maybe("end", "restored"),
    ),
    sort=("issuer", "key", "start"),
)

BUNDLES = Table(
    "bundles",
    "When a verification point knows a key: it accepts what the key has signed on `[start, end)`, at "
    "whatever instant that was issued. Known at the world's start: known before it too.",
    (
        _ISSUER,
        _KEY,
        _POINT,
        _seconds("start", "the bundle with the key comes into force"),
        _maybe("end", "a bundle without it does"),
    ),
    sort=("issuer", "key", "point", "start"),
)

FORGERS = Table(
    "forgers",
    "Whoever stole a signing key, and signs what it likes until no point knows the key any more.",
    (
        _row("forger", "row index"),
        _ISSUER,
        _KEY,
        _seconds("time", "stolen"),
        _maybe("detected", "noticed"),
        _maybe("rotated", "forced rotation of all that the key had signed began"),
        _maybe("reissued", "no unit was left with a good credential of the key"),
    ),
    sort=("issuer", "time", "key"),
    key=("forger",),
)

_JOB = _row("job", "row in `jobs`")
_ATTEMPT = Column("attempt", "int32", "", "number of the delivery of the job: 1, 2, ...")

JOBS = Table(
    "jobs",
    "One row for every job that came to the queue of a workload. Its states as the queue sees them are "
    "intervals of the family job.",
    (
        _row("job", "row index"),
        _WORKLOAD,
        _row("number", "0, 1, ... for each workload, in order of arrival"),
        _seconds("arrived", "came to the queue"),
        _seconds("work", "time that it takes a unit that nothing interrupts"),
        Column("attempts", "int32", "", "deliveries so far", default=0),
        _maybe("ended", "done, put aside, lost or killed"),
        _code("fate", "where it is at t1", "fate", "int8"),
        Column("cause", "int16", "", "why it is there", "cause"),
    ),
    sort=("job",),
    key=("job",),
)

DELIVERIES = Table(
    "deliveries",
    "One row for every delivery of a job to a unit, which was busy with it on `[began, ended)`.",
    (
        _WORKLOAD,
        _JOB,
        _ATTEMPT,
        _UNIT,
        _seconds("began", "delivered"),
        _maybe("ended", "the unit was done with it, or gone"),
        _code("outcome", "what became of it", "delivery", "int8"),
        _seconds("resumed", "work that earlier deliveries had saved when it began", default=0.0),
        _seconds("kept", "work of it that lasted: saved by a checkpoint, or committed", default=0.0),
        _seconds("saving", "time that its checkpoints took", default=0.0),
    ),
    sort=("workload", "job", "attempt"),
    key=("job", "attempt"),
)

OUTCOMES = Table(
    "outcomes",
    "The ledger, which survives every unit: one row for every time that the outcome of a job took effect. A "
    "job is duplicated if it has more than one.",
    (
        _WORKLOAD,
        _JOB,
        _ATTEMPT,
        _UNIT,
        _seconds("committed", "took effect"),
        _maybe("acknowledged", "the queue heard from this delivery that the job is done"),
        Column("cause", "int16", "", "why it took effect again; -1: it had not before", "cause", default=-1),
    ),
    sort=("workload", "job", "committed", "attempt"),
    key=("job", "attempt"),
)

INVOCATIONS = Table(
    "invocations",
    "One row for every request to a function that a unit took, or that let one be started. It waited for its "
    "unit to be ready on `[arrived, began)`, and was served on `[began, ended)`.",
    (
        _WORKLOAD,
        _row("number", "0, 1, ... for each workload, in order of arrival, those turned away included"),
        _seconds("arrived", "came"),
        _UNIT,
        _maybe("began", "its unit began with it"),
        _maybe("ended", "done, given up or cut short"),
        _code("outcome", "what became of it", "invocation", "int8"),
    ),
    sort=("workload", "number"),
    key=("workload", "number"),
)

THROTTLES = Table(
    "throttles",
    "Requests to a function that were turned away, as many units as there may be having no place for them.",
    (
        _WORKLOAD,
        _row("number", "0, 1, ... for each workload, in order of arrival, those that a unit took included"),
        _seconds("time", "came"),
    ),
    sort=("workload", "number"),
)

ENVIRONMENTS = Table(
    "environments",
    "One row for every environment that was asked for. It is there on `[opened, removed)`, and wanted until "
    "it is `closed`.",
    (
        _WORKLOAD,
        _row("number", "0, 1, ... for each workload, in order of opening"),
        _seconds("opened", "asked for"),
        _maybe("closed", "wanted no longer"),
        _maybe("removed", "torn down, or swept"),
        _code("fate", "what had become of it by t1", "environment_fate", "int8"),
    ),
    sort=("workload", "number"),
    key=("workload", "number"),
)

RESIDENTS = Table(
    "residents",
    "To which environment a unit belongs.",
    (
        _UNIT,
        _row("number", "of the environment of its workload"),
        _maybe("until", "its environment was wanted no longer, and it went on or was created all the same"),
    ),
    sort=("unit",),
    key=("unit",),
)

NODES = Table(
    "nodes",
    "One row for every node there has been. Its successor is ordered when it is told to drain, or is gone.",
    (
        _row("node", "row index, in the order in which they were ordered"),
        _code("pool", "the pool", "pool"),
        _row("slot", "place in the pool that keeps its name for ever"),
        _row("incarnation", "1 for the first node of the slot, then 2, 3, ..."),
        _seconds("ordered", "asked for; the world's start if before it"),
        _maybe("up", "takes units from here on"),
        _maybe("drained", "told to drain"),
        _maybe("gone", "ended"),
    ),
    sort=("node",),
    key=("node",),
)

PLACEMENTS = Table(
    "placements",
    "On which node a unit stands, until it is gone.",
    (
        _UNIT,
        _row("node", "row in `nodes`"),
        _seconds("time", "placed; the world's start if before it"),
        Column("cpu", "float64", "cores", "taken", default=0.0),
        Column("memory", "float64", "B", "taken", default=0.0),
    ),
    sort=("unit",),
    key=("unit",),
)

LOSSES = Table(
    "losses",
    "Units that were lost with their node while they were wanted; their slots are empty until somebody acts.",
    (
        _UNIT,
        _row("node", "row in `nodes`"),
        _maybe("noticed", "unlisting began"),
        _maybe("replaced", "the next unit of the slot is created, or none is wanted any more"),
    ),
    sort=("unit",),
    key=("unit",),
)

ARTEFACTS = Table(
    "artefacts",
    "Verification artefacts by unit, time at which they were made, and fate. What was made at t in "
    "`[start, end)`, or at `start` where it equals `end`, was handed over at `shipped`; with a `period` at "
    "the first of `shipped`, `shipped` + `period`, ... after t; where `shipped` < `end` without a period, at "
    "t. It was durable as much later as `durable` is after `shipped`.",
    (
        _code("artefact", "which sort of artefact", "artefact"),
        _UNIT,
        _seconds("start", "the first was made"),
        _seconds("end", "before this instant the last was made"),
        Column("number", "float64", "artefacts", "how many, on average where requests make them"),
        _seconds("period", "time between the flushes in this stretch; 0: one", default=0.0),
        _maybe("shipped", "handed over to the sink"),
        _maybe("durable", "durable in the sink"),
        _code("fate", "what had become of them by t1", "artefact_fate", "int8"),
    ),
    sort=("artefact", "unit", "start", "fate"),
)

OBSTRUCTIONS = Table(
    "obstructions",
    "Times at which a unit refused requests because it could not keep the evidence that they owe.",
    (
        _UNIT,
        _seconds("start", "the buffer was full, or the sink down"),
        _seconds("end", "there was room, or the sink up, again; t1 where still not"),
    ),
    sort=("unit", "start"),
)

_FATES = (
    _requests("served", "intended and answered"),
    _requests("no_endpoint", "intended, endpoint list empty, or no unit of a function ready in time"),
    _requests("dead_endpoint", "intended, sent to a unit that could not answer"),
    _requests("credential_rejected", "intended, credential refused"),
    _requests("stale_deny", "intended, denied by an old policy version"),
    _requests(
        "fail_closed",
        "intended, denied: the policy had lapsed or was poisoned, or a token could not be checked",
    ),
    _requests("denied", "not intended and not let through"),
    _requests("stale_allow", "not intended, allowed by an old policy version"),
    _requests("fail_open", "not intended, allowed because the policy had lapsed or was poisoned"),
    _requests("cached_deny", "intended, denied by a cached decision"),
    _requests("cached_allow", "not intended, allowed by a cached decision"),
    _requests("shed", "intended, turned away by a unit that had more than it can serve"),
    _requests("evidence_blocked", "intended, refused because its evidence could not be kept"),
    _requests("throttled", "intended, turned away because no unit had a place and no more may be started"),
    _requests("dependency", "intended, given up because a call that it takes failed"),
    _requests("bad_version", "intended, failed by a unit of a bad version"),
)

TRAFFIC = Table(
    "traffic",
    "Requests from outside by workload and bucket; the buckets of a workload tile [t0, t1). `served` to "
    "`fail_closed`, `cached_deny`, `shed`, `evidence_blocked`, `throttled`, `dependency` and `bad_version` "
    "partition `intended`; `denied` to `fail_open` and `cached_allow` partition the rest of `offered`. "
    "Requests to a function are those that came.",
    (
        _WORKLOAD,
        _seconds("start", "bucket begins"),
        _seconds("end", "bucket ends"),
        Column("load", "float64", _ON_AVERAGE, "what the scenario offers in the bucket"),
        _requests("offered", "all requests"),
        _requests("intended", "of principals whom the newest policy version allows"),
        *_FATES,
    ),
    sort=("workload", "start"),
)

CALLS = Table(
    "calls",
    "What workloads ask of each other, by bucket, on average: calls, and what became of each attempt.",
    (
        _code("workload", "the caller", "workload"),
        _code("callee", "whom it calls", "workload"),
        _seconds("start", "bucket begins"),
        _seconds("end", "bucket ends"),
        Column("first", "float64", _ON_AVERAGE, "calls, each of which is attempted once at least"),
        Column("failed", "float64", _ON_AVERAGE, "calls of which every attempt failed"),
        Column("attempts", "float64", _ON_AVERAGE, "requests sent"),
        *(replace(column, unit=_ON_AVERAGE) for column in _FATES),
    ),
    sort=("workload", "callee", "start"),
)

BILL = Table(
    "bill",
    "What the window [t0, t1) cost, by item and by the workload that it is for.",
    (
        Column("item", "<U32", "", "unit_hours, starts, issuances, policy_fetches, requests, ..."),
        Column(
            "workload", "int16", "", "the workload; -1 where it is for none alone", "workload", default=-1
        ),
        Column("quantity", "float64", "", "how many"),
        Column("price", "float64", "USD", "price of one"),
        Column("amount", "float64", "USD", "`quantity` times `price`"),
    ),
)

SCHEMA: dict[str, Table] = {
    table.name: table
    for table in (
        INTERVALS,
        UNITS,
        CLOCKS,
        TARGETS,
        REVISIONS,
        CREDENTIALS,
        SIGNINGS,
        LEARNED,
        UNANSWERED,
        CONNECTIONS,
        POINTS,
        COMMITS,
        OFFBOARDINGS,
        ADOPTIONS,
        POLLS,
        LAPSES,
        CACHED,
        THEFTS,
        KEYS,
        WITHDRAWALS,
        BUNDLES,
        FORGERS,
        JOBS,
        DELIVERIES,
        OUTCOMES,
        INVOCATIONS,
        THROTTLES,
        ENVIRONMENTS,
        RESIDENTS,
        NODES,
        PLACEMENTS,
        LOSSES,
        ARTEFACTS,
        OBSTRUCTIONS,
        TRAFFIC,
        CALLS,
        BILL,
    )
}

#: Causes of intended requests that were not served: columns of `traffic`.
UNSERVED = (
    "no_endpoint",
    "dead_endpoint",
    "credential_rejected",
    "stale_deny",
    "fail_closed",
    "cached_deny",
    "shed",
    "evidence_blocked",
    "throttled",
    "dependency",
    "bad_version",
)

#: Outcomes of requests that were not intended: columns of `traffic`.
UNINTENDED = ("denied", "stale_allow", "fail_open", "cached_allow")
