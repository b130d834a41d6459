"""Files that are there whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from churnsim.base.errors import StoreError

TEMPORARY = ".tmp"

# A file system that cannot lock files; there two sweeps must not share a folder.
_UNLOCKABLE = (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL)


def write(path: Path, data: bytes) -> None:
    """Write a file under a temporary name, make it durable, then give it its name.

    Parameters
    ----------
    path : Path
        In a folder that exists; replaced if it exists.
    data : bytes
        All of it.

    Raises
    ------
    StoreError
        If it cannot be written; nothing of that name is changed then.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}{TEMPORARY}")
    try:
        try:
            with _begun(temporary) as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
            os.replace(temporary, path)  # noqa: PTH105 - the one call that must be atomic, named as such
        except BaseException:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
            raise
        _settle(path.parent)
    except OSError as error:
        raise refusal(path, error) from error


def append(path: Path, *lines: bytes) -> None:
    """Add lines to a file, made durable; what a crash left of an unfinished last line is removed first.

    Raises
    ------
    StoreError
        If it cannot be written.
    """
    try:
        with path.open("ab+") as stream:
            # Another process may be in the middle of a line, which must not be taken for torn.
            _lock(stream.fileno())
            _remove_torn_line(stream.fileno())
            stream.write(b"".join(line + b"\n" for line in lines))
            stream.flush()
            os.fsync(stream.fileno())
    except OSError as error:
        raise refusal(path, error) from error


@contextlib.contextmanager
def alone(path: Path) -> Iterator[None]:
    """Keep other processes that ask for the same file out, for as long as the context lasts.

    Parameters
    ----------
    path : Path
        The file, made if it is not there; `append` waits for it too, so that nothing is appended meanwhile.

    Raises
    ------
    StoreError
        If it cannot be opened.
    """
    try:
        stream = path.open("ab")
    except OSError as error:
        raise refusal(path, error) from error
    with stream:
        _lock(stream.fileno())
        yield


def read(path: Path) -> bytes:
    """All of a file.

    Raises
    ------
    StoreError
        If it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise StoreError(f"cannot read {path}: {error.strerror or error}; check its permissions") from error


def remove(path: Path) -> None:
    """Delete a file, if it is there.

    Raises
    ------
    StoreError
        If that is not possible.
    """
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise refusal(path, error) from error


def sweep_out(folder: Path) -> None:
    """Delete what writers left half written when they were killed; what is being written stays.

    Parameters
    ----------
    folder : Path
        It alone, not those below it.

    Raises
    ------
    StoreError
        If a file cannot be deleted.
    """
    for path in folder.glob(f".*{TEMPORARY}"):
        try:
            with path.open("rb") as stream:
                if _is_free(stream.fileno()):
                    path.unlink()
        except FileNotFoundError:  # its writer gave it its name meanwhile
            continue
        except OSError as error:
            raise refusal(path, error) from error


def make_folder(path: Path) -> None:
    """Make a folder and those above it, if they are not there.

    Raises
    ------
    StoreError
        If that is not possible.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise refusal(path, error) from error


def refusal(path: Path, error: OSError) -> StoreError:
    """The error for a place that cannot be written."""
    return StoreError(
        f"cannot write {path}: {error.strerror or error}; what was stored before is whole: make room or "
        "choose another folder, then run the same again to make only the rest"
    )


def _begun(path: Path) -> BinaryIO:
    """A new file, open and locked for as long as it is open, so that `sweep_out` leaves it alone."""
    while True:
        stream = path.open("wb")
        try:
            _lock(stream.fileno())
            if os.fstat(stream.fileno()).st_nlink or os.name != "posix":
                return stream
        except BaseException:
            stream.close()
            raise
        stream.close()  # swept out between opening and locking


def _is_free(descriptor: int) -> bool:
    """Whether nobody holds the lock on an open file; it is held by this process then, until it is closed."""
    if os.name != "posix":
        return False
    import fcntl

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno not in (errno.EWOULDBLOCK, *_UNLOCKABLE):
            raise
        return False
    return True


def _lock(descriptor: int) -> None:
    """Wait for the lock on an open file, held until it is closed."""
    if os.name != "posix":
        return
    import fcntl

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
    except OSError as error:
        if error.errno not in _UNLOCKABLE:
            raise


def _remove_torn_line(descriptor: int) -> None:
    size = os.fstat(descriptor).st_size
    keep = size
    while keep > 0:
        start = max(0, keep - 4096)
        block = os.pread(descriptor, keep - start, start)
        newline = block.rfind(b"\n")
        if newline >= 0:
            keep = start + newline + 1
            break
        keep = start
    if keep < size:
        os.ftruncate(descriptor, keep)


def _settle(folder: Path) -> None:
    """Make a rename durable; where folders cannot be opened, the system does that itself."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
