"""Collect scenario files as tests, one for each invariant.

Off until the ini option `churnsim_scenarios` names files; `churnsim_inconclusive` says what becomes of the
undecided: pytest loads this module in every run of an
environment that has churnsim, so it imports nothing but pytest before a scenario file is met.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from fnmatch import fnmatch
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from churnsim.checks import Promise, Verdict
    from churnsim.scenario import Scenario

SCENARIOS, INCONCLUSIVE = "churnsim_scenarios", "churnsim_inconclusive"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the ini options: what is collected, and what becomes of an undecided invariant."""
    parser.addini(
        SCENARIOS,
        "Patterns, relative to the root, of scenario files whose invariants are tests (* crosses folders).",
        type="args",
        default=[],
    )
    parser.addini(
        INCONCLUSIVE, "An invariant that the runs do not decide: skip (default) or fail.", default="skip"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Refuse a word that is no choice, before any run is made for it."""
    word = config.getini(INCONCLUSIVE)
    if word not in ("skip", "fail"):
        raise pytest.UsageError(f"{INCONCLUSIVE} is skip or fail, not {word!r}")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> ScenarioFile | None:
    """Take a file that one of the patterns names."""
    patterns = parent.config.getini(SCENARIOS)
    if not patterns or not file_path.is_relative_to(parent.config.rootpath):
        return None
    name = file_path.relative_to(parent.config.rootpath).as_posix()
    if not any(fnmatch(name, pattern) for pattern in patterns):
        return None
    return ScenarioFile.from_parent(parent, path=file_path)


class ScenarioFile(pytest.File):
    """A scenario; its runs are made once, when the first of its invariants is tested."""

    def collect(self) -> Iterator[pytest.Item]:
        """One test for each invariant; a scenario with mistakes is an error of collection."""
        from churnsim.base.errors import ScenarioError
        from churnsim.checks import promises

        try:
            found = promises(self.scenario)
        except ScenarioError as error:
            raise self.CollectError(str(error)) from error
        for position, promise in enumerate(found):
            yield InvariantItem.from_parent(self, name=promise.text, position=position, promise=promise)

    @cached_property
    def scenario(self) -> Scenario:
        """The scenario in the file."""
        from churnsim.checks import load

        return load(self.path)

    @cached_property
    def verdicts(self) -> tuple[Verdict, ...]:
        """The verdict on every invariant, at the seed and the replications of the scenario's study."""
        from churnsim.checks import check
        from churnsim.experiment import run

        # Under pytest-xdist the processors are busy already.
        workers = 1 if "PYTEST_XDIST_WORKER" in os.environ else None
        results = run(self.scenario, workers=workers)
        if results.failures:
            raise RuntimeError("\n".join(results.warnings))
        return check(self.scenario, results)


class InvariantItem(pytest.Item):
    """An invariant: fails where it is broken, is skipped (or fails) where the runs do not decide it."""

    def __init__(self, *, position: int, promise: Promise, **rest: Any) -> None:
        super().__init__(**rest)
        self._position = position
        self._promise = promise

    def runtest(self) -> None:
        """Ask for the verdict, which makes the runs if no invariant of the file has asked before."""
        assert isinstance(self.parent, ScenarioFile)
        verdict = self.parent.verdicts[self._position]
        if verdict.ruling == "fail":
            raise NotKept(verdict, verdict.sentence)
        if verdict.ruling == "inconclusive":
            if self.config.getini(INCONCLUSIVE) == "fail":
                raise NotKept(verdict, f"inconclusive: {verdict.sentence}")
            pytest.skip(f"inconclusive: {verdict.sentence}")

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> str | Any:
        """A broken invariant in one line, its place first; anything else in full."""
        if isinstance(excinfo.value, NotKept):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """File and line (from 0) of the invariant, so that annotations point at it."""
        line = self._promise.origin.line
        # Where the title ends the node id, pytest takes it for a dotted name and turns its dots into '::'.
        return self.path, None if line is None else line - 1, f"{self.name} ({self.path.name})"


class NotKept(AssertionError):
    """The finding that an invariant does not hold, or is not known to hold."""

    def __init__(self, verdict: Verdict, finding: str) -> None:
        super().__init__(f"{verdict.place}: {verdict.invariant}: {finding}")
