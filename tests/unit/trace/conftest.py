"""The small valid trace, made anew for every test."""

from __future__ import annotations

import pytest
from small_trace import record


@pytest.fixture
def small():
    """A valid trace in which everything that can happen happens once."""
    return record()
