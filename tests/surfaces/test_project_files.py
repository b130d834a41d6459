"""Files that make a clone work: the Makefile, the pins, the layer contracts."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import churnsim

ROOT = Path(__file__).parents[2]


def _project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def test_help_names_every_target() -> None:
    """A target without its line of help is one that nobody finds."""
    done = subprocess.run(
        ["make", "--no-print-directory", "help"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert [line.split()[1] for line in done.stdout.splitlines()] == targets
    assert {"demo", "test", "check", "bench", "nightly"} <= set(targets)


def test_every_requirement_is_pinned() -> None:
    """What pyproject.toml names, extras included, has one version in constraints.txt, so installs repeat."""
    project = _project()["project"]
    wanted = [
        *project["dependencies"],
        *(one for extra in project["optional-dependencies"].values() for one in extra),
    ]
    pins = dict(line.split("==") for line in (ROOT / "constraints.txt").read_text().split())
    names = {_plain(name) for name in pins}
    assert {_plain(re.split(r"[<>=!\[; ]", requirement)[0]) for requirement in wanted} <= names
    assert "churnsim" not in names


def test_every_layer_stands_in_the_contract() -> None:
    """A new package must be given its place, or import-linter would not look at it."""
    contract = _project()["tool"]["importlinter"]["contracts"][0]
    placed = {name.strip("() ") for layer in contract["layers"] for name in layer.split("|")}
    package = ROOT / "churnsim"
    found = {path.name for path in package.iterdir() if (path / "__init__.py").exists()}
    found |= {path.stem for path in package.glob("[a-z]*.py")}
    assert found <= placed


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_the_list_of_scenarios_tells_each_with_its_question() -> None:
    """As the file asks it, once, and no scenario that is not there."""
    listed = re.findall(
        r"^\| \[([a-z-]+)\]\(\1\.yaml\) \| (.+?) \|", (ROOT / "scenarios/README.md").read_text(), re.MULTILINE
    )
    asked = {file.stem: churnsim.load(file).question for file in (ROOT / "scenarios").glob("*.yaml")}
    assert sorted(listed) == sorted(asked.items())
