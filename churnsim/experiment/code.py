"""Which code made a run: the version, and a digest of the sources that decide its numbers."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path

import churnsim

# What stands above these only plans, stores and shows.
_DECIDING = ("base", "trace", "engine", "model", "scenario", "simulate.py", "metrics")


def _foreign() -> Iterator[Path]:
    """Source files of the kinds and measures that others have added."""
    for group in sorted(group for group in entry_points().groups if group.startswith("churnsim.")):
        for point in entry_points(group=group):
            found = find_spec(point.module)
            if found is not None and found.origin is not None:
                yield Path(found.origin)


@cache
def code_version() -> str:
    """Version of churnsim and digest of its sources, such as ``0.1.0+1a2b3c4d``.

    Stored runs of other code are not taken for runs of this one, though nobody changed the version. The
    modules of kinds and measures added by entry point count too; what these import does not.
    """
    root = Path(churnsim.__file__).parent
    digest = sha256()
    for name in _DECIDING:
        path = root / name
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            digest.update(file.relative_to(root).as_posix().encode())
            digest.update(file.read_bytes())
    for file in sorted(_foreign()):
        digest.update(file.read_bytes())
    return f"{churnsim.__version__}+{digest.hexdigest()[:8]}"
