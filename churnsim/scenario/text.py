"""A file a person named, read as text."""

from __future__ import annotations

import difflib
import errno
import re
from collections.abc import Iterator
from pathlib import Path as FilePath

from churnsim.base.errors import ScenarioError
from churnsim.scenario.place import Place
from churnsim.scenario.problem import problem_at

BYTES_MAX = 5_000_000

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def text_of(path: FilePath, named_at: Place | None = None) -> str:
    """Contents of a UTF-8 file of at most `BYTES_MAX` bytes.

    Parameters
    ----------
    path : Path
        The file.
    named_at : Place, optional
        Where the file is named, when another file names it (``extends:``).

    Raises
    ------
    ScenarioError
        If there is no such file, or it is a directory, unreadable, too large or not text.
    """
    try:
        with path.open("rb") as file:
            data = file.read(BYTES_MAX + 1)
    except OSError as error:
        raise _refusal(named_at or Place("file", str(path)), *_unreadable(path, error)) from None
    except ValueError:  # a NUL in the name
        raise _refusal(named_at or Place("file"), "this is not a file name", "name a file") from None
    start = Place("file", str(path), 1, 1)
    if len(data) > BYTES_MAX:
        size = f"larger than {BYTES_MAX / 1e6:g} MB"
        remedy = "a scenario is a page of YAML; keep measured data in CSV files beside it"
        raise _refusal(start, f"the file is {size}", remedy)
    return _decoded(data, start)


def _unreadable(path: FilePath, error: OSError) -> tuple[str, str]:
    if error.errno == errno.ENOENT or error.errno == errno.ENOTDIR:
        near = _near(path)
        return f"there is no file {path}", f"did you mean {near}?" if near else "check the name"
    if error.errno == errno.EISDIR:
        inside = next(iter(_files(path, (".yaml", ".yml"))), "scenario.yaml")
        return f"{path} is a directory", f"name a file in it, such as {path / inside}"
    return f"{path} cannot be read ({error.strerror})", "check its name and permissions"


def _near(path: FilePath) -> FilePath | None:
    names = list(_files(path.parent, ("",)))
    stems = {FilePath(name).stem: name for name in reversed(names)}
    close = difflib.get_close_matches(path.name, names, 1) or [
        stems[stem] for stem in difflib.get_close_matches(path.stem, stems, 1)
    ]
    return path.parent / close[0] if close else None


def _files(folder: FilePath, endings: tuple[str, ...]) -> Iterator[str]:
    try:
        yield from sorted(each.name for each in folder.iterdir() if each.name.endswith(endings))
    except OSError:
        return


def _decoded(data: bytes, start: Place) -> str:
    if data.startswith(_UTF16):
        raise _refusal(start, "the file is UTF-16", "save it as UTF-8")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        place = _at(start, data[: error.start].decode("utf-8-sig", "replace"))
        if b"\x00" in data[:1024]:
            raise _refusal(start, "the file is binary, not text", "name a YAML file") from None
        said = f"byte 0x{data[error.start]:02x} is not UTF-8 text"
        raise _refusal(place, said, "save the file as UTF-8") from None
    junk = _CONTROL.search(text)
    if junk is not None:
        place = _at(start, text[: junk.start()])
        said = f"the control character U+{ord(junk.group()):04X} is not text"
        raise _refusal(place, said, "name a YAML file, or delete the character")
    return text


def _at(start: Place, before: str) -> Place:
    line = before.count("\n") + 1
    column = len(before) - (before.rfind("\n") + 1) + 1
    return Place(start.how, start.file, line, column)


def _refusal(place: Place, message: str, remedy: str) -> ScenarioError:
    return ScenarioError([problem_at(place, "file", message, remedy)])
