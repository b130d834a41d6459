"""Collect scenario files as tests, one for each invariant.

Off until the ini option `churnsim_scenarios` names files: pytest loads this module in every run of an
environment that has churnsim, so it imports nothing but pytest before a scenario file is met.
"""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the ini option that switches the collection on."""
    parser.addini(
        "churnsim_scenarios",
        "Glob patterns, relative to the root, of scenario files whose invariants are tests.",
        type="args",
        default=[],
    )
