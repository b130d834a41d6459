"""The suite sees what is wrong: a kind that breaks a rule fails the check of that rule, and says why."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import numpy as np
import pytest
from pydantic import Field

from churnsim.base.distribution import LAWS
from churnsim.base.distribution.exponential import Exponential
from churnsim.base.quantity import PositiveDuration
from churnsim.base.registry import Kinds
from churnsim.model.refresh import REFRESHES
from churnsim.model.refresh.pull import PullRefresh
from churnsim.model.renewal import RENEWALS
from churnsim.model.renewal.once import OnceRenewal
from churnsim.model.retry import RETRIES, Retry
from churnsim.model.revocation import REVOCATIONS
from churnsim.model.revocation.list import ListRevocation
from churnsim.testing import conformance


class Skewed(Exponential):
    """A law whose survival is that of another."""

    kind: Any = "skewed"

    def survival(self, x: Any) -> Any:
        return super().survival(x) ** 2


class Hasty(Retry):
    """A rule that asks again at once, for ever."""

    kind: Literal["hasty"] = "hasty"

    def delay(self, tries: int, waited: float, left: float, u: float) -> float:
        return 0.0


class Moody(Retry):
    """A rule that remembers."""

    kind: Literal["moody"] = "moody"
    every: PositiveDuration = Field("5s", validate_default=True, description="pause")
    asked: ClassVar[list[int]] = []

    def delay(self, tries: int, waited: float, left: float, u: float) -> float:
        self.asked.append(tries)
        return self.every * len(self.asked)


class Silent(Retry):
    kind: Literal["Silent_one"] = "Silent_one"
    every: PositiveDuration = Field("5s", validate_default=True)

    def delay(self, tries: int, waited: float, left: float, u: float) -> float:
        return self.every


class Unbiased(OnceRenewal):
    """A rule that takes the interval around a random instant for any interval."""

    kind: Any = "unbiased"

    def inspected(self, ttl: float, u: Any) -> Any:
        return self.interval(ttl, u)


class Early(ListRevocation):
    """A list that is known before it is pulled."""

    kind: Any = "early"

    def refusals(self, cases: Any, audience: Any) -> Any:
        return super().refusals(cases, audience) - 3600.0


class Prophet(PullRefresh):
    """A poll that brings the version after the newest."""

    kind: Any = "prophet"

    def settle(self, lives: Any, source: Any) -> Any:
        copies = super().settle(lives, source)
        copies.adoptions["version"] = np.minimum(copies.adoptions["version"] + 1, source.commits.size)
        return copies


@pytest.fixture(autouse=True)
def registered(monkeypatch: pytest.MonkeyPatch) -> None:
    """As entry points would bring them in; the schema of the scenario stays as it was."""
    foreign: list[tuple[Kinds[Any], type[Any]]] = [
        (LAWS, Skewed), (RETRIES, Hasty), (RETRIES, Moody), (RETRIES, Silent), (RENEWALS, Unbiased),
        (REVOCATIONS, Early), (REFRESHES, Prophet),
    ]  # fmt: skip
    for kinds, recipe in foreign:
        name = recipe.model_fields["kind"].default
        monkeypatch.setattr(kinds, "_found", {**kinds.all(), name: recipe})


def complaint(kind: type[Any], check: str) -> str:
    (mine,) = [each for each in conformance(kind) if str(each).endswith(f"-{check}")]
    with pytest.raises(AssertionError) as caught:
        mine()
    return str(caught.value)


@pytest.mark.parametrize(
    ("kind", "check", "said"),
    [
        (Skewed, "survival_and_inverse_agree", "survival too small"),
        (Skewed, "excess_is_the_integral_of_survival", "excess is not that"),
        (Hasty, "pauses_or_gives_up", "would stop the clock"),
        (Moody, "depends_on_nothing_but_its_arguments", "remembers something"),
        (Silent, "describes_every_parameter", "no description of every"),
        (Silent, "has_a_plain_name_and_a_line_that_says_what_it_is", "use lower-case-words"),
        (Unbiased, "is_inspected_by_length", "not length-biased"),
        (Early, "refuses_after_the_revocation_and_before_the_end", "refused before it was revoked"),
        (Prophet, "applies_what_had_been_committed_in_order", "a version from the future"),
        (Prophet, "adopts_nothing_where_nothing_is_committed", None),
    ],
)
def test_a_kind_that_breaks_the_rule_is_told(kind: type[Any], check: str, said: str | None) -> None:
    """The last one is innocent of that: with no commit there is no later version to bring."""
    if said is None:
        (mine,) = [each for each in conformance(kind) if str(each).endswith(f"-{check}")]
        mine()
    else:
        assert said in complaint(kind, check)


def test_a_class_that_is_not_registered_is_told_to_register() -> None:
    """Otherwise the suite would pass for a kind that no scenario can name."""

    class Lonely(Retry):
        """A rule that nobody knows."""

        kind: Literal["lonely"] = "lonely"

    with pytest.raises(
        ValueError, match=r"Lonely is not registered; install it with an entry point churnsim\.retry"
    ):
        conformance(Lonely)
