"""The README and the guides: every block of Python runs, every churnsim command works as printed."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def _blocks(*languages: str) -> list[tuple[str, str]]:
    """Page and text of every fenced block in one of the languages."""
    return [
        (page.name, text)
        for page in PAGES
        for language, text in BLOCK.findall(page.read_text())
        if language in languages
    ]


def _commands() -> list[tuple[str, str]]:
    """Page and line of every churnsim command in a block of shell, a leading `$` taken off."""
    lines = [
        (page, line.removeprefix("$ ").strip())
        for page, text in _blocks("sh", "shell", "bash", "console")
        for line in text.splitlines()
    ]
    return [(page, line) for page, line in lines if line.startswith("churnsim ")]


def _following(pairs: list[tuple[str, str]]) -> list[Any]:
    """Parameters of tests that follow a page, all in one folder, so that what was run before is there."""
    return [pytest.param(page, text, marks=pytest.mark.xdist_group(page)) for page, text in pairs]


@pytest.fixture(scope="module")
def _clones(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    @cache
    def clone(page: str) -> Path:
        folder = tmp_path_factory.mktemp(page.removesuffix(".md"))
        for name in ("scenarios", "notebooks"):
            shutil.copytree(ROOT / name, folder / name)
        return folder

    return clone


@pytest.fixture
def clone(_clones: Callable[[str], Path], page: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of who follows the page, with what a clone has that commands read; where the test works."""
    monkeypatch.chdir(_clones(page))
    return _clones(page)


@pytest.mark.parametrize(("page", "text"), _following(_blocks("python", "py")))
def test_a_block_of_python_runs(clone: Path, page: str, text: str) -> None:
    """In a fresh interpreter, in a folder like the clone's; blocks stand by themselves."""
    script = clone / "block.py"
    script.write_text(text)
    done = subprocess.run(
        [sys.executable, str(script)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "MPLBACKEND": "agg"},
    )
    assert done.returncode == 0, f"{page}:\n{text}\n{done.stderr}"


@pytest.mark.parametrize(("page", "line"), _following(_commands()))
def test_a_command_works_as_printed(clone: Path, page: str, line: str) -> None:
    """Any of the documented endings that is not an error: 0, or the findings 1 and 4 of a check."""
    words = shlex.split(line, comments=True)
    done = subprocess.run(
        [sys.executable, "-m", *words], capture_output=True, text=True, check=False, timeout=300
    )
    allowed = {0, 1, 4} if words[1] == "check" else {0}
    assert done.returncode in allowed, f"{page}: {line}\n{done.stderr}"


@pytest.mark.parametrize(
    ("page", "text"), [block for block in _blocks("yaml") if block[1].startswith("study:")]
)
def test_a_study_in_a_guide_is_one(page: str, text: str) -> None:
    """Each is about the shipped study: laid over that, it is valid and leaves points to run."""
    import yaml

    from churnsim.checks import load, validate
    from churnsim.scenario.candidate import candidates

    study = {f"study.{key}": value for key, value in yaml.safe_load(text)["study"].items()}
    scenario = load(ROOT / "scenarios" / "credential-ttl.yaml").with_(study)
    validate(scenario)
    assert candidates(scenario).settings, page


def test_every_make_target_in_the_readme_exists() -> None:
    """The two commands that the README begins with, and whatever else it names."""
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(
        re.findall(r"\bmake ([a-z]+)\b", "".join(text for _, text in _blocks("sh", "console", "bash")))
    )
    assert {"demo", "test"} <= named <= targets
