"""The notebook: runs from top to bottom, shows what it promises, is kept without outputs."""

from __future__ import annotations

import base64
import shutil
import warnings
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_kept_without_outputs(path: Path) -> None:
    """Outputs would differ on every machine and bury changes of the text."""
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "code":
            assert (cell.outputs, cell.execution_count) == ([], None)


@pytest.mark.parametrize(("name", "figures", "frames"), [("quickstart", 2, 4), ("trade-off", 2, 2)])
def test_a_notebook_runs_from_top_to_bottom(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, figures: int, frames: int
) -> None:
    """In its own folder beside the scenarios, as in the project; figures and frames come out."""
    shutil.copytree(ROOT / "scenarios", tmp_path / "scenarios")
    folder = tmp_path / "notebooks"
    folder.mkdir()
    monkeypatch.delenv("MPLBACKEND", raising=False)  # a notebook draws inline, whatever its surroundings say
    notebook = nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", as_version=4)
    client = NotebookClient(
        notebook, timeout=300, record_timing=False, resources={"metadata": {"path": str(folder)}}
    )
    with warnings.catch_warnings():
        # The Jupyter client warns about its own event loop and sockets; the cells have their own interpreter.
        warnings.simplefilter("ignore")
        client.execute()
    shown = [data for cell in notebook.cells for data in _outputs(cell)]
    pictures = [base64.b64decode(data["image/png"]) for data in shown if "image/png" in data]
    tables = [data["text/html"] for data in shown if "text/html" in data]
    assert len(pictures) == figures
    assert all(len(picture) > 10_000 for picture in pictures)
    assert len(tables) == frames
    assert any("mean" in table for table in tables)


def _outputs(cell: Any) -> list[dict[str, str]]:
    return [output["data"] for output in cell.get("outputs", []) if "data" in output]
