"""Everything churnsim can refuse, with the exit code it ends a command with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from pydantic_core import InitErrorDetails, PydanticCustomError, ValidationError


class ChurnsimError(Exception):
    """Base of all errors churnsim raises on purpose."""

    exit_code: ClassVar[int] = 1


@dataclass(frozen=True)
class Problem:
    """One mistake in what a user wrote.

    Attributes
    ----------
    message : str
        What is wrong, with the value that was found.
    rule : str or None
        Short stable name of the rule that was broken, such as ``missing`` or ``duration``.
    remedy : str or None
        What would be right.
    path : tuple of str or int
        Keys and list positions (from 0) that lead to the value.
    file : str or None
        File as the user named it.
    line, column : int or None
        Position, from 1.
    """

    message: str
    rule: str | None = None
    remedy: str | None = None
    path: tuple[str | int, ...] = ()
    file: str | None = None
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        """``file:line:column: message; remedy [dotted.path]``, without the parts that are None."""
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)
        text = self.message if self.remedy is None else f"{self.message}; {self.remedy}"
        text = f"{place}: {text}" if place else text
        return f"{text} [{'.'.join(map(str, self.path))}]" if self.path else text


class ScenarioError(ChurnsimError):
    """A scenario is wrong; carries all its mistakes at once.

    Parameters
    ----------
    problems : iterable of Problem
        In the order they should be shown.
    """

    exit_code: ClassVar[int] = 2

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__(self.problems)

    def __reduce__(self) -> tuple[type[ScenarioError], tuple[tuple[Problem, ...]]]:
        return type(self), (self.problems,)

    def __str__(self) -> str:
        count = len(self.problems)
        return "\n".join([*map(str, self.problems), f"{count} problem{'' if count == 1 else 's'}"])


class LawBroken(ChurnsimError):
    """A law that holds in every run does not hold: a bug in churnsim, never a result.

    Parameters
    ----------
    law : str
        Number of the law (``L07``).
    message : str
        What was found.
    time : float or None
        Simulation time [s].
    entity : str or None
        Whom it concerns, such as ``web/3``.
    """

    def __init__(self, law: str, message: str, time: float | None = None, entity: str | None = None) -> None:
        super().__init__(law, message, time, entity)
        self.law = law
        self.message = message
        self.time = time
        self.entity = entity

    def __str__(self) -> str:
        when = "" if self.time is None else f" at t = {self.time:.9g} s"
        whom = "" if self.entity is None else f" for {self.entity}"
        return f"law {self.law} is broken{when}{whom}: {self.message}; this is a bug in churnsim"


class StoreError(ChurnsimError):
    """Results cannot be written or read, or some of them are missing."""

    exit_code: ClassVar[int] = 3


class UsageError(ChurnsimError):
    """A command or a call was asked for something that does not exist or does not fit together."""

    exit_code: ClassVar[int] = 2


def refusal(rule: str, message: str, remedy: str) -> PydanticCustomError:
    """Error (a `ValueError`) for a validator to raise; message and remedy stay apart in its ``ctx``.

    Parameters
    ----------
    rule : str
        Becomes the ``type`` of the pydantic error.
    message : str
        What is wrong, with the value.
    remedy : str
        What would be right.
    """
    # Its type is LiteralString to keep user text out of templates; ours arrives through the context.
    return PydanticCustomError(rule, "{message}; {remedy}", {"message": message, "remedy": remedy})


def located(error: PydanticCustomError, *loc: str | int, value: object = None) -> ValidationError:
    """Wrap an error so that its ``loc`` goes on with `loc` below the value being validated."""
    return all_located([error], *loc, value=value)


def all_located(
    errors: Iterable[PydanticCustomError], *loc: str | int, value: object = None
) -> ValidationError:
    """Wrap errors about one value, so that they are told at once, as `located` wraps one."""
    details = [InitErrorDetails(type=error, loc=loc, input=value) for error in errors]
    return ValidationError.from_exception_data("refused", details)
