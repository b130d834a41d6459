"""A mass renewal through a queue of four signers, and as many customers at a bare SimPy resource."""

from __future__ import annotations

from time import perf_counter
from typing import Any

SIGNERS, SERVICE_S, BUSY = 4, 0.020, 0.9


def fields(holders: int) -> dict[str, Any]:
    """Scenario in which each of so many holders renews once, while the signers are busy for nine tenths."""
    cycle = holders * SERVICE_S / SIGNERS / BUSY
    return {
        "name": "mass-renewal",
        "horizon": f"{cycle:.3f}s",
        "history": "0s",
        "issuers": {
            "mesh": {
                "ttl": f"{2 * cycle:.3f}s",
                "renewal": {"kind": "fixed", "at": "50%"},
                "capacity": {
                    "signers": SIGNERS,
                    "service": {"kind": "exponential", "mean": f"{SERVICE_S}s"},
                    "queue": {"kind": "fifo", "most": 1_000_000},
                },
            }
        },
        "workloads": {"web": {"kind": "service", "replicas": holders, "issuer": "mesh"}},
    }


def queued(holders: int) -> dict[str, float]:
    """Run churnsim, laws and all."""
    from churnsim.scenario import Scenario
    from churnsim.simulate import simulate

    scenario = Scenario.model_validate(fields(holders))
    begin = perf_counter()
    trace = simulate(scenario, seed=1)
    wall = perf_counter() - begin
    table = trace["signings"]
    served = table["began"] == table["began"]
    return {
        "wall": wall,
        "customers": float(served.sum()),
        "wait": float((table["began"] - table["arrived"])[served].mean()),
        "live": float((trace["credentials"]["expires"] > trace.meta.t1).sum()),
    }


def unidentified(holders: int) -> dict[str, float]:
    """Run the same world without credentials, to tell what these take."""
    from churnsim.scenario import Scenario
    from churnsim.simulate import simulate

    tree = fields(holders)
    del tree["issuers"], tree["workloads"]["web"]["issuer"]
    scenario = Scenario.model_validate(tree)
    begin = perf_counter()
    simulate(scenario, seed=1)
    return {"wall": perf_counter() - begin}


def resource(holders: int) -> dict[str, float]:
    """As many customers at the same load: a process each, four places of a resource."""
    import numpy as np
    import simpy

    random = np.random.default_rng(1)
    cycle = holders * SERVICE_S / SIGNERS / BUSY
    arrivals = np.sort(random.uniform(0.0, cycle, holders)).tolist()
    services = random.exponential(SERVICE_S, holders).tolist()
    env, waits = simpy.Environment(), []
    signers = simpy.Resource(env, SIGNERS)

    def customer(service: float) -> Any:
        came = env.now
        with signers.request() as place:
            yield place
            waits.append(env.now - came)
            yield env.timeout(service)

    def source() -> Any:
        for arrival, service in zip(arrivals, services, strict=True):
            yield env.timeout(max(arrival - env.now, 0.0))
            env.process(customer(service))

    begin = perf_counter()
    env.process(source())
    env.run()
    wall = perf_counter() - begin
    return {"wall": wall, "customers": float(len(waits)), "wait": float(np.mean(waits))}
