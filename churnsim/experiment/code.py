"""Which code made a run: the version, and a digest of the sources that decide its numbers."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from pathlib import Path

import churnsim

# What stands above these only plans, stores and shows.
_DECIDING = ("base", "trace", "engine", "model", "scenario", "simulate.py", "metrics")


@cache
def code_version() -> str:
    """Version of churnsim and digest of its sources, such as ``0.1.0+1a2b3c4d``.

    Stored runs of other code are not taken for runs of this one, though nobody changed the version.
    """
    root = Path(churnsim.__file__).parent
    digest = sha256()
    for name in _DECIDING:
        path = root / name
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            digest.update(file.relative_to(root).as_posix().encode())
            digest.update(file.read_bytes())
    return f"{churnsim.__version__}+{digest.hexdigest()[:8]}"
