"""What a folder of results is about: the scenario in full, and every plan that was run into it."""

from __future__ import annotations

import json
import platform
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from churnsim.base.errors import StoreError
from churnsim.experiment.file import read, write
from churnsim.experiment.plan import Plan

if TYPE_CHECKING:
    from churnsim.scenario import Scenario

SCHEMA_VERSION = 1


def note_plan(path: Path, scenario: Scenario, plan: Plan) -> None:
    """Write the manifest, or add the plan to it if it is not in there yet.

    Parameters
    ----------
    path : Path
        Of ``manifest.json``.
    scenario : Scenario
        Written in full, so that the folder can be understood and repeated by itself.
    plan : Plan
        Seed, replications, points, version.

    Raises
    ------
    StoreError
        If it cannot be written, is damaged, of another schema version, or about another scenario.
    """
    known = _read(path, plan) if path.exists() else {}
    entry: dict[str, Any] = {
        "seed": plan.seed,
        "replications": plan.replications,
        "points": {point.id: dict(point.settings) for point in plan.points},
        "versions": _versions(plan),
    }
    entry = json.loads(json.dumps(entry, default=str))
    plans = known.get("plans", [])
    if entry in plans:
        return
    manifest = {
        "schema": SCHEMA_VERSION,
        "hash": plan.scenario_hash,
        "scenario": scenario.canonical(),
        "plans": [*plans, entry],
    }
    write(path, (json.dumps(manifest, indent=1, default=str) + "\n").encode())


def _read(path: Path, plan: Plan) -> dict[str, Any]:
    try:
        manifest = json.loads(read(path))
        schema, about = manifest["schema"], manifest["hash"]
        plans = manifest["plans"]
    except (ValueError, KeyError, TypeError) as error:
        raise StoreError(f"{path} is damaged ({error}); delete it, it is written anew") from error
    if schema != SCHEMA_VERSION:
        raise StoreError(
            f"{path} has schema version {schema}, this churnsim reads {SCHEMA_VERSION}; "
            "choose another folder, or the version of churnsim that wrote it"
        )
    if about != plan.scenario_hash or not isinstance(plans, list):
        raise StoreError(f"{path} is about another scenario ({about}); choose another folder")
    return dict(manifest)


def _versions(plan: Plan) -> dict[str, str]:
    return {
        "churnsim": plan.version,
        "python": platform.python_version(),
        "numpy": version("numpy"),
        "simpy": version("simpy"),
        "platform": f"{platform.system()} {platform.machine()}",
    }
