"""Faults that really happen to a sweep: killed, crowded, out of space, cut off; nothing stored is lost."""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.surfaces.conftest import Command

SWEEP = [sys.executable, "-m", "churnsim", "sweep", "small.yaml"]

# Several batches: 2 points of 60 runs, some 30 ms each.
LONG = ("--replications", "60", "--set", "horizon=6h")
RUNS = 120


def runs_stored(out: Path = Path("results")) -> list[tuple[str, int]]:
    """Every run of every batch that counts, as often as it is there."""
    return [run for batch in batches_stored(out).values() for run in batch]


def batches_stored(out: Path = Path("results")) -> dict[Path, list[tuple[str, int]]]:
    """The runs of every batch that the diary vouches for and that is there."""
    found = {}
    for status in out.rglob("status.jsonl"):
        for line in map(json.loads, status.read_bytes().split(b"\n")[:-1]):
            if "file" in line and (status.parent / line["file"]).exists():
                found[status.parent / line["file"]] = [tuple(run) for run in line["runs"]]
    return found


def until_stored(process: subprocess.Popen[str], out: Path = Path("results")) -> None:
    while not batches_stored(out):
        assert process.poll() is None
        time.sleep(0.01)


def points(churnsim: Command, *words: object) -> object:
    """The answer of a sweep, made here if it is not stored."""
    return churnsim("sweep", "small.yaml", "--workers", 1, "--json", *words).document["points"]


def test_a_sweep_that_is_killed_goes_on_where_it_was(churnsim: Command, small: Path) -> None:
    """SIGKILL to the parent once a batch is stored: its workers leave, the batch is not made again."""
    process = subprocess.Popen([*SWEEP, "--workers", "2", *LONG], stderr=subprocess.DEVNULL, text=True)
    until_stored(process)
    crew = psutil.Process(process.pid).children(recursive=True)
    process.kill()
    process.wait()
    _, left = psutil.wait_procs(crew, timeout=30)
    assert not left
    before = runs_stored()
    assert 0 < len(before) < RUNS
    ending = churnsim("sweep", small, "--workers", 1, *LONG)
    assert ending.code == 0
    assert f"{RUNS} runs, {len(set(before))} of them stored already" in ending.err
    assert len(set(runs_stored())) == RUNS
    assert points(churnsim, *LONG) == points(churnsim, *LONG, "--no-store")


def test_a_clock_that_is_set_back_loses_nothing_and_counts_nothing_twice(
    churnsim: Command, small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A day back between two sweeps, and further back at every look within the second."""
    words = ("sweep", small, "--workers", 1)
    expected = points(churnsim, "--replications", 4, "--no-store")
    assert churnsim(*words, "--replications", 2).code == 0
    now = iter(range(int(time.time()) - 86_400, 0, -3_600))
    monkeypatch.setattr(time, "time", lambda: float(next(now)))
    monkeypatch.setattr(time, "time_ns", lambda: next(now) * 10**9)
    for stored in filter(Path.is_file, Path("results").rglob("*")):
        os.utime(stored, (2e9, 2e9))  # what was written before the change lies in the future
    ending = churnsim(*words, "--replications", 4)
    assert ending.code == 0
    assert "8 runs, 4 of them stored already" in ending.err
    assert len(runs_stored()) == len(set(runs_stored())) == 8
    assert points(churnsim, "--replications", 4) == expected


def test_two_sweeps_on_one_folder_do_not_disturb_each_other(churnsim: Command, small: Path) -> None:
    """Started together, both in full: both end well, every run counts once, the diary is whole."""
    words = [*SWEEP, "--workers", "1", "--replications", "20", "--json"]
    processes = [
        subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)
    ]
    answers = [(process, *process.communicate()) for process in processes]
    for process, _, errors in answers:
        assert process.returncode == 0, errors
    first, second = (json.loads(out)["points"] for _, out, _ in answers)
    assert first == second == points(churnsim, "--replications", "20", "--no-store")
    assert len(set(runs_stored())) == 40


@pytest.fixture(params=["limit", *(["disk"] if os.geteuid() == 0 else [])])
def full(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """No file may be longer than six kilobytes; for root, also a real disk with room for fifty."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=48k", "tmpfs", str(place)]
    may_mount = request.param == "disk" and shutil.which("mount") is not None
    if may_mount and subprocess.run(mount, check=False).returncode == 0:
        yield place
        subprocess.run(["umount", str(place)], check=True)
    else:
        yield place


def _limited() -> None:
    """As on a disk without room: writing beyond it fails, and no signal ends the process."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (6_000, 6_000))


def test_a_full_disk_ends_a_sweep_with_a_word_and_keeps_what_was_stored(
    churnsim: Command, small: Path, full: Path, record_property: pytest.RecordProperty
) -> None:
    """Then the same on a folder with room, the stored runs brought there: only the rest is made."""
    is_disk = os.path.ismount(full)
    record_property("fault", "tmpfs of 48 kB" if is_disk else "RLIMIT_FSIZE of 6 kB")
    process = subprocess.Popen(
        [*SWEEP, "--workers", "1", *LONG, "--out", str(full)],
        stderr=subprocess.PIPE, text=True, preexec_fn=None if is_disk else _limited,
    )  # fmt: skip
    _, errors = process.communicate()
    assert process.returncode == 3, errors
    assert ("No space left on device" if is_disk else "File too large") in errors
    assert "what was stored before is whole: make room or choose another folder" in errors
    assert "Traceback" not in errors
    kept = set(runs_stored(full))
    assert not list(full.rglob("*.tmp"))
    if kept:
        assert churnsim("merge", full).code == 0
    ending = churnsim("sweep", small, "--workers", 1, *LONG)
    assert ending.code == 0
    already = f", {len(kept)} of them stored already" if kept else ""
    assert f"{RUNS} runs{already}\n" in ending.err


def test_what_was_cut_off_is_told_and_made_again(churnsim: Command, small: Path) -> None:
    """A torn last line of the diary costs its batch; a torn batch is named, and is made anew."""
    assert churnsim("sweep", small, "--workers", 1).code == 0
    whole = points(churnsim)
    (status,) = Path("results").rglob("status.jsonl")
    status.write_bytes(status.read_bytes()[:-7])
    ending = churnsim("sweep", small, "--workers", 1)
    assert (ending.code, "stored already" in ending.err) == (0, False)
    assert points(churnsim) == whole
    batch = next(iter(batches_stored()))
    batch.write_bytes(batch.read_bytes()[: batch.stat().st_size // 2])
    ending = churnsim("sweep", small, "--workers", 1)
    assert ending.code == 3
    assert f"{batch} is damaged" in ending.err
    assert "delete it and run the same again: its runs are made anew" in ending.err
    batch.unlink()
    assert points(churnsim) == whole


@pytest.mark.skipif(sys.platform != "linux", reason="mounts")
def test_a_folder_that_cannot_be_written_is_told(churnsim: Command, small: Path) -> None:
    """A place where the system refuses everybody, root too."""
    ending = churnsim("sweep", small, "--workers", 1, "--out", "/proc/churnsim")
    assert ending.code == 3
    assert "cannot write /proc/churnsim" in ending.err
    assert "choose another folder" in ending.err
