"""Every law holds of a small valid trace, and a mutation breaks exactly the law it is aimed at."""

from __future__ import annotations

from dataclasses import replace

import desk_trace
import errand_trace
import estate_trace
import function_trace
import node_trace
import numpy as np
import pytest
import rollout_trace
import work_trace
from small_trace import META, mutate

from churnsim.base.errors import LawBroken
from churnsim.trace import (
    DeskInfo,
    Family,
    IssuerInfo,
    LapseMode,
    Meta,
    Recorder,
    RolloutInfo,
    ServiceState,
    Trace,
    UnitState,
    WorkInfo,
    WorkloadInfo,
)  # fmt: skip
from churnsim.trace.law import LAWS, check

Edit = tuple[str, str, int, object]

# Rows of the small trace: units web/0#1, web/0#2, web/1#1, web/1#2, web/1#3, db/0#1 are 0 to 5; their
# intervals begin at rows 0, 4, 7, 12, 14, 17; the last interval is the owner of web/1, up again.
LOG = 20  # first row of the logs among the artefacts
THIEVES = 18  # row of the credential that the thief was issued

MUTATIONS: dict[str, list[Edit]] = {
    "L01-replacement-created-before-its-predecessor-stopped": [
        ("units", "created", 1, 29.5),
        ("intervals", "start", 4, 29.5),
    ],
    "L01-slot-that-holds-two-first-units": [("units", "incarnation", 1, 1)],
    "L01-unit-moved-to-another-slot": [("units", "slot", 4, 2)],
    "L02-born-draining": [("intervals", "state", 7, 3)],
    "L02-gap-between-two-states": [("intervals", "end", 0, -39.5)],
    "L02-last-interval-not-open": [("intervals", "open", -1, False)],
    "L03-credential-that-outlives-its-time": [("credentials", "expires", 0, 15.0)],
    "L03-revoked-before-it-was-issued": [("credentials", "revoked", 0, -7.0)],
    "L04-request-with-two-outcomes": [("traffic", "served", 0, 71.0)],
    "L04-request-nobody-made": [("traffic", "denied", 1, 6.0)],
    "L04-negative-outcome": [("traffic", "denied", 0, -1.0)],
    "L05-ready-later-than-its-interval-says": [("units", "ready", 1, 34.5)],
    "L05-enforcement-point-for-too-long": [("polls", "seconds", 0, 21.0)],
    "L06-detected-before-it-was-stolen": [("thefts", "detected", 0, 24.0)],
    "L06-listed-before-ready": [("units", "listed", 1, 33.0)],
    "L06-booted-after-ready": [("units", "booted", 5, -4.0)],
    "L06-learned-before-it-was-revoked": [("learned", "at", 0, 30.0)],
    "L06-decided-before-it-was-detected": [("thefts", "decided", 0, 46.0)],
    "L06-cut-that-ends-before-it-starts": [("cuts", "start", 1, 48.5)],
    "L06-lapse-beyond-the-end": [("lapses", "end", 0, 101.0)],
    "L11-load-nobody-asked-for": [("traffic", "load", 0, 91.0)],
    "L06-buckets-with-a-gap": [("traffic", "start", 0, 11.0), ("traffic", "end", 0, 56.0)],
    "L07-amount-that-is-not-quantity-times-price": [("bill", "amount", 0, 1.0)],
    "L07-start-nobody-made": [("bill", "quantity", 1, 4.0), ("bill", "amount", 1, 2.0)],
    "L07-issuance-forgotten": [("bill", "quantity", 2, 18.0), ("bill", "amount", 2, 9.0)],
    "L07-hours-billed-to-another-workload": [("bill", "workload", 5, 0)],
    "L08-serial-left-out": [("credentials", "serial", 3, 5)],
    "L08-issued-while-the-issuer-is-down": [
        ("credentials", "issued", 6, 55.5),
        ("credentials", "expires", 6, 75.5),
    ],
    "L08-issued-at-the-first-instant-of-the-outage": [
        ("credentials", "due", 5, 50.0),
        ("credentials", "asked", 6, 50.0),
        ("credentials", "issued", 6, 50.0),
        ("credentials", "expires", 6, 70.0),
    ],
    "L08-issued-while-the-owner-is-down": [
        ("credentials", "due", -4, 75.0),
        ("credentials", "asked", -3, 75.0),
        ("credentials", "issued", -3, 75.0),
        ("credentials", "expires", -3, 95.0),
    ],
    "L08-issued-to-a-unit-that-is-cut-off": [("cuts", "start", 0, 43.5)],
    "L08-issued-before-it-was-asked-for": [("credentials", "asked", 0, -5.0)],
    "L08-issued-before-the-unit-booted": [("units", "booted", 1, 33.75)],
    "L08-thief-who-cannot-renew": [("thefts", "can_renew", 0, False)],
    "L08-successor-due-at-once": [
        ("credentials", "due", THIEVES, 37.0),
        ("thefts", "detected", 0, 37.0),
        ("thefts", "decided", 0, 37.0),
    ],
    "L09-applied-before-it-was-read": [("adoptions", "applied", 1, 24.75)],
    "L09-version-from-the-future": [("adoptions", "version", 1, 2)],
    "L09-version-that-goes-back": [("adoptions", "version", 3, 0)],
    "L09-ready-without-a-policy": [("adoptions", "applied", 2, 34.25)],
    "L09-without-a-first-policy-later-than-its-start": [
        ("lapses", "mode", 0, LapseMode.FIRST_ALLOW),
        ("polls", "seconds", 1, 54.75),
    ],
    "L10-read-while-the-source-is-down": [("adoptions", "read", 3, 44.75)],
    "L10-read-at-the-first-instant-of-the-outage": [("adoptions", "read", 3, 40.0)],
    "L10-read-by-a-unit-that-is-cut-off": [("cuts", "start", 1, 45.0)],
    "L12-made-to-wait-while-the-issuer-answers": [
        ("credentials", "asked", 5, 43.0),
        ("credentials", "due", 4, 43.0),
    ],
    "L12-made-to-wait-from-the-instant-of-recovery": [
        ("credentials", "due", 5, 56.0),
        ("credentials", "asked", 6, 56.0),
        ("credentials", "issued", 6, 57.0),
        ("credentials", "expires", 6, 77.0),
    ],
    "L12-made-to-wait-for-the-owner-of-somebody-else": [
        ("credentials", "due", 7, 75.0),
        ("credentials", "asked", 8, 75.0),
    ],
    "L12-asked-before-it-was-due": [("credentials", "due", 0, 4.5)],
    "L12-first-asked-long-after-boot": [("units", "booted", 1, 33.25)],
    "L12-renewal-forgotten": [("credentials", "due", 3, 29.5)],
    "L12-renewal-forgotten-by-a-thief": [("credentials", "due", THIEVES, 46.5)],
    "L18-keys-that-do-not-count": [
        ("keys", "key", 1, 2),
        *(("bundles", "key", i, 2) for i in range(2, 6)),
        ("withdrawals", "key", 0, 2),
    ],
    "L18-two-keys-that-sign": [("keys", "deactivated", 0, 41.0)],
    "L18-nobody-signs": [("keys", "deactivated", 1, 90.0)],
    "L18-signs-before-it-is-published": [("keys", "published", 1, 40.5)],
    "L18-removed-while-it-signs": [("keys", "removed", 0, 39.0)],
    "L18-withdrawn-before-it-was-published": [("withdrawals", "start", 0, 34.0)],
    "L18-restored-before-it-was-withdrawn": [("withdrawals", "end", 0, 69.0)],
    "L18-known-before-it-was-published": [("bundles", "start", 2, 34.5)],
    "L18-known-again-before-it-was-restored": [("bundles", "start", 3, 74.0)],
    "L18-dropped-though-it-was-published": [("bundles", "end", 2, 69.5)],
    "L18-dropped-before-it-was-removed": [("bundles", "end", 0, 60.0)],
    "L18-key-stolen-that-does-not-sign": [("forgers", "key", 0, 1)],
    "L18-stolen-after-it-was-noticed": [("forgers", "detected", 0, 21.0)],
    "L18-replaced-before-it-was-noticed": [("forgers", "rotated", 0, 29.0)],
    "L18-reissued-before-it-was-replaced": [("forgers", "reissued", 0, 39.0)],
    "L06-key-from-before-the-world": [("keys", "published", 0, -1.0)],
    "L12-unit-that-never-asked": [("units", "booted", 3, 60.75)],
    "L13-held-longer-than-its-time-to-live": [("cached", "end", 0, 82.5)],
    "L13-held-by-a-unit-that-is-gone": [("cached", "end", 0, 65.5)],
    "L13-held-before-the-version-turned": [("cached", "start", 0, 22.0)],
    "L13-held-of-what-no-version-said": [("cached", "allowed", 0, 0)],
    "L13-held-against-nobody": [("cached", "principal", 0, 1)],
    "L19-weights-that-leave-something-over": [("points", "weight", 0, 0.25)],
    "L19-no-answer-while-the-issuer-is-up": [("unanswered", "start", 0, 49.0)],
    "L19-answer-while-the-issuer-is-down": [("unanswered", "end", 0, 55.0)],
    "L19-open-without-having-been-let-in": [("connections", "start", 0, 59.0)],
    "L24-artefact-nobody-made": [("artefacts", "number", 0, 2.0)],
    "L24-log-of-a-request-nobody-made": [("artefacts", "number", LOG, 100.0)],
    "L24-made-by-a-unit-that-is-gone": [("artefacts", "end", LOG + 3, 31.0)],
    "L24-handed-over-before-it-was-made": [
        ("artefacts", "shipped", LOG, 9.0),
        ("artefacts", "durable", LOG, 10.0),
    ],
    "L24-handed-over-while-the-sink-was-down": [
        ("artefacts", "shipped", LOG + 8, 50.0),
        ("artefacts", "durable", LOG + 8, 51.0),
    ],
    "L24-flushed-again-and-again-while-the-sink-was-down": [("artefacts", "end", LOG + 6, 46.0)],
    "L24-durable-before-it-was-handed-over": [("artefacts", "durable", LOG, 19.0)],
    "L24-lost-and-durable": [("artefacts", "fate", LOG, 5)],
    "L24-left-out-in-trouble": [("artefacts", "troubled", LOG + 1, 0.1)],
    "L24-more-in-trouble-than-there-are": [("artefacts", "troubled", LOG, 1.5)],
    "L24-fewer-in-trouble-than-were-refused": [("artefacts", "troubled", LOG + 4, 0.0)],
    "L24-with-two-fates": [("artefacts", "end", LOG, 21.0)],
    "L25-clock-of-a-unit-whose-clock-is-right": [("clocks", "unit", 4, 5)],
    "L25-clock-that-shows-nothing": [("clocks", "error", 0, np.nan)],
    "L26-denied-before-it-left": [("offboardings", "left", 0, 95.0)],
    "L26-version-about-somebody-else": [("commits", "principal", 4, 0)],
    "L26-allowed-after-it-left": [("commits", "allowed", 4, 1)],
    "L28-attempt-that-nobody-received": [("calls", "attempts", 0, 41.0)],
    "L28-more-attempts-than-a-call-may-have": [
        ("calls", "attempts", 0, 78.0),
        ("calls", "dead_endpoint", 0, 41.0),
    ],
    "L28-fewer-attempts-than-calls": [("calls", "attempts", 0, 37.0), ("calls", "dead_endpoint", 0, 0.0)],
    "L28-more-failed-than-were-made": [("calls", "failed", 0, 39.0)],
    "L28-call-of-a-request-nobody-decided": [
        ("calls", "first", 0, 44.0),
        ("calls", "attempts", 0, 47.0),
        ("calls", "served", 0, 43.0),
    ],
    "L28-given-up-without-a-call-that-failed": [
        ("traffic", "dependency", 0, 3.0),
        ("traffic", "served", 0, 67.0),
    ],
    "L19-open-although-its-unit-is-gone": [("connections", "bearer", 0, -1), ("connections", "end", 0, 70.0)],
}

# Rows of the signings and credentials of the desk's trace: see there.
DESK_MUTATIONS: dict[str, list[Edit]] = {
    "L02-blocked-out-of-the-blue": [("intervals", "state", -2, 2)],
    "L12-forgot-to-come-to-the-desk": [("signings", "serial", 11, 3), ("signings", "unit", 11, 3)],
    "L14-signature-that-nobody-was-given": [("signings", "outcome", 7, 1)],
    "L14-refused-after-a-while": [("signings", "concluded", 3, 13.0)],
    "L14-gave-up-too-early": [("signings", "concluded", 6, 40.0)],
    "L14-waited-longer-than-its-patience": [
        ("signings", "outcome", 6, 0),
        ("signings", "concluded", 6, np.nan),
    ],
    "L14-withdrawn-by-somebody-who-lives": [("signings", "concluded", 10, 79.0)],
    "L14-failed-without-an-outage": [("signings", "outcome", 10, 5)],
    "L14-issued-later-than-it-was-signed": [
        ("credentials", "issued", 2, 85.5),
        ("credentials", "expires", 2, 135.5),
    ],
    "L15-two-at-a-time-by-one-signer": [("signings", "began", 1, 13.5)],
    "L15-waits-while-the-signer-is-free": [("signings", "began", 1, 14.5)],
    "L17-taken-before-somebody-who-came-earlier": [
        ("signings", "began", 1, 16.0),
        ("signings", "ended", 1, 20.0),
        ("signings", "concluded", 1, 20.0),
        ("credentials", "issued", 4, 20.0),
        ("credentials", "expires", 4, 70.0),
        ("signings", "began", 2, 14.0),
        ("signings", "ended", 2, 16.0),
        ("signings", "concluded", 2, 16.0),
        ("credentials", "issued", 10, 16.0),
        ("credentials", "expires", 10, 66.0),
    ],
}

# Of the trace of units that do jobs: `once` has jobs 0 and 1, `twice` has 2 to 6.
WORK_MUTATIONS: dict[str, list[Edit]] = {
    "L02-a-job-that-is-delivered-when-it-is-done": [("intervals", "state", -10, 2)],
    "L20-job-that-is-left-out": [("jobs", "number", 3, 2)],
    "L20-fate-that-is-not-its-last-state": [("jobs", "fate", 5, 0)],
    "L20-ended-later-than-its-last-state-says": [("jobs", "ended", 0, 11.0)],
    "L20-more-attempts-than-deliveries": [("jobs", "attempts", 6, 1)],
    "L20-delivered-at-another-instant": [("deliveries", "began", 5, 50.0)],
    "L21-took-a-job-before-it-was-ready": [
        ("units", "ready", 3, 36.0),
        ("intervals", "end", 8, 36.0),
        ("intervals", "start", 9, 36.0),
    ],
    "L21-two-jobs-at-once": [("deliveries", "ended", 4, 50.0)],
    "L21-job-of-a-unit-that-is-gone": [("deliveries", "unit", 4, 2), ("outcomes", "unit", 3, 2)],
    "L21-cut-short-by-nothing": [("deliveries", "outcome", 5, 4)],
    "L21-kept-more-than-there-was": [("deliveries", "kept", 7, 31.0)],
    "L21-kept-less-than-was-committed": [("deliveries", "kept", 2, 7.0)],
    "L21-outcome-of-another-unit": [("outcomes", "unit", 4, 2)],
    "L21-outcome-after-its-delivery": [
        ("outcomes", "committed", 4, 53.5),
        ("jobs", "arrived", 10, 53.5),
        ("intervals", "start", -1, 53.5),
    ],
    "L22-lost-although-committed": [
        ("outcomes", "job", 0, 1),
        ("outcomes", "committed", 0, 25.0),
        ("deliveries", "kept", 1, 20.0),
        ("deliveries", "kept", 0, 0.0),
    ],
    "L22-committed-again-while-its-key-was-kept": [
        ("outcomes", "committed", 3, 38.0),
        ("jobs", "arrived", 9, 38.0),
        ("intervals", "start", -2, 38.0),
    ],
    "L22-committed-again-without-a-cause": [("outcomes", "cause", 3, -1)],
    "L32-brought-by-nothing": [("jobs", "source", 8, -1)],
    "L32-brought-by-a-job-of-another-stage": [("jobs", "source", 7, 0)],
    "L32-brought-to-a-first-stage": [("jobs", "source", 5, 2)],
    "L32-brought-twice-by-one-outcome": [
        ("jobs", "source_attempt", 9, 1),
        ("jobs", "arrived", 9, 29.0),
        ("intervals", "start", -2, 29.0),
    ],
    "L32-brought-before-its-outcome": [("jobs", "arrived", 7, 8.5), ("intervals", "start", -4, 8.5)],
}

WORK = work_trace.META.workloads
WORK_META_MUTATIONS: dict[str, WorkloadInfo] = {
    "L20-more-attempts-than-the-queue-makes": replace(WORK[1], work=replace(WORK[1].work, attempts=1)),
    "L20-put-aside-before-its-last-attempt": replace(WORK[1], work=replace(WORK[1].work, attempts=3)),
    "L32-two-of-each-outcome": replace(WORK[2], work=replace(WORK[2].work, each=2)),
    "L22-lost-although-acknowledged-last": replace(WORK[0], work=WorkInfo("at-least-once", 2, 5.0)),
}

DESK = desk_trace.META.issuers[0].desk
assert DESK is not None
DESK_META_MUTATIONS: dict[str, DeskInfo] = {
    "L15-more-wait-than-the-queue-holds": replace(DESK, most=1),
    "L16-more-admitted-than-the-rate": replace(DESK, burst=2.0),
    "L16-refused-by-a-limit-that-is-not-there": replace(DESK, rate=np.nan, burst=np.nan),
}

# Units web/0#1, web/0#2, web/1#1, web/1#2, web/2#1 are rows 0 to 4 of the trace of nodes.
NODE_MUTATIONS: dict[str, list[Edit]] = {
    "L01-replaced-before-it-was-evicted": [("losses", "replaced", 0, 49.0)],
    "L02-node-born-draining": [("intervals", "state", -3, 2)],
    "L23-stands-nowhere": [("placements", "unit", 2, 0)],
    "L23-placed-before-its-start-up": [("placements", "time", 1, 59.0), ("placements", "pulled", 1, 59.0)],
    "L23-placed-on-a-node-that-is-lost": [("placements", "node", 1, 0)],
    "L23-outlasts-its-node": [("placements", "node", 4, 0)],
    "L23-more-cores-than-there-are": [("placements", "cpu", 4, 1.5)],
    "L23-lost-at-another-instant-than-its-node": [("losses", "node", 0, 1)],
    "L23-missed-before-it-was-lost": [("losses", "noticed", 0, 19.0)],
    "L23-up-before-it-was-ordered": [("nodes", "up", 2, 69.0)],
    "L33-noise-that-leaves-nothing": [("noises", "left", 0, 0.0)],
    "L23-gone-although-it-is-not": [("nodes", "gone", 1, 95.0)],
    "L23-successor-ordered-too-late": [("nodes", "ordered", 3, 91.0)],
    "L23-added-to-a-slot-that-has-a-node": [("intervals", "cause", -1, node_trace.ADDED)],
    "L23-removed-and-replaced": [("intervals", "cause", -4, node_trace.UNNEEDED)],
    "L34-pulled-twice": [("placements", "pulled", 1, 62.0)],
    "L34-pulled-before-it-came": [("placements", "pulled", 3, 79.0)],
    "L34-booted-without-its-image": [("placements", "pulled", 3, 86.0)],
}
NODE_META_MUTATIONS = {
    "L34-an-image-that-nobody-needs": {
        "workloads": (replace(node_trace.META.workloads[0], has_image=False),)
    },
    "L23-more-units-than-places": {"pools": (replace(node_trace.META.pools[0], units=1),)},
    "L23-fewer-slots-than-nodes-wanted": {"pools": (replace(node_trace.META.pools[0], count=3),)},
    "L23-more-places-than-dealt": {"workloads": (replace(node_trace.META.workloads[0], hand=1),)},
    "L23-more-nodes-than-the-ceiling": {"pools": (replace(node_trace.META.pools[0], floor=1, ceiling=1),)},
    "L23-fewer-nodes-than-the-floor": {"pools": (replace(node_trace.META.pools[0], floor=3, ceiling=4),)},
}

# Requests 0 to 4 and 6 to 8 are rows 0 to 7 of the trace of a function; 5 was turned away.
FUNCTION_MUTATIONS: dict[str, list[Edit]] = {
    "L27-begun-late": [("invocations", "began", 1, 12.0)],
    "L27-waits-although-its-unit-is-ready": [("invocations", "ended", 3, 21.0)],
    "L27-gave-up-after-it-had-begun": [("invocations", "outcome", 0, 2)],
    "L27-cut-short-by-a-unit-that-lives": [("invocations", "outcome", 0, 3)],
    "L27-three-at-a-time-in-two-places": [("invocations", "ended", 3, 19.5)],
    "L27-with-a-unit-that-is-gone": [("invocations", "unit", 7, 0)],
    "L27-a-number-that-nobody-has": [("throttles", "number", 0, 9)],
    "L27-unit-created-before-its-request": [("invocations", "arrived", 2, 12.5)],
    "L27-turned-away-although-there-was-a-place": [("invocations", "ended", 1, 18.0)],
}
FETCH = function_trace.META.workloads[0]
FUNCTION_META_MUTATIONS = {
    "L01-kept-slot-that-is-empty": replace(FETCH, kept=2),
    "L27-turned-away-below-the-limit": replace(FETCH, slots=3),
    "L27-requests-by-themselves-of-a-service": replace(FETCH, places=0),
}

ERRAND_MUTATIONS: dict[str, list[Edit]] = {
    "L29-killed-too-early": [("deliveries", "ended", 1, 31.0)],
    "L29-killed-although-in-time": [("deliveries", "outcome", 3, 6)],
}
ERRAND = errand_trace.META.workloads[0]
ERRAND_META_MUTATIONS = {
    "L29-a-job-that-waits-below-the-limit": replace(ERRAND, work=replace(ERRAND.work, units=3)),
    "L29-spare-units-that-are-not-there": replace(ERRAND, work=replace(ERRAND.work, spare=1)),
    "L29-killed-too-late": replace(ERRAND, work=replace(ERRAND.work, time_limit=9.0)),
    "L29-worked-on-for-too-long": replace(ERRAND, work=replace(ERRAND.work, time_limit=7.0)),
}

# Units web/0#1, web/0#2, web/1#1, web/1#2, web/2#1 are rows 0 to 4 of the trace of rollouts.
ROLLOUT_MUTATIONS: dict[str, list[Edit]] = {
    "L01-more-there-than-the-rollout-says": [("targets", "spare", 1, 0)],
    "L30-version-left-out": [("revisions", "revision", 1, 3), ("units", "revision", 1, 0)],
    "L30-began-before-it-came": [("revisions", "began", 1, 59.0)],
    "L30-complete-before-it-began": [("revisions", "completed", 0, 19.0)],
    "L30-complete-while-old-units-are-ready": [("revisions", "completed", 0, 35.0)],
    "L30-complete-too-early": [("revisions", "completed", 0, 30.0)],
    "L30-taken-back-before-it-began": [("revisions", "noticed", 1, 59.0)],
    "L30-gone-before-it-was-taken-back": [("revisions", "restored", 1, 79.0)],
    "L30-unit-of-a-version-to-come": [("units", "revision", 4, 2)],
    "L30-ready-unit-stopped-that-was-needed": [("targets", "units", 1, 3), ("targets", "spare", 1, 0)],
    "L30-unit-of-a-version-that-never-was": [("units", "revision", 1, 7)],
}
_ROLLOUT = rollout_trace.META.workloads[0]
ROLLOUT_META_MUTATIONS = {
    "L30-more-units-than-its-surge": replace(_ROLLOUT, rollout=RolloutInfo("rolling", 0.0, 0.5)),
}

ESTATE_MUTATIONS: dict[str, list[Edit]] = {
    "L31-torn-down-later-than-it-was-closed": [("environments", "removed", 0, 21.0)],
    "L31-left-out-of-the-count": [("environments", "number", 4, 5)],
    "L31-unit-of-another-environment": [("residents", "number", 3, 1)],
    "L31-an-orphan-that-is-removed": [("environments", "fate", 1, 2)],
    "L31-disowned-before-it-was-closed": [("environments", "closed", 3, 81.0)],
    "L31-refused-with-units": [
        ("environments", "fate", 4, 4),
    ],
}
ESTATE = estate_trace.META.workloads[0]
ESTATE_META_MUTATIONS = {
    "L31-refused-although-there-was-room": replace(ESTATE, estate=replace(ESTATE.estate, most=3)),
    "L31-more-environments-than-there-may-be": replace(ESTATE, estate=replace(ESTATE.estate, most=1)),
    "L31-fewer-units-than-it-is-to-have": replace(ESTATE, estate=replace(ESTATE.estate, units=3)),
    "L31-environments-of-a-service": replace(ESTATE, estate=None),
}

META_MUTATIONS: dict[str, Meta] = {
    "L01-replica-without-a-slot": replace(
        META, workloads=(replace(META.workloads[0], replicas=3), META.workloads[1])
    ),
    "L33-more-served-than-there-is-capacity": replace(
        META, workloads=(replace(META.workloads[0], capacity=0.5), META.workloads[1])
    ),
    "L13-held-without-a-cache": replace(META, policies=(replace(META.policies[0], cache=""),)),
}


def broken(trace: Trace) -> set[str]:
    """Numbers of the laws the trace breaks."""
    return {number for number, law in LAWS.items() if law.broken_by(trace) is not None}


@pytest.mark.parametrize("number", LAWS)
def test_the_small_trace_obeys_the_law(small, number):
    """It was made by hand to be valid, with every kind of event in it."""
    assert LAWS[number].broken_by(small) is None


@pytest.mark.parametrize("case", MUTATIONS)
def test_a_mutated_trace_breaks_exactly_the_law(small, case):
    """Each mutation contradicts one statement and no other."""
    trace = small
    for edit in MUTATIONS[case]:
        trace = mutate(trace, *edit)
    assert broken(trace) == {case[:3]}


def test_nobody_is_late_for_a_caller_that_waits_for_ever(small):
    """The call of the small trace that was answered too late has a time-out of 3 s."""
    web = small.meta.workloads[0]
    patient = replace(web, calls=tuple(replace(call, timeout=float("inf")) for call in web.calls))
    meta = replace(small.meta, workloads=(patient, *small.meta.workloads[1:]))
    assert broken(replace(small, meta=meta)) == {"L28"}


@pytest.fixture(scope="module")
def desk():
    """The trace of an issuer with a desk."""
    return desk_trace.record()


def test_the_trace_of_a_desk_obeys_every_law(desk):
    """It was made by hand to be valid, with every outcome in it."""
    assert broken(desk) == set()


@pytest.mark.parametrize("case", DESK_MUTATIONS)
def test_a_mutated_desk_breaks_exactly_the_law(desk, case):
    """As above, of requests at a desk."""
    trace = desk
    for edit in DESK_MUTATIONS[case]:
        trace = mutate(trace, *edit)
    assert broken(trace) == {case[:3]}


def test_a_request_is_withdrawn_the_instant_its_owner_goes_down():
    """Withdrawn at 79, a second before its unit is gone: right where an owner that asks for it goes down."""
    central = replace(desk_trace.META, workloads=(replace(desk_trace.META.workloads[0], owned=5),))
    for owner_down, is_right in ((79.0, True), (78.5, False)):
        trace = desk_trace.record(central, owner_down=owner_down)
        assert ("L14" not in broken(mutate(trace, "signings", "concluded", 10, 79.0))) == is_right


@pytest.fixture(scope="module")
def function():
    """The trace of a function."""
    return function_trace.record()


def test_the_trace_of_a_function_obeys_every_law(function):
    """It was made by hand to be valid, with every outcome in it."""
    assert broken(function) == set()


@pytest.mark.parametrize("case", FUNCTION_MUTATIONS)
def test_a_mutated_function_breaks_exactly_the_law(function, case):
    """As above, of requests that are handled one by one."""
    trace = function
    for edit in FUNCTION_MUTATIONS[case]:
        trace = mutate(trace, *edit)
    assert broken(trace) == {case[:3]}


@pytest.mark.parametrize("case", FUNCTION_META_MUTATIONS)
def test_a_function_of_other_bounds_breaks_exactly_the_law(function, case):
    """The same requests to a workload with other slots and places."""
    meta = replace(function.meta, workloads=(FUNCTION_META_MUTATIONS[case],))
    assert broken(replace(function, meta=meta)) == {case[:3]}


@pytest.fixture(scope="module")
def work():
    """The trace of units that do jobs."""
    return work_trace.record()


def test_the_trace_of_work_obeys_every_law(work):
    """It was made by hand to be valid, with every fate of a job in it."""
    assert broken(work) == set()


@pytest.mark.parametrize("case", WORK_MUTATIONS)
def test_mutated_work_breaks_exactly_the_law(work, case):
    """As above, of jobs, deliveries and outcomes."""
    trace = work
    for edit in WORK_MUTATIONS[case]:
        trace = mutate(trace, *edit)
    assert broken(trace) == {case[:3]}


@pytest.mark.parametrize("case", WORK_META_MUTATIONS)
def test_work_on_other_terms_breaks_exactly_the_law(work, case):
    """The same jobs of a workload that promises something else."""
    info = WORK_META_MUTATIONS[case]
    workloads = tuple(info if info.name == each.name else each for each in work.meta.workloads)
    assert broken(replace(work, meta=replace(work.meta, workloads=workloads))) == {case[:3]}


@pytest.mark.parametrize("case", DESK_META_MUTATIONS)
def test_another_desk_breaks_exactly_the_law(desk, case):
    """The same requests at a desk that cannot do as much."""
    info = replace(desk.meta.issuers[0], desk=DESK_META_MUTATIONS[case])
    assert broken(replace(desk, meta=replace(desk.meta, issuers=(info,)))) == {case[:3]}


def test_the_trace_of_nodes_obeys_every_law():
    """It was made by hand to be valid: a loss, an eviction, a wait for room, a drain."""
    assert broken(node_trace.record()) == set()


@pytest.mark.parametrize("case", NODE_MUTATIONS)
def test_mutated_nodes_break_exactly_the_law(case):
    """As above, of nodes and the units on them."""
    trace = node_trace.record()
    for edit in NODE_MUTATIONS[case]:
        trace = mutate(trace, *edit)
    assert broken(trace) == {case[:3]}


@pytest.mark.parametrize("case", NODE_META_MUTATIONS)
def test_another_pool_breaks_exactly_the_law(case):
    """The same nodes in a pool that holds less, or wants more, or of which fewer were dealt."""
    trace = node_trace.record()
    assert broken(replace(trace, meta=replace(trace.meta, **NODE_META_MUTATIONS[case]))) == {case[:3]}


def test_the_trace_of_errands_obeys_every_law():
    """It was made by hand to be valid: a job done, one killed, one that waits for its unit."""
    assert broken(errand_trace.record()) == set()


@pytest.mark.parametrize("case", ERRAND_MUTATIONS)
def test_mutated_errands_break_exactly_the_law(case):
    """As above, of units that are created for jobs."""
    trace = errand_trace.record()
    for edit in ERRAND_MUTATIONS[case]:
        trace = mutate(trace, *edit)
    assert broken(trace) == {case[:3]}


@pytest.mark.parametrize("case", ERRAND_META_MUTATIONS)
def test_errands_on_other_terms_break_exactly_the_law(case):
    """The same jobs where there may be more units at once, or less time."""
    trace = errand_trace.record()
    workloads = (ERRAND_META_MUTATIONS[case],)
    assert broken(replace(trace, meta=replace(trace.meta, workloads=workloads))) == {case[:3]}


def test_the_trace_of_rollouts_obeys_every_law():
    """It was made by hand to be valid: a version that is complete, and one that is taken back."""
    assert broken(rollout_trace.record()) == set()


@pytest.mark.parametrize("case", ROLLOUT_MUTATIONS)
def test_mutated_rollouts_break_exactly_the_law(case):
    """As above, of versions and their units."""
    trace = rollout_trace.record()
    for edit in ROLLOUT_MUTATIONS[case]:
        trace = mutate(trace, *edit)
    assert broken(trace) == {case[:3]}


@pytest.mark.parametrize("case", ROLLOUT_META_MUTATIONS)
def test_a_rollout_by_other_rules_breaks_exactly_the_law(case):
    """The same units where there may be fewer."""
    trace = rollout_trace.record()
    workloads = (ROLLOUT_META_MUTATIONS[case],)
    assert broken(replace(trace, meta=replace(trace.meta, workloads=workloads))) == {case[:3]}


def test_the_trace_of_environments_obeys_every_law():
    """It was made by hand to be valid, with every fate of an environment in it."""
    assert broken(estate_trace.record()) == set()


@pytest.mark.parametrize("case", ESTATE_MUTATIONS)
def test_mutated_environments_break_exactly_the_law(case):
    """As above, of environments and their units."""
    trace = estate_trace.record()
    for edit in ESTATE_MUTATIONS[case]:
        trace = mutate(trace, *edit)
    assert broken(trace) == {case[:3]}


@pytest.mark.parametrize("case", ESTATE_META_MUTATIONS)
def test_environments_on_other_terms_break_exactly_the_law(case):
    """The same of a workload that may have others."""
    trace = estate_trace.record()
    workloads = (ESTATE_META_MUTATIONS[case],)
    assert broken(replace(trace, meta=replace(trace.meta, workloads=workloads))) == {case[:3]}


@pytest.mark.parametrize("case", META_MUTATIONS)
def test_a_trace_of_another_world_breaks_exactly_the_law(small, case):
    """The tables are valid, but not for this scenario."""
    assert broken(replace(small, meta=META_MUTATIONS[case])) == {case[:3]}


def test_a_credential_may_wait_for_its_owner(small):
    """Due at 75 in the second slot, whose owner is down from 70 until 76, when it is issued."""
    waited = mutate(mutate(small, "credentials", "due", -4, 75.0), "credentials", "asked", -3, 75.0)
    assert broken(waited) == set()


@pytest.mark.parametrize(("cause", "laws"), [("poison-policy", set()), ("crash", {"L08"})])
def test_a_unit_may_crash_for_its_first_policy_as_it_is_issued_its_first_credential(cause, laws):
    """It boots at 4 s, is issued a credential and gone; of other causes who is gone is issued none."""
    web, mesh = WorkloadInfo("web", "service", "shop", 1, 1, issuer=0), IssuerInfo("mesh", ttl=10.0)
    meta = Meta("one", "0", 1, 0, 0.0, 0.0, 10.0, workloads=(web,), issuers=(mesh,), causes=("start", cause))
    recorder = Recorder()
    recorder.fact(0.0, Family.ISSUER, 0, ServiceState.UP, 0)
    recorder.row("units", unit=0, workload=0, slot=0, incarnation=1, booted=4.0)
    recorder.row("units", unit=1, workload=0, slot=0, incarnation=2)
    recorder.row("credentials", issuer=0, unit=0, serial=1, asked=4.0, issued=4.0, expires=14.0, due=9.0)
    recorder.fact(0.0, Family.UNIT, 0, UnitState.STARTING, 0)
    recorder.fact(4.0, Family.UNIT, 0, UnitState.GONE, 1)
    recorder.fact(4.0, Family.UNIT, 1, UnitState.STARTING, 1)
    assert broken(recorder.finish(meta)) == laws


def test_sampled_requests_are_whole_numbers(small):
    """Half a request served and half without endpoint add up (L04), but no sample has halves (L11)."""
    sampled = replace(small, meta=replace(META, requests="sampled"))
    assert broken(sampled) == set()
    halves = mutate(mutate(sampled, "traffic", "served", 0, 69.5), "traffic", "no_endpoint", 0, 1.5)
    assert broken(halves) == {"L11"}


def test_a_credential_has_expired_at_the_very_instant_of_its_expiry(small):
    """Half-open validity: moving t1 onto an expiry makes that credential expired, and counts still add up."""
    at_expiry = float(small["credentials"]["expires"].max())
    later = replace(small, meta=replace(META, t1=at_expiry))
    assert LAWS["L03"].broken_by(later) is None


def test_every_law_can_be_seen_to_fail():
    """A law nobody has seen broken proves nothing."""
    desk = (*DESK_MUTATIONS, *DESK_META_MUTATIONS)
    nodes = (*NODE_MUTATIONS, *NODE_META_MUTATIONS)
    work = (*WORK_MUTATIONS, *WORK_META_MUTATIONS, *ERRAND_MUTATIONS, *ERRAND_META_MUTATIONS)
    estate = (*ESTATE_MUTATIONS, *ESTATE_META_MUTATIONS)
    functions = (*FUNCTION_MUTATIONS, *FUNCTION_META_MUTATIONS)
    rollouts = (*ROLLOUT_MUTATIONS, *ROLLOUT_META_MUTATIONS)
    cases = (*MUTATIONS, *META_MUTATIONS, *desk, *work, *estate, *nodes, *functions, *rollouts)
    assert {case[:3] for case in cases} == set(LAWS)


def test_laws_are_numbered_without_gaps():
    """Each number is given once."""
    assert list(LAWS) == [f"L{position:02d}" for position in range(1, len(LAWS) + 1)]


def test_check_names_law_time_and_unit(small):
    """Reading while the source is down breaks L10 at 44.75 s in the second unit of slot 0."""
    check(small)
    with pytest.raises(LawBroken) as caught:
        check(mutate(small, "adoptions", "read", 3, 44.75))
    assert (caught.value.law, caught.value.time, caught.value.entity) == ("L10", 44.75, "web/0#2")


def test_an_empty_trace_of_an_empty_world_obeys_every_law():
    """Nothing happened, so nothing is wrong."""
    nothing = Meta("empty", "0", 1, 0, 0.0, 0.0, 1.0)
    assert broken(Trace.of(nothing, {})) == set()


def test_violations_carry_plain_numbers(small):
    """A time that goes into a message or a JSON document is a Python float."""
    violation = LAWS["L10"].broken_by(mutate(small, "adoptions", "read", 3, 44.75))
    assert type(violation.time) is float
    assert not isinstance(violation.time, np.generic)
