"""Breaking off: what is finished is kept, the way on is told, the exit code names the signal."""

from __future__ import annotations

import re
import shlex
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from churnsim.base.readable import counted
from tests.surfaces.conftest import Command

# Long enough to be met in the middle: 400 runs of a tenth of a second or so.
LONG = ("--replications", "400", "--set", "horizon=10d")


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_finished_runs_are_kept_and_the_way_on_is_told(
    churnsim: Command, small: Path, number: signal.Signals, code: int
) -> None:
    """Struck once a batch is stored; then the told command, cut down to what is stored, finds it there."""
    command = subprocess.Popen(
        [sys.executable, "-m", "churnsim", "run", str(small), "--workers", "1", *LONG],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    while not list(Path().glob("results/*/*/*.parquet")):
        assert command.poll() is None
    command.send_signal(number)
    out, err = command.communicate()
    assert command.returncode == code
    assert out == ""
    assert "Traceback" not in err
    told = re.search(r"interrupted: (\d+) of 400 runs are kept in (\S+); go on with: churnsim (.*)", err)
    assert told is not None
    kept = int(told[1])
    words = shlex.split(told[3])
    assert words[words.index("--replications") + 1] == "400"
    words[words.index("--replications") + 1] = str(kept)
    again = churnsim(*words, "--workers", 1)
    assert again.code == 0
    assert f"{counted(kept, 'run')}, {kept} of them stored already" in again.err


def test_an_interrupt_that_passed_through_an_exec_leaves_the_exit_code_alone(tmp_path: Path) -> None:
    """The interpreter would end `python -m` by SIGINT, whatever code it was told."""
    script = """
        import signal
        from churnsim.cli import main
        try:
            main(["--version"])  # imports what it needs
        except SystemExit:
            pass
        try:
            exec("signal.raise_signal(signal.SIGINT)")
        except KeyboardInterrupt:
            main(["--version"])
    """
    (tmp_path / "struck.py").write_text(textwrap.dedent(script))
    done = subprocess.run([sys.executable, "-m", "struck"], cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


def test_without_a_store_nothing_is_promised(small: Path) -> None:
    """Nothing is kept, and the message says so rather than how to go on."""
    command = subprocess.Popen(
        [sys.executable, "-m", "churnsim", "run", str(small), "--workers", "1", "--no-store", *LONG],
        stderr=subprocess.PIPE,
        text=True,
    )
    assert command.stderr is not None
    assert command.stderr.readline() == "small: 400 runs\n"
    time.sleep(0.5)  # into the middle of the runs
    command.send_signal(signal.SIGINT)
    with command.stderr as errors:
        rest = errors.read()
    assert command.wait() == 130
    assert "none kept (--no-store)" in rest
