"""A million requests to a function, and as many at a bare SimPy model with a process for each."""

from __future__ import annotations

from time import perf_counter
from typing import Any

RATE, SERVICE_S, START_S, KEPT_S = 100.0, 0.2, 0.5, 600.0


def called(requests: int) -> dict[str, float]:
    """Run churnsim, laws and all."""
    from churnsim.metrics import evaluate
    from churnsim.scenario import Scenario
    from churnsim.simulate import simulate

    scenario = Scenario.model_validate(
        {
            "name": "called",
            "horizon": f"{requests / RATE:g}s",
            "history": "0s",
            "workloads": {
                "fetch": {
                    "kind": "function",
                    "traffic": {"kind": "constant", "rate": f"{RATE:g}/s"},
                    "service": {"kind": "exponential", "mean": f"{SERVICE_S:g}s"},
                    "startup": f"{START_S:g}s",
                    "keep_alive": f"{KEPT_S:g}s",
                }
            },
        }
    )
    begin = perf_counter()
    trace = simulate(scenario, seed=1)
    wall = perf_counter() - begin
    cold = evaluate(trace, ["cold_start.share"])["cold_start.share"].value
    return {"wall": wall, "requests": float(trace.count("invocations")), "cold": float(cold or 0.0)}


def processes(requests: int) -> dict[str, float]:
    """The same load: a process for each request, and one for each time that a unit is idle."""
    import numpy as np
    import simpy

    random = np.random.default_rng(1)
    gaps = random.exponential(1.0 / RATE, requests).tolist()
    services = random.exponential(SERVICE_S, requests).tolist()
    env, idle, visits = simpy.Environment(), list[int](), list[int]()
    cold = 0

    def rest(unit: int, visit: int) -> Any:
        yield env.timeout(KEPT_S)
        if visits[unit] == visit:
            idle.remove(unit)

    def request(service: float) -> Any:
        nonlocal cold
        if idle:
            unit = max(idle)  # the newest
            idle.remove(unit)
        else:
            cold += 1
            unit = len(visits)
            visits.append(0)
            yield env.timeout(START_S)
        visits[unit] += 1
        yield env.timeout(service)
        idle.append(unit)
        env.process(rest(unit, visits[unit]))

    def source() -> Any:
        for gap, service in zip(gaps, services, strict=True):
            yield env.timeout(gap)
            env.process(request(service))

    begin = perf_counter()
    env.process(source())
    env.run(until=requests / RATE)
    wall = perf_counter() - begin
    return {"wall": wall, "requests": float(requests), "cold": cold / requests}
