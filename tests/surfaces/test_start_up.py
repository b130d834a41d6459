"""Start-up: what is imported before anything is simulated, which is what makes a command wait."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = {"jinja2", "matplotlib", "numba", "pandas", "pyarrow", "rich", "scipy.stats"}

PROBE = """
import sys
from churnsim.cli.entry import outcome
code = outcome(sys.argv[1:])
print(*(name for name in {heavy} if name in sys.modules), file=sys.stderr)
sys.exit(code)
"""


@pytest.mark.parametrize("words", [("--help",), ("validate", "small.yaml"), ("kinds",), ("run", "--help")])
def test_a_question_imports_nothing_heavy(small: Path, words: tuple[str, ...]) -> None:
    """A fresh interpreter answers, then lists the heavy packages it holds; pandas costs half a second."""
    probe = PROBE.format(heavy=sorted(HEAVY))
    done = subprocess.run([sys.executable, "-c", probe, *words], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.strip()) == (0, "")


def test_importing_the_package_imports_none_of_its_layers() -> None:
    """Public names are fetched on first use."""
    probe = (
        "import sys, churnsim; print(*sorted(name for name in sys.modules if name.startswith('churnsim.')))"
    )
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_the_pytest_plug_in_imports_nothing_of_churnsim() -> None:
    """It is loaded in every pytest run of an environment that has churnsim."""
    probe = (
        "import sys, pytest, churnsim.pytest_plugin; "
        "print(*sorted(name for name in sys.modules if name.startswith('churnsim.')))"
    )
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["churnsim.pytest_plugin"]
