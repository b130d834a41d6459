"""Who is reading: a person at a terminal, or a file."""

from __future__ import annotations

import os
import sys


def is_terminal(*, error: bool = False) -> bool:
    """Whether standard output (with `error`, standard error) is a terminal that can move its cursor."""
    stream = sys.stderr if error else sys.stdout
    return stream.isatty() and os.environ.get("TERM", "") != "dumb"
