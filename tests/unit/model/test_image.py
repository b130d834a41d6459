"""Images that nodes pull before units start on them: small worlds, worked out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from churnsim.engine import Streams
from churnsim.metrics import evaluate
from churnsim.model.image import Image
from churnsim.scenario import Scenario
from churnsim.simulate import simulate
from churnsim.trace import Trace


def run(web: dict[str, Any] | None = None, **fields: Any) -> Trace:
    """A fresh world of 2 h with two units, whose image takes 40 s and whose start-up 5 s, on one node."""
    service = {"kind": "service", "replicas": 2, "startup": "5s", "image": {"pull": "40s"}, **(web or {})}
    nodes = {"rack": {"zone": "a", "count": 1, "units": 4}}
    tree = {"name": "image", "horizon": "2h", "start": "fresh", "nodes": nodes}
    return simulate(Scenario.model_validate(tree | {"workloads": {"web": service}} | fields))


def starts(trace: Trace) -> list[float]:
    """From placed to booted [s], unit by unit."""
    units = trace["units"]
    return (units["booted"] - units["placed"]).tolist()


def test_who_comes_first_waits_for_the_pull_and_who_comes_later_does_not() -> None:
    """Both at the start wait for the same pull; their replacements find the image."""
    trace = run({"lifetime": "30m"})
    units = trace["units"]
    first = units["incarnation"] == 1
    assert np.array(starts(trace))[first].tolist() == [45.0, 45.0]
    assert np.unique(np.array(starts(trace))[~first & ~np.isnan(units["booted"])]).tolist() == [5.0]


def test_who_comes_during_a_pull_waits_for_the_rest() -> None:
    """The scheduler places a unit every 30 s: the second has 10 s of 40 to wait."""
    assert starts(run(control_plane={"scheduling": "2/min"})) == [45.0, 15.0]


def test_a_new_node_pulls_again() -> None:
    """The node retires after an hour; its successor has no image yet."""
    nodes = {"rack": {"zone": "a", "count": 1, "units": 4, "lifetime": "1h"}}
    assert starts(run(nodes=nodes)) == [45.0] * 4


def test_every_version_has_an_image_of_its_own() -> None:
    """Rolled out at 30 min: the new units pull it together, one after the other in the old places."""
    rollout = {"kind": "recreate", "at": ["30m"]}
    assert starts(run({"rollout": rollout})) == [45.0] * 4


def test_nodes_have_the_images_of_those_who_stand_on_them_at_the_start() -> None:
    """An old fleet starts in 5 s; a second node, on which nobody stood, has yet to pull."""
    nodes = {"rack": {"zone": "a", "count": 2, "units": 2}}
    web = {"placement": {"kind": "bin-pack"}, "capacity": "1/s", "autoscaler": {
        "kind": "schedule", "steps": [{"at": "0s", "units": 2}, {"at": "30m", "units": 3}]}}  # fmt: skip
    trace = run(web, nodes=nodes, start="stationary")
    assert starts(trace)[-1] == 45.0
    assert np.unique(trace["placements"]["pulled"] - trace["placements"]["time"]).tolist() == [0.0, 40.0]


def test_pauses_double_up_to_the_cap() -> None:
    """Of attempts of 1 s 90 % fail: with k failures k + 1 attempts and pauses of 10, 20, ..., 300 s."""
    image = Image.model_validate({"pull": "1s", "fails": "90%"})
    stream = Streams(3, 0).named("image")
    pauses = np.minimum(10.0 * 2.0 ** np.arange(200), 300.0)
    possible = np.arange(1, 202) + np.append(0.0, np.cumsum(pauses))
    found = [image.takes(stream, stream.lane(number)) for number in range(50)]
    assert set(found) <= set(possible.tolist())
    assert max(found) > 300.0


def test_an_image_that_is_there_at_once_changes_nothing() -> None:
    """The null test: every unit lives the life it lives without, to the bit."""
    life = {"kind": "exponential", "mean": "10m"}
    without = run({"image": None, "lifetime": life}, start="stationary")
    at_once = run({"image": {"pull": "0s"}, "lifetime": life}, start="stationary")
    for column, array in without["units"].items():
        np.testing.assert_array_equal(at_once["units"][column], array, err_msg=column)


def test_the_wait_for_images_is_measured() -> None:
    """Two units wait 40 s each; then there are two replacements, and two more, that do not."""
    trace = run({"lifetime": "50m"})
    assert evaluate(trace, ["image.wait"])["image.wait"].value == pytest.approx(80.0 / 6)
    assert evaluate(run({"image": None}), ["image.wait"])["image.wait"].value == 0.0


def test_a_cold_start_tells_what_the_image_takes() -> None:
    """One request at a time: the first waits 45 s, of which 40 s for the image, those after it do not."""
    fetch = {"kind": "function", "traffic": {"kind": "constant", "rate": "4/h"}, "service": "1s",
             "keep_alive": "1s", "limit": 1, "startup": "5s", "image": {"pull": "40s"}}  # fmt: skip
    found = evaluate(run(workloads={"fetch": fetch}))
    cold = found["cold_start.share"].numerator
    assert found["cold_start.mean.image"].numerator == pytest.approx(40.0)
    assert found["cold_start.mean.startup"].numerator == pytest.approx(5.0 * cold)
