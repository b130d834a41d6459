"""What a folder of results is about: the scenario in full, and every plan that was run into it."""

from __future__ import annotations

import json
import platform
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from churnsim.base.errors import StoreError
from churnsim.experiment.file import alone, read, write
from churnsim.experiment.plan import Plan
from churnsim.experiment.status import STATUS

if TYPE_CHECKING:
    from churnsim.scenario import Scenario

SCHEMA_VERSION = 1
MANIFEST = "manifest.json"


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
    entry: dict[str, Any] = {
        "seed": plan.seed,
        "replications": plan.replications,
        "points": {point.id: dict(point.settings) for point in plan.points},
        "versions": _versions(plan),
    }
    add_plans(path, plan.scenario_hash, scenario.canonical(), [json.loads(json.dumps(entry, default=str))])


def add_plans(path: Path, about: str, scenario: dict[str, Any], entries: list[dict[str, Any]]) -> None:
    """Add plans to the manifest that it does not hold yet, making it if it is not there.

    Parameters
    ----------
    path : Path
        Of ``manifest.json``.
    about : str
        Hash of the scenario.
    scenario : mapping
        In full; written where there is no manifest yet.
    entries : list of mapping
        Plans as a manifest holds them.

    Raises
    ------
    StoreError
        As `note_plan`.
    """
    if path.exists() and all(entry in read_manifest(path, about)["plans"] for entry in entries):
        return
    # Two sweeps that add their plans at once must not lose one of them.
    with alone(path.with_name(STATUS)):
        known = read_manifest(path, about) if path.exists() else {"scenario": scenario, "plans": []}
        manifest = {
            "schema": SCHEMA_VERSION,
            "hash": about,
            "scenario": known["scenario"],
            "plans": [*known["plans"], *(entry for entry in entries if entry not in known["plans"])],
        }
        write(path, (json.dumps(manifest, indent=1, default=str) + "\n").encode())


def read_manifest(path: Path, about: str | None = None) -> dict[str, Any]:
    """What a manifest holds: ``schema``, ``hash``, ``scenario``, ``plans``.

    Raises
    ------
    StoreError
        If it is damaged, of another schema version, or not about the scenario with the hash `about`.
    """
    try:
        manifest = dict(json.loads(read(path)))
        schema, found, plans = manifest["schema"], manifest["hash"], manifest["plans"]
    except (ValueError, KeyError, TypeError) as error:
        raise StoreError(f"{path} is damaged ({error}); delete it, it is written anew") from error
    if schema != SCHEMA_VERSION:
        raise StoreError(
            f"{path} has schema version {schema}, this churnsim reads {SCHEMA_VERSION}; "
            "choose another folder, or the version of churnsim that wrote it"
        )
    if about not in (None, found) or not isinstance(plans, list) or "scenario" not in manifest:
        raise StoreError(f"{path} is about another scenario ({found}); choose another folder")
    return manifest


def _versions(plan: Plan) -> dict[str, str]:
    return {
        "churnsim": plan.version,
        "python": platform.python_version(),
        "numpy": version("numpy"),
        "simpy": version("simpy"),
        "platform": f"{platform.system()} {platform.machine()}",
    }
