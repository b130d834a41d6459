"""What has come to holders by any time."""

from __future__ import annotations

import numpy as np

from churnsim.model.made import Content, Made
from churnsim.trace.pace import Pace


def test_nothing_has_come_to_a_holder_before_the_first_of_its_stretches() -> None:
    """One outcome a second from 10 s on: none by 4 s, five by 15 s, whoever comes first in the table."""
    pace = Pace(np.array([0.0, 100.0]), np.array([0.0, 100.0]))
    made = Made(np.array([0, 1]), np.array([10.0, 10.0]), np.array([20.0, 20.0]), np.ones(2), pace)
    content = Content(made.unit, made, 2)
    for holder in (0, 1):
        found = content.level(np.full(3, holder), np.array([4.0, 15.0, 50.0]))
        assert found.tolist() == [0.0, 5.0, 10.0]
