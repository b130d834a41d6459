"""An episode in one sentence."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from churnsim.episode.stretch import Stretch
from churnsim.episode.subject import Subject
from churnsim.episode.word import lasting, said
from churnsim.metrics.trust import Cause, GapFamily, Side
from churnsim.trace import Family, ServiceState


def sentence(subject: Subject, cut: Sequence[Stretch]) -> str:
    """Say who was trusted wrongly or not at all, for how long, and what mostly made it so."""
    cause = main_cause(cut)
    why = _WHY.get(cause, _plainly)(subject, cause)
    what = {
        (Side.UNDER, GapFamily.CREDENTIAL): "was locked out",
        (Side.OVER, GapFamily.CREDENTIAL): "was still trusted after it was gone,",
        (Side.OVER, GapFamily.THEFT): "was trusted",
        (Side.OVER, GapFamily.FORGER): "was trusted",
        (Side.UNDER, GapFamily.POLICY): "was denied although allowed,",
        (Side.OVER, GapFamily.POLICY): "was allowed although denied,",
    }[subject.side, subject.family]
    end = ", and so it was at the end of the run" if subject.is_open else ""
    length = lasting(subject.end - subject.start)
    return f"{subject.name} {what}{_where(subject, cut)} for {length}: {why}{end}."


def main_cause(cut: Sequence[Stretch]) -> Cause:
    """Return the headline cause that held for longest."""
    time = np.zeros(len(Cause))
    for stretch in cut:
        time[stretch.causes[0]] += stretch.end - stretch.start
    return Cause(int(time.argmax()))


def _where(subject: Subject, cut: Sequence[Stretch]) -> str:
    if subject.family == GapFamily.POLICY:
        return ""
    points = subject.trace["points"]
    total = int(np.count_nonzero(points["issuer"] == subject.issuer))
    most = max(len(stretch.where) for stretch in cut)
    if total == 1:
        return ""
    mesh = subject.trace.meta.issuers[subject.issuer].name
    ever = {place for stretch in cut for place in stretch.where}
    if most == 1 and len(ever) == 1:
        return f" at point {ever.pop()} of {mesh}"
    return (
        f" at all {total} points of {mesh}"
        if most == total
        else f" at up to {most} of {total} points of {mesh}"
    )


def _outage(subject: Subject, since: float, family: Family = Family.ISSUER) -> str:
    """How an instant lies to the outage that it falls into, or that is the next one within the episode."""
    trace = subject.trace
    spells = trace.intervals(family)
    entity = subject.issuer if family == Family.ISSUER else subject.owner
    off = (spells["entity"] == entity) & (spells["state"] != ServiceState.UP)
    off &= (spells["end"] > since) & (spells["start"] <= subject.end)
    rows = np.flatnonzero(off)
    if not rows.size:
        return ""
    mesh = trace.label(family, entity)
    start, end = float(spells["start"][rows[0]]), float(spells["end"][rows[0]])
    cause = trace.meta.causes[int(spells["cause"][rows[0]])] if trace.meta.causes else ""
    relation = "into" if since >= start else "before"
    kind = f"an outage of {mesh}{f' ({cause})' if cause else ''} of {lasting(end - start)}"
    return f"{lasting(abs(since - start))} {relation} {kind}"


def _expired(subject: Subject, cause: Cause) -> str:
    table, row = subject.trace["credentials"], subject.concerned
    if not row.size:
        return said(cause)
    due, expires = float(table["due"][row[0]]), float(table["expires"][row[0]])
    family = Family.OWNER if cause == Cause.EXPIRED_OWNER_OUTAGE else Family.ISSUER
    outage = _outage(subject, due, family)
    fell = f"its renewal fell due {outage}" if outage else f"its renewal fell due {_ago(due, expires)} expiry"
    if row.size == 1:
        return f"{fell}, and no other credential came"
    came = float(table["issued"][row[1]])
    tries = int(table["tries"][row[1]])
    after = f" after {tries} {'ask' if tries == 1 else 'asks'} in vain" if tries else ""
    late = lasting(max(came - expires, 0.0))
    return f"{fell}, and its credential expired {late} before the next one came{after}"


def _queued(subject: Subject, cause: Cause) -> str:
    return f"{_expired(subject, cause)}, having to queue for it"


def _unreached(subject: Subject, cause: Cause) -> str:
    mesh = subject.trace.meta.issuers[subject.issuer].name
    return f"{_expired(subject, cause)}, being cut off from {mesh}"


def _ago(due: float, expires: float) -> str:
    return (
        "with its"
        if due == expires
        else f"{lasting(abs(expires - due))} {'before' if due < expires else 'after'}"
    )


def _unborn(subject: Subject, cause: Cause) -> str:
    booted = float(subject.trace["units"]["booted"][subject.unit])
    outage = _outage(subject, booted) or _outage(subject, booted, Family.OWNER)
    when = f"it booted {outage} and" if outage else "from its boot on it"
    return f"{when} had to wait for its first credential"


def _revoked(subject: Subject, cause: Cause) -> str:
    thefts = subject.trace["thefts"]
    robbed = np.any((thefts["unit"] == subject.unit) & (thefts["detected"] <= subject.start))
    why = "because it had been stolen from it" if robbed else "although it was to be trusted"
    return f"its credential was revoked, {why}, and its next one was not there yet"


def _skewed(subject: Subject, cause: Cause) -> str:
    points = subject.trace["points"]
    skew = points["skew"][points["issuer"] == subject.issuer]
    if subject.side == Side.UNDER:
        return f"a clock {lasting(float(skew.max()))} fast refused what had not expired"
    return f"a clock {lasting(float(-skew.min()))} slow accepted what had expired"


def _orphaned(subject: Subject, cause: Cause) -> str:
    table, row = subject.trace["credentials"], subject.concerned
    gone = float(subject.trace["units"]["gone"][subject.unit])
    left = float(table["expires"][row].max()) - gone
    return f"its credential was good for another {lasting(left)} and nobody had revoked it"


def _disowned(subject: Subject, cause: Cause) -> str:
    return "nobody wanted its environment any more, but it went on and renewed what it held"


def _unlearned(subject: Subject, cause: Cause) -> str:
    revoked = float(np.nanmin(subject.trace["credentials"]["revoked"][subject.concerned]))
    after = revoked - subject.start
    when = f"{lasting(after)} into it" if after > 0 else "at once"
    return f"what it held was revoked {when}, but not every point had learned of that"


def _unnoticed(subject: Subject, cause: Cause) -> str:
    thefts, many = subject.trace["thefts"], subject.concerned.size - 1
    detected = float(thefts["detected"][subject.theft])
    held = f"it held credential {thefts['serial'][subject.theft]}"
    if many > 0:
        held += f" and renewed it {many} {'time' if many == 1 else 'times'}"
    if detected >= subject.end:
        return f"{held} until that expired, {lasting(detected - subject.end)} before the theft was detected"
    after = f"only after {lasting(detected - subject.start)}" if detected >= subject.start else "by nobody"
    return f"{held}, and the theft was detected {after}"


def _forged(subject: Subject, cause: Cause) -> str:
    detected = float(subject.trace["forgers"]["detected"][subject.theft])
    if not detected <= subject.end:
        return "nobody had noticed the theft of the key"
    noticed, dropped = lasting(detected - subject.start), lasting(subject.end - detected)
    return f"the theft was noticed after {noticed}, and some point knew the key for {dropped} more"


def _unknown(subject: Subject, cause: Cause) -> str:
    return "its credential was signed by a key that had not reached every point yet"


def _removed(subject: Subject, cause: Cause) -> str:
    return "the key that had signed its credential was dropped before it had another"


def _undecided(subject: Subject, cause: Cause) -> str:
    decided = float(subject.trace["thefts"]["decided"][subject.theft])
    if not decided < subject.end:
        return "the theft had been detected, but nobody decided to act before it was over"
    return f"the theft had been detected, but was acted upon only {lasting(decided - subject.start)} into it"


def _connected(subject: Subject, cause: Cause) -> str:
    return "no point would have let it in any more, but a connection of before was still open"


def _unbegun(subject: Subject, cause: Cause) -> str:
    points = subject.trace["points"]
    skew = points["skew"][points["issuer"] == subject.issuer]
    return f"to a clock {lasting(float(-skew.min()))} slow its credential had not begun yet"


def _unanswered(subject: Subject, cause: Cause) -> str:
    name = subject.trace.meta.issuers[subject.issuer].name
    return f"{name} did not answer whether its credential was still good, and unanswered it was refused"


def _awaiting(subject: Subject, cause: Cause) -> str:
    return "the theft had been detected, but what was stolen was not revoked and had yet to expire"


def _stale(subject: Subject, cause: Cause) -> str:
    verb = "denied" if subject.side == Side.OVER else "allowed"
    name = subject.trace.meta.policies[subject.policy].name
    return f"{name} had {verb} it, but not every unit went by that version yet"


def _unheard(subject: Subject, cause: Cause) -> str:
    verb = "denied" if subject.side == Side.OVER else "allowed"
    name = subject.trace.meta.policies[subject.policy].name
    return f"{name} had {verb} it, and some unit that did not reach {name} went by an earlier version"


def _lapsed(subject: Subject, cause: Cause) -> str:
    verb = "allowed" if cause == Cause.FAIL_OPEN else "denied"
    name = subject.trace.meta.policies[subject.policy].name
    return f"units without a fresh copy of {name} {verb} everybody"


def _poisoned(subject: Subject, cause: Cause) -> str:
    verb = "allowed" if subject.side == Side.OVER else "denied"
    name = subject.trace.meta.policies[subject.policy].name
    return f"units that went by a poisoned version of {name} {verb} everybody"


def _untaught(subject: Subject, cause: Cause) -> str:
    verb = "allowed" if subject.side == Side.OVER else "denied"
    name = subject.trace.meta.policies[subject.policy].name
    return f"units that served before they had {name} for the first time {verb} everybody"


def _remembered(subject: Subject, cause: Cause) -> str:
    verb = "allow" if subject.side == Side.OVER else "denial"
    return f"some unit answered from its cache, which held an earlier {verb}"


def _plainly(subject: Subject, cause: Cause) -> str:
    return said(cause)


_WHY: dict[Cause, Callable[[Subject, Cause], str]] = {
    Cause.EXPIRED_ISSUER_OUTAGE: _expired,
    Cause.EXPIRED_OWNER_OUTAGE: _expired,
    Cause.EXPIRED_PARTITION: _unreached,
    Cause.EXPIRED_QUEUE: _queued,
    Cause.EXPIRED_LATE_RENEWAL: _expired,
    Cause.NO_CREDENTIAL_AT_START: _unborn,
    Cause.FALSE_REVOCATION: _revoked,
    Cause.CLOCK_SKEW: _skewed,
    Cause.ORPHAN_CREDENTIAL: _orphaned,
    Cause.ORPHAN_UNIT: _disowned,
    Cause.REVOCATION_NOT_PROPAGATED: _unlearned,
    Cause.UNDETECTED_THEFT: _unnoticed,
    Cause.AWAITING_EXPIRY: _awaiting,
    Cause.STOLEN_KEY: _forged,
    Cause.UNKNOWN_KEY: _unknown,
    Cause.KEY_REMOVED: _removed,
    Cause.AWAITING_DECISION: _undecided,
    Cause.OPEN_CONNECTION: _connected,
    Cause.NOT_YET_VALID: _unbegun,
    Cause.STATUS_UNKNOWN: _unanswered,
    Cause.STALE_POLICY: _stale,
    Cause.UNREACHED_POLICY: _unheard,
    Cause.FAIL_OPEN: _lapsed,
    Cause.FAIL_CLOSED: _lapsed,
    Cause.POISON_POLICY: _poisoned,
    Cause.NO_POLICY_AT_START: _untaught,
    Cause.DECISION_CACHE: _remembered,
    Cause.NEGATIVE_CACHE: _remembered,
}
