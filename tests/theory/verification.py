"""Known answers on verification and revocation: O17, O18 and O22 for every kind, O07 for connections."""

from __future__ import annotations

from typing import Any

from churnsim.trace import Trace
from tests.theory.credential import identified, of, theft
from tests.theory.oracle import exp, known, run

# Everybody lives for ten minutes of a credential that lasts an hour and is never renewed.
ONE = {"ttl": "1h", "renewal": {"kind": "fixed", "at": "90%"}}
SHORT = {"replicas": 20, "lifetime": "600s"}
NOW = {"kind": "push"}  # no delay, nothing lost


def recalled(revocation: dict[str, Any], points: int, replication: int) -> Trace:
    issuer = {**ONE, "revocation": revocation, "verification": {"points": points}}
    return run(identified(issuer, SHORT), replication)


def each_end(trace: Trace, measure: str) -> float:
    """Seconds per unit that ended in the window."""
    gone = trace["units"]["gone"]
    return of(trace, measure) / float(((gone >= 0) & (gone < trace.meta.t1)).sum())


@known("O18 last of 20 points to be pushed a revocation", 3.597740)
def last_told(replication: int) -> float:
    trace = recalled({"kind": "push", "delay": exp("1s"), "on_end": "0s"}, 20, replication)
    return of(trace, "overtrust.window.mean")


@known("O18 last of 20 points to pull the list each minute", 57.142857)
def last_to_pull(replication: int) -> float:
    trace = recalled({"kind": "list", "every": "60s", "on_end": "0s"}, 20, replication)
    return of(trace, "overtrust.window.mean")


@known("O18 last of 4 points to ask each minute", 48.0)
def last_to_ask(replication: int) -> float:
    trace = recalled({"kind": "status", "cache": "60s", "on_end": "0s"}, 4, replication)
    return of(trace, "overtrust.window.mean")


@known("O17 revoked with a delay, asked about each minute", 70.0)
def asked(replication: int) -> float:
    # C/2 for the cache, and 40 s for somebody to revoke.
    revocation = {"kind": "status", "cache": "60s", "on_end": exp("40s")}
    return each_end(recalled(revocation, 5, replication), "overtrust.pair_seconds")


@known("O17 news of which 40 % are made up for after a disconnect", 10.0 + 0.4 * 300.0)
def missed(replication: int) -> float:
    # Disconnects are short and come by a Poisson stream: the next return is an exponential time away.
    disconnects = {"every": exp("300s"), "lasts": "1ms"}
    revocation = {
        "kind": "push", "delay": "10s", "loss": "40%", "disconnects": disconnects, "on_end": "0s",
    }  # fmt: skip
    return each_end(recalled(revocation, 10, replication), "overtrust.pair_seconds")


def drifting(drift: str, replication: int) -> float:
    """Seconds beyond expiry per credential of the dead, five of them forgiven."""
    checks = {"points": 200, "leeway": "5s", "drift": drift, "sync": "1h"}
    issuer = {"ttl": "10m", "renewal": {"kind": "fixed", "at": "90%"}, "verification": checks}
    trace = run(identified(issuer, {"replicas": 10, "lifetime": "300s"}, horizon="2h"), replication)
    beyond = sum(of(trace, f"overtrust.pair_seconds.{cause}") for cause in ("leeway", "clock_skew"))
    expires = trace["credentials"]["expires"]
    return beyond / float(((expires >= 0) & (expires < trace.meta.t1)).sum())


@known("O22 over-trust with clocks that gain 1 ms a second for an hour: l - dP/2", 3.2)
def gaining(replication: int) -> float:
    return drifting("86.4s", replication)


@known("O22 over-trust with clocks that lose 1 ms a second for an hour: l + dP/2", 6.8)
def losing(replication: int) -> float:
    return drifting("-86.4s", replication)


@known("O22 first credentials that begin too late for a slow clock", 0.058613588, power=0.06)
def too_fresh(replication: int) -> float:
    checks = {"points": 4000, "skew": {"kind": "normal", "sd": "2s"}}
    issuer = {**ONE, "backdate": "3s", "verification": checks}
    trace = run(identified(issuer, {**SHORT, "replicas": 1}, horizon="2h"), replication)
    booted = trace["units"]["booted"]
    born = float(((booted >= 0) & (booted < trace.meta.t1)).sum())
    return of(trace, "undertrust.share.not_yet_valid") * trace.meta.t1 / born


def outlived(connections: dict[str, Any], replication: int) -> float:
    """Seconds that thieves stay connected after what they stole is refused."""
    issuer = {"ttl": "1h", "revocation": NOW, "verification": {"points": 4, "connections": connections}}
    scenario = identified(issuer, {"replicas": 20}, failures=theft(detected="30s"))
    trace = run(scenario, replication)
    stolen = trace["thefts"]["time"]
    return of(trace, "overtrust.pair_seconds.open_connection") / float((stolen >= 0).sum())


@known("O07 connections of 10 min on average, checked again every 20 min", 412.178828)
def checked_again(replication: int) -> float:
    return outlived({"lifetime": exp("600s"), "reauthenticate": "1200s"}, replication)


@known("O07 connections that are only checked again, every 10 min", 300.0)
def only_checked(replication: int) -> float:
    return outlived({"reauthenticate": "600s"}, replication)


@known("O07 connections of 1 to 19 min: E L^2 / (2 E L)", 381.0)
def lasting(replication: int) -> float:
    law = {"kind": "uniform", "low": "60s", "high": "1140s"}
    return outlived({"lifetime": law}, replication)


@known("O17 detected after 100 s, decided upon after 50 s more", 150.0)
def decided(replication: int) -> float:
    issuer = {"ttl": "24h", "revocation": NOW}
    failures = theft(detected="100s", response=exp("50s"))
    return of(run(identified(issuer, {"replicas": 20}, failures=failures), replication), "dwell.mean")
