"""Sensitivity as the command line asks for it and shows it."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from churnsim import __version__
from churnsim.base.errors import UsageError
from churnsim.base.readable import readable
from churnsim.cli.table import Table
from churnsim.metrics import MEASURES
from churnsim.scenario.design.morris import MorrisDesign
from churnsim.scenario.design.probe import ProbeDesign

if TYPE_CHECKING:
    from churnsim.base.errors import Problem
    from churnsim.cli.invocation import Invocation
    from churnsim.decision.sensitivity import Effect, Sensitivity
    from churnsim.experiment import Results
    from churnsim.scenario import Scenario, Study

_RANGE = re.compile(r"(?P<low>.+?)\.\.(?P<high>.+?)(?P<log>:log)?")
_SIZES = {"morris": "trajectories", "saltelli": "samples"}


def design_settings(
    study: Study, factors: Sequence[str], method: str | None, size: int | None
) -> tuple[str, ...]:
    """What the words of the command change in a study, as ``KEY=VALUE``.

    Raises
    ------
    UsageError
        If a factor is none.
    """
    settings = []
    if factors:
        axes = dict(_axis(text) for text in factors)
        settings.append(f"study.sweep={json.dumps(axes, ensure_ascii=False)}")
    known = isinstance(study.design, ProbeDesign)
    if method is not None or size is not None or not known:
        kind = method or (study.design.kind if known else "morris")  # type: ignore[attr-defined]
        chosen = {"kind": kind, **({} if size is None else {_SIZES[kind]: size})}
        settings.append(f"study.design={json.dumps(chosen)}")
    return tuple(settings)


def study_of(scenario: Scenario) -> ProbeDesign:
    """The design of the study that is to be run.

    Raises
    ------
    UsageError
        If nothing is varied, or conditions would leave out some of its points.
    """
    study = scenario.study
    if not study.sweep:
        raise UsageError(
            f"{scenario.name} varies nothing; name factors, as in --factor issuers.mesh.ttl=5m..24h:log"
        )
    if study.where:
        raise UsageError(
            "study.where would leave out points that effects are computed from; narrow the ranges instead"
        )
    assert isinstance(study.design, ProbeDesign)
    return study.design


def print_effects(found: Sequence[Sensitivity], design: ProbeDesign, table: Table) -> None:
    """Print the factors of each measure, the one that matters most first."""
    for number, one in enumerate(found):
        if number:
            click.echo()
        unit = MEASURES.find(one.measure).unit
        if isinstance(design, MorrisDesign):
            click.echo(f"{one.measure}: mean effect of a factor's whole range; noise {one.noise:.1%}")
            rows = [(factor, *_effect(each, unit)) for factor, each in one.ranked]
            table(("factor", "effect", "direction", "spread"), rows)
        else:
            click.echo(f"{one.measure}: share of variance; noise {one.noise:.1%}")
            rows = [
                (factor, f"{each.size:.2f} ± {each.error:.2f}", f"{each.alone:.2f}", f"{each.spread:.2f}")
                for factor, each in one.ranked
            ]
            table(("factor", "in all", "alone", "with others"), rows)


def document(
    scenario: Scenario,
    asked: Invocation,
    results: Results,
    found: Sequence[Sensitivity],
    doubts: Sequence[Problem],
) -> dict[str, object]:
    """The JSON document of the command."""
    noise = (one.warning for one in found if one.warning is not None)
    return {
        "scenario": scenario.name,
        "hash": scenario.hash,
        "version": __version__,
        "seed": asked.seed,
        "replications": results.plan.replications,
        "points": len(results.plan.points),
        "design": scenario.study.design.model_dump(mode="json"),
        "measures": {
            one.measure: {
                "noise": one.noise,
                "factors": {
                    factor: {
                        "size": each.size,
                        "error": each.error,
                        "alone": each.alone,
                        "spread": each.spread,
                    }
                    for factor, each in one.ranked
                },
            }
            for one in found
        },
        "warnings": [*map(str, doubts), *results.warnings, *noise],
        "repeat": asked.repeat,
        "results": None if results.place is None else str(results.place),
    }


def _effect(one: Effect, unit: str) -> tuple[str, str, str]:
    """Size with its interval, which way it goes, and how much it depends on the rest."""
    size = readable(one.size, unit, max(0.0, one.size - one.error), one.size + one.error)
    if one.size == 0.0:
        return "none", "–", "–"
    if one.direction > 0.9:
        way = "raises it"
    elif one.direction < -0.9:
        way = "lowers it"
    elif abs(one.direction) > 0.3:
        way = "mostly raises it" if one.direction > 0.0 else "mostly lowers it"
    else:
        way = "both ways"
    return size, way, readable(one.spread, unit, like=one.size)


def _axis(text: str) -> tuple[str, object]:
    import yaml

    path, _, value = text.partition("=")
    wrong = f"{text!r} is no factor; write one as in issuers.mesh.ttl=5m..24h:log or =[5m, 1h]"
    if not path.strip() or not value.strip():
        raise UsageError(wrong)
    if found := _RANGE.fullmatch(value.strip()):
        low, high = (yaml.safe_load(found[end]) for end in ("low", "high"))
        return path.strip(), {"low": low, "high": high, "scale": "log" if found["log"] else "linear"}
    try:
        listed = yaml.safe_load(value)
    except yaml.YAMLError:
        listed = None
    if not isinstance(listed, list | dict):
        raise UsageError(wrong)
    return path.strip(), listed
