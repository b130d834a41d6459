"""Stored runs belong to the code that made them."""

import re
from pathlib import Path

import pytest

import churnsim
from churnsim.experiment import code


def test_the_code_version_holds_version_and_digest() -> None:
    assert re.fullmatch(re.escape(churnsim.__version__) + r"\+[0-9a-f]{8}", code.code_version())


def test_another_source_is_another_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One changed byte in what decides numbers changes it; a change in what only shows them does not."""
    versions = []
    monkeypatch.setattr(churnsim, "__file__", str(tmp_path / "__init__.py"))
    for name in code._DECIDING:
        (tmp_path / name).mkdir() if "." not in name else (tmp_path / name).write_text("")
    (tmp_path / "plot").mkdir()
    for change in (None, tmp_path / "model" / "a.py", tmp_path / "plot" / "b.py"):
        if change is not None:
            change.write_text("x = 1")
        versions.append(code.code_version.__wrapped__())
    assert versions[0] != versions[1] == versions[2]
