"""Conformance: what every kind and every measure must do, ours or a third party's.

In a plug-in's own tests:

>>> import pytest, churnsim.testing
>>> from my_plugin import Meltdown
>>> @pytest.mark.parametrize("check", churnsim.testing.conformance(Meltdown), ids=str)
... def test_conformance(check): check()
"""  # fmt: skip

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from churnsim.base.recipe import Recipe
from churnsim.testing import (
    autoscaler,
    bundle,
    design,
    measure,
    node_autoscaler,
    queue,
    recipe,
    refresh,
    renewal,
    restart,
    retry,
    revocation,
    rollout,
    traffic,
    world,
)  # fmt: skip
from churnsim.testing import law as _law
from churnsim.testing.check import Check, checks_of
from churnsim.testing.example import examples
from churnsim.testing.subject import Subject, group_of

__all__ = ["Check", "Subject", "conformance", "examples", "measure_conformance"]

_MODULES = (
    recipe,
    _law,
    autoscaler,
    node_autoscaler,
    renewal,
    restart,
    retry,
    queue,
    revocation,
    rollout,
    bundle,
    refresh,
    traffic,
    design,
    world,
)


def conformance(kind: type[Recipe], written: Sequence[Mapping[str, Any]] | None = None) -> list[Check]:
    """Return every check that a kind has to pass, to be called one by one.

    Parameters
    ----------
    kind : type
        A registered kind: a class with a ``kind`` that an entry point or a scanned module brings in.
    written : sequence of mapping, optional
        Examples of it as they stand in a scenario, without ``kind``; guessed from the fields by default.
        A field whose value cannot be guessed may say one: ``Field(examples=[...])``.

    Raises
    ------
    ValueError
        If the class belongs to no group, is not registered, or no example could be guessed.
    """
    group = group_of(kind)
    name = str(kind.model_fields["kind"].default)
    found = [dict(each) for each in written] if written is not None else examples(kind)
    if not found:
        raise ValueError(f"no example of {name!r} could be guessed; give one: conformance(kind, [{{...}}])")
    subjects = [Subject(kind, group, {"kind": name, **each}) for each in found]
    return [
        Check(f"{group}-{name}{number if len(subjects) > 1 else ''}-{check.__name__}", check, subject)
        for number, subject in enumerate(subjects, start=1)
        for module in _MODULES
        for check in checks_of(module, group)
    ]


def measure_conformance(name: str) -> list[Check]:
    """Return every check that a measure has to pass, to be called one by one.

    Raises
    ------
    UsageError
        If there is no such measure.
    """
    from churnsim.metrics import MEASURES

    found = MEASURES.find(name)
    return [Check(f"{name}-{check.__name__}", check, found) for check in checks_of(measure, "measure")]
