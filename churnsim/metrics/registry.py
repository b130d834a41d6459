"""The measures there are, found by scanning this package and the entry points of others."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Literal, TypeVar, get_args

from churnsim.base.errors import UsageError
from churnsim.base.registry import did_you_mean
from churnsim.metrics.measurement import Durations, Measurement, Peak, Ratio, Scalar
from churnsim.metrics.range import Range

if TYPE_CHECKING:
    from churnsim.trace import Trace

Better = Literal["higher", "lower", "neither"]
Function = Callable[["Trace"], Measurement | Mapping[str, Measurement]]
F = TypeVar("F", bound=Function)

GROUP = "churnsim.measure"


@dataclass(frozen=True, slots=True)
class Measure:
    """A pure function of a trace, with its name, unit and the direction that is better.

    Parameters
    ----------
    name : str
        Dotted and stable, such as ``availability``.
    unit : str
        Such as ``share``, ``s``, ``1/s``, ``USD``, ``1``.
    better : {"higher", "lower", "neither"}
        Which way an improvement goes.
    doc : str
        What it is, in one line.
    parts : str or None
        What the whole is split by, such as ``cause``; None where it is not split.
    function : callable
        Trace to `Measurement`; with `parts`, a mapping from part to `Measurement`, the whole under "".
    possible : Range
        What values it can take, parts included.
    members : tuple of str
        Names of the parts, where they are known beforehand; empty: any may come.
    """

    name: str
    unit: str
    better: Better
    doc: str
    parts: str | None
    function: Function
    possible: Range
    members: tuple[str, ...] = ()

    @property
    def detail(self) -> str:
        """What its docstring says beyond the first line, in one paragraph; empty where that is all."""
        return " ".join((inspect.getdoc(self.function) or "").partition("\n")[2].split())

    @property
    def kind(self) -> type[Measurement] | None:
        """The kind of measurement that its function is annotated to give; None where it does not say one."""
        said = str(self.function.__annotations__.get("return", ""))
        named = [kind for kind in get_args(Measurement) if re.search(rf"\b{kind.__name__}\b", said)]
        return named[0] if len(named) == 1 else None

    def __call__(self, trace: Trace) -> dict[str, Measurement]:
        """Measurements of one run by full name: the whole, and ``name.part`` for every part."""
        result = self.function(trace)
        if isinstance(result, Scalar | Ratio | Durations | Peak):
            return {self.name: result}
        return {f"{self.name}.{part}" if part else self.name: value for part, value in result.items()}


_PARTS_TOLD = 10


class Measures(Mapping[str, Measure]):
    """All registered measures by name, sorted; the first question asked of it does the scanning."""

    def __init__(self, package: str, group: str) -> None:
        self._package = package
        self._group = group
        self._known: dict[str, Measure] = {}
        self._is_scanned = False

    def add(self, measure: Measure) -> None:
        """Register a measure.

        Raises
        ------
        ValueError
            If another function already has the name.
        """
        known = self._known.get(measure.name)
        if known is not None and _place(known.function) != _place(measure.function):
            places = f"{_place(known.function)} and {_place(measure.function)}"
            raise ValueError(f"two measures are called {measure.name!r}: {places}; rename one")
        self._known[measure.name] = measure

    def find(self, name: str) -> Measure:
        """The measure that gives `name`, be it a whole or one of its parts.

        Raises
        ------
        UsageError
            If there is none; names the nearest one.
        """
        self._scan()
        words = name.split(".")
        for length in range(len(words), 0, -1):
            measure = self._known.get(".".join(words[:length]))
            part = ".".join(words[length:])
            if measure is None or (part and measure.parts is None):
                continue
            if not part or not measure.members or part in measure.members:
                return measure
        parts = [f"{each.name}.{part}" for each in self._known.values() for part in each.members]
        meant = did_you_mean(name, [*self._known, *parts])
        hint = f"did you mean {meant!r}?" if meant else f"known: {', '.join(self)}"
        raise UsageError(f"unknown measure {name!r}; {hint}")

    def absence(self, name: str, found: Iterable[str]) -> str:
        """Why no run has a measure that is not among those `found`: nothing is called as its part is.

        Raises
        ------
        UsageError
            As `find`.
        """
        whole = self.find(name).name
        parts = sorted({full[len(whole) + 1 :] for full in found if self.find(full).name == whole} - {""})
        meant = did_you_mean(name[len(whole) + 1 :], parts)
        said = f"no run has {name}"
        if meant is not None:
            return f"{said}; did you mean '{whole}.{meant}'?"
        few = [*parts[:_PARTS_TOLD], "..."] if len(parts) > _PARTS_TOLD else parts
        return f"{said}; {whole} has {'the parts ' + ', '.join(few) if few else 'no parts here'}"

    def __getitem__(self, name: str) -> Measure:
        self._scan()
        return self._known[name]

    def __iter__(self) -> Iterator[str]:
        self._scan()
        return iter(sorted(self._known))

    def __len__(self) -> int:
        self._scan()
        return len(self._known)

    def _scan(self) -> None:
        if self._is_scanned:
            return
        self._is_scanned = True  # before importing: a measure's module may look at MEASURES itself
        try:
            package = importlib.import_module(self._package)
            for module in pkgutil.walk_packages(package.__path__, f"{self._package}."):
                importlib.import_module(module.name)
            for point in entry_points(group=self._group):
                point.load()
        except BaseException:
            self._is_scanned = False  # half a list of measures would look like a whole one
            raise


MEASURES: Measures = Measures("churnsim.metrics", GROUP)


def measure(
    name: str,
    *,
    unit: str,
    better: Better,
    doc: str | None = None,
    parts: str | None = None,
    possible: Range | None = None,
    members: Iterable[str] = (),
) -> Callable[[F], F]:
    """Register the function below as the measure `name`; it stays an ordinary function.

    Parameters
    ----------
    name : str
        Dotted name, such as ``availability``.
    unit : str
        Unit of the value, such as ``share`` or ``s``.
    better : {"higher", "lower", "neither"}
        Which way an improvement goes.
    doc : str, optional
        What it is, in one line; the first line of the function's docstring where not given.
    parts : str, optional
        What the whole is split by. The function then returns a mapping from part to measurement, with the
        whole under ``""``: ``unserved.share`` by ``cause`` gives ``unserved.share.crash`` too.
    possible : Range, optional
        What values it can take; where not given 0 to 1 for the unit ``share``, from 0 on for any other. A
        measure that may be negative must say so. Intervals are kept inside.
    members : iterable of str, optional
        Names of the parts, where they are known beforehand; any other is then unknown.

    Raises
    ------
    ValueError
        If another function has the name, or there is neither `doc` nor a docstring.
    """

    def register(function: F) -> F:
        line = doc or (function.__doc__ or "").strip().partition("\n")[0]
        if not line:
            raise ValueError(f"the measure {name!r} needs a docstring: one line that says what it is")
        reach = possible or Range.of(unit)
        MEASURES.add(Measure(name, unit, better, line, parts, function, reach, tuple(members)))
        return function

    return register


def evaluate(trace: Trace, names: Sequence[str] | None = None) -> dict[str, Measurement]:
    """Every measure of one run, by full name; with `names`, those alone.

    Parameters
    ----------
    trace : Trace
        The run.
    names : sequence of str, optional
        Measures or parts of measures (``unserved.share.crash``); a measure brings all its parts.

    Returns
    -------
    dict of str to Measurement
        Sorted by name of the measure, the whole before its parts.

    Raises
    ------
    UsageError
        If a name is unknown.
    """
    if names is None:
        wanted = list(MEASURES.values())
    else:
        wanted = list({found.name: found for found in map(MEASURES.find, names)}.values())
    taken = {name: value for one in wanted for name, value in one(trace).items()}
    if names is None:
        return taken
    chosen = set(names)
    return {name: value for name, value in taken.items() if {name, MEASURES.find(name).name} & chosen}


def _place(function: Callable[..., object]) -> str:
    return f"{function.__module__}.{getattr(function, '__qualname__', function)}"
