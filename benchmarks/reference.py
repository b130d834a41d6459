"""The reference world, at any size, and the ways to run it that are compared."""

from __future__ import annotations

import sys
from resource import RUSAGE_SELF, getrusage
from time import perf_counter
from typing import Any

from benchmarks.evidence import archived, relived
from benchmarks.function import called, processes
from benchmarks.platform import platform
from benchmarks.policy import polled, pulled, pushed
from benchmarks.queue import queued, resource, unidentified


def fields(pods: int) -> dict[str, Any]:
    """Scenario of `pods` pods for a day: hourly certificates, a poll a minute, an outage of 40 minutes."""
    return {
        "name": "reference",
        "horizon": "24h",
        "issuers": {"mesh": {"ttl": "1h", "renewal": {"kind": "fixed", "at": "50%"}}},
        "policies": {
            "authz": {
                "refresh": {"kind": "pull", "every": "1m", "delay": "200ms"},
                "changes": {"every": {"kind": "exponential", "mean": "1h"}},
            }
        },
        "workloads": {
            "web": {
                "kind": "service",
                "replicas": pods,
                "lifetime": {"kind": "exponential", "mean": "6h"},
                "startup": {"kind": "lognormal", "median": "4s", "p99": "20s"},
                "drain": "10s",
                "endpoints": {"removal": {"kind": "exponential", "mean": "2s"}},
                "issuer": "mesh",
                "policy": "authz",
                "traffic": {"kind": "constant", "rate": "5000/s"},
            }
        },
        "failures": [{"kind": "issuer-outage", "issuer": "mesh", "at": ["10h"], "lasts": "40m"}],
    }


def fast(pods: int) -> dict[str, float]:
    """Run churnsim, laws and all."""
    from churnsim.scenario import Scenario
    from churnsim.simulate import simulate

    scenario = Scenario.model_validate(fields(pods))
    begin = perf_counter()
    trace = simulate(scenario, seed=1)
    wall = perf_counter() - begin
    traffic = trace["traffic"]
    return {"wall": wall, "served": float(traffic["served"].sum() / traffic["intended"].sum())}


def slow(pods: int) -> dict[str, float]:
    """Run the slow twin: every poll and every renewal an event of its own."""
    from churnsim.engine import Streams
    from churnsim.scenario import Scenario
    from churnsim.simulate import design
    from tests.twin.slow import run

    built = design(Scenario.model_validate(fields(pods)))
    begin = perf_counter()
    twin = run(built, Streams(1, 0), probe=False)
    return {"wall": perf_counter() - begin, "served": float(twin.served_share)}


def dispatch(turns: int) -> dict[str, float]:
    """Turns a second of the world's own loop, 2,000 timers that do nothing but go on."""
    from churnsim.engine import Order, Streams, World

    world = World(start=0.0, end=turns / 2000.0, streams=Streams(1), sinks=(), causes=())

    def tick(timer: int) -> None:
        world.at(world.now + 1.0, Order.LIFECYCLE, tick, timer)

    for timer in range(2000):
        world.at(timer / 2000.0, Order.LIFECYCLE, tick, timer)
    begin = perf_counter()
    world.run()
    return {"rate": world.turns / (perf_counter() - begin)}


def bare(turns: int) -> dict[str, float]:
    """Events a second of a bare SimPy loop with the same timers."""
    import simpy

    env = simpy.Environment()

    def timer(first: float) -> Any:
        yield env.timeout(first)
        while True:
            yield env.timeout(1.0)

    for number in range(2000):
        env.process(timer(number / 2000.0))
    begin = perf_counter()
    env.run(until=turns / 2000.0)
    return {"rate": turns / (perf_counter() - begin)}


def main() -> None:
    """Run one way in this process and print its figures, with the memory the process came to."""
    way, size = sys.argv[1], int(sys.argv[2])
    ways = {"fast": fast, "slow": slow, "dispatch": dispatch, "bare": bare, "platform": platform}
    queues = {"queued": queued, "resource": resource, "unidentified": unidentified}
    policies = {"pulled": pulled, "pushed": pushed, "polled": polled}
    archives = {"archived": archived, "relived": relived}
    functions = {"called": called, "processes": processes}
    figures = (ways | queues | policies | archives | functions)[way](size)
    peak = getrusage(RUSAGE_SELF).ru_maxrss * 1024
    print(" ".join(f"{name}={value!r}" for name, value in {**figures, "memory": peak}.items()))


if __name__ == "__main__":
    main()
