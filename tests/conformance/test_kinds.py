"""Every registered kind passes the suite that a third party runs on its own."""

from __future__ import annotations

import pytest

import churnsim.scenario  # noqa: F401  brings in every package that declares kinds
from churnsim.base.registry import every_group
from churnsim.testing import Check, conformance

CHECKS = [
    check for kinds in every_group().values() for kind in kinds.all().values() for check in conformance(kind)
]


@pytest.mark.parametrize("check", CHECKS, ids=str)
def test_the_kind_conforms(check: Check) -> None:
    """Examples are guessed from the fields, so that a new kind is checked without a line here."""
    check()


def test_every_group_has_kinds_that_are_checked() -> None:
    """More than form in each: parts of the world keep its laws in a run, designs make the points they say."""
    for group, kinds in every_group().items():
        for name in kinds.all():
            mine = [str(check) for check in CHECKS if str(check).startswith(f"{group}-{name}")]
            deed = "counts_its_points" if group == "design" else "keeps_the_laws"
            assert any(deed in check for check in mine), (group, name)
