"""The tables of a trace as files."""

from __future__ import annotations

from pathlib import Path

from churnsim.experiment.file import make_folder, write
from churnsim.trace import Trace


def write_tables(trace: Trace, folder: Path, form: str) -> None:
    """Write every table of a trace, its codes decoded.

    Parameters
    ----------
    trace : Trace
        Of one run.
    folder : Path
        Made if it is not there; a file per table, such as ``units.parquet``.
    form : {"parquet", "csv"}
        How they are written.

    Raises
    ------
    StoreError
        If they cannot be written.
    """
    make_folder(folder)
    for name in trace:
        frame = trace.frame(name)
        if form == "csv":
            data = frame.to_csv(index=False, lineterminator="\n").encode()
        else:
            data = frame.to_parquet(index=False)
        write(folder / f"{name}.{form}", data)
