"""The small, reviewable outcome of a study: its table, its figure and how both were made."""

from __future__ import annotations

import json
import platform
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from churnsim.cli.answer import document
from churnsim.experiment.file import make_folder, write

if TYPE_CHECKING:
    from churnsim.cli.invocation import Invocation
    from churnsim.experiment import Results
    from churnsim.scenario import Scenario


def write_publication(
    scenario: Scenario, asked: Invocation, results: Results, folder: Path, draw: Callable[[Path], None]
) -> None:
    """Write ``table.tsv``, ``figure.png``, ``figure.svg`` and ``manifest.json``.

    The table holds every measure at every point; the manifest says from which scenario, seed and versions.
    `draw` draws the figure into the file it is given.
    """
    make_folder(folder)
    table = results.summary.to_csv(sep="\t", index=False, float_format="%.6g", lineterminator="\n")
    write(folder / "table.tsv", table.encode())
    for format in ("png", "svg"):
        draw(folder / f"figure.{format}")
    facts = document(scenario, asked, results)
    manifest = {
        **{key: facts[key] for key in ("scenario", "hash", "version", "seed", "replications", "warnings")},
        "repeat": f"{asked.repeat} --publish {folder}",
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.machine()}",
        "resolved": scenario.canonical(),
    }
    write(folder / "manifest.json", (json.dumps(manifest, indent=1, ensure_ascii=False) + "\n").encode())
