"""Small scenario files for the tests of this folder."""

from pathlib import Path

import pytest
from small_scenario import SMALL, Write


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a scenario file, the small one unless another text is given, and say where it is."""

    def _write(text: str = SMALL, name: str = "scenario.yaml") -> Path:
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    return _write
