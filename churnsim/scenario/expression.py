"""A small language of comparisons between values of a scenario, as in ``issuers.mesh.ttl > 2 * horizon``."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from math import isinf
from typing import Any, TypeAlias

from churnsim.scenario.magnitude import Magnitude

Value: TypeAlias = Magnitude | str | bool
Lookup: TypeAlias = Callable[[str], Value]
"""The value at a dotted path; raises `ExpressionError` where there is none to compare."""

LENGTH_MAX = 500
DEPTH_MAX = 50

_TOKEN = re.compile(
    r"\s*(?:"
    r"(?P<word>\$?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?(?:[%‰¢]|[^\W\d_]+(?:\d+(?:\.\d+)?[^\W\d_]+)*)?"
    r"(?:/(?:s|min|m|h|d|\d+)\b)?)"
    r"|'(?P<text>[^']*)'"
    r"|(?P<path>[A-Za-z_][\w-]*(?:\.(?:[\w-]+|\"[^\"]+\"))*)"
    r"|(?P<sign><=|>=|==|!=|[-+*/()<>])"
    r")"
)
_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}


class ExpressionError(ValueError):
    """An expression that means nothing: what is wrong, and what would be right."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(f"{message}; {remedy}")
        self.message = message
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class Expression:
    """A condition as written, and what works it out.

    Parameters
    ----------
    text : str
        As written.
    paths : tuple of str
        The dotted paths it looks up, each once.
    """

    text: str
    paths: tuple[str, ...]
    _evaluate: Callable[[Lookup], Value]

    def holds(self, lookup: Lookup) -> bool:
        """Whether it is true of the values that `lookup` gives.

        Raises
        ------
        ExpressionError
            If it compares what cannot be compared, or is no condition.
        """
        found = self._evaluate(lookup)
        if not isinstance(found, bool):
            raise ExpressionError(
                f"{self.text!r} is {_said(found)}, not a condition", "compare it, as in 'horizon > 1h'"
            )
        return found


def parse_expression(text: str) -> Expression:
    """Expression written in `text`.

    Comparisons (``< <= > >= == !=``) of sums and products of paths, quantities (``1h30m``), numbers and texts
    in single quotes; joined by ``and``, ``or``, ``not``; parentheses. A minus between paths has spaces around
    it, for names may hold one.

    Raises
    ------
    ExpressionError
        With the place in the text, counted from 1.
    """
    if len(text) > LENGTH_MAX:
        raise ExpressionError(
            f"a condition of {len(text)} characters is too long", "write several conditions"
        )
    parser = _Parser(text)
    evaluate = parser.either(0)
    parser.finish()
    return Expression(text, tuple(dict.fromkeys(parser.paths)), evaluate)


_Evaluate = Callable[[Lookup], Value]


class _Parser:
    """Recursive descent; every method returns what works its part out."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._position = 0
        self.paths: list[str] = []
        self._next()

    def either(self, depth: int) -> _Evaluate:
        first = self._both(depth)
        while self._take("or"):
            first = _joined(first, self._both(depth), any, "or")
        return first

    def finish(self) -> None:
        if self._kind is not None:
            raise self._wrong("nothing more is due")

    def _both(self, depth: int) -> _Evaluate:
        first = self._denial(depth)
        while self._take("and"):
            first = _joined(first, self._denial(depth), all, "and")
        return first

    def _denial(self, depth: int) -> _Evaluate:
        if not self._take("not"):
            return self._comparison(depth)
        inner = self._denial(self._deeper(depth))
        return lambda lookup: not _boolean(inner(lookup), "not")

    def _comparison(self, depth: int) -> _Evaluate:
        left = self._sum(depth)
        sign = next((sign for sign in _COMPARISONS if self._take(sign)), None)
        if sign is None:
            return left
        right = self._sum(depth)
        return lambda lookup: _compared(left(lookup), sign, right(lookup))

    def _sum(self, depth: int) -> _Evaluate:
        first = self._product(depth)
        while sign := next((sign for sign in "+-" if self._take(sign)), None):
            first = _calculated(first, sign, self._product(depth))
        return first

    def _product(self, depth: int) -> _Evaluate:
        first = self._atom(depth)
        while sign := next((sign for sign in "*/" if self._take(sign)), None):
            first = _calculated(first, sign, self._atom(depth))
        return first

    def _atom(self, depth: int) -> _Evaluate:
        kind, word, here = self._kind, self._word, self._wrong("a path or a quantity is due")
        if self._take("("):
            inner = self.either(self._deeper(depth))
            if not self._take(")"):
                raise self._wrong("')' is due")
            return inner
        if self._take("-"):
            inner = self._atom(self._deeper(depth))
            return _calculated(lambda lookup: Magnitude(-1.0), "*", inner)
        self._next()
        if kind == "text":
            return lambda lookup: word
        if kind == "path" and word not in ("and", "or", "not"):
            self.paths.append(word)
            return lambda lookup: lookup(word)
        if kind == "word":
            number = float(word) if re.fullmatch(r"[\d.]+(?:[eE][+-]?\d+)?", word) else word
            found = Magnitude.of(number)
            if found is not None:
                return lambda lookup: found
        raise here

    def _deeper(self, depth: int) -> int:
        if depth >= DEPTH_MAX:
            raise ExpressionError(f"a condition nested deeper than {DEPTH_MAX} is too deep", "split it")
        return depth + 1

    def _take(self, word: str) -> bool:
        """Go past `word` if it is next; a text in quotes is never one."""
        if self._word != word or self._kind in (None, "text"):
            return False
        self._next()
        return True

    def _next(self) -> None:
        rest = self._text[self._position :]
        self._start = self._position + len(rest) - len(rest.lstrip())
        found = _TOKEN.match(self._text, self._position)
        if found is None or found.lastgroup is None:
            self._kind, self._word = None, ""
            if rest.strip():
                self._kind = "unknown"
            return
        self._kind, self._word = found.lastgroup, found[found.lastgroup]
        self._start, self._position = found.start(found.lastgroup), found.end()

    def _wrong(self, due: str) -> ExpressionError:
        rest = self._text[self._start :].strip()
        got = f"got {rest[:20]!r}" if rest else "it ends there"
        return ExpressionError(
            f"{due} at character {self._start + 1} of {self._text!r} ({got})",
            "write one such as 'issuers.mesh.ttl > 2 * horizon'",
        )


def _joined(one: _Evaluate, other: _Evaluate, how: Callable[..., bool], word: str) -> _Evaluate:
    # A generator: what the first part decides, the second need not make sense of.
    return lambda lookup: how(_boolean(part(lookup), word) for part in (one, other))


def _calculated(one: _Evaluate, sign: str, other: _Evaluate) -> _Evaluate:
    def evaluate(lookup: Lookup) -> Value:
        left, right = one(lookup), other(lookup)
        if not isinstance(left, Magnitude) or not isinstance(right, Magnitude):
            raise _incompatible(left, sign, right)
        if sign in "+-":
            if left.unit != right.unit:
                raise _incompatible(left, sign, right)
            number = left.number + right.number if sign == "+" else left.number - right.number
            return Magnitude(number, left.sort or right.sort)
        if sign == "/" and right.number == 0:
            raise ExpressionError("nothing can be divided by 0", "compare products instead")
        if sign == "/":
            if left.unit == right.unit:
                return Magnitude(left.number / right.number)
            if right.unit == "1":
                return Magnitude(left.number / right.number, left.sort)
        elif "1" in (left.unit, right.unit):
            return Magnitude(left.number * right.number, left.sort if right.unit == "1" else right.sort)
        elif {left.unit, right.unit} == {"s", "1/s"}:
            return Magnitude(left.number * right.number)
        raise _incompatible(left, sign, right)

    return evaluate


def _compared(left: Value, sign: str, right: Value) -> bool:
    if isinstance(left, Magnitude) and isinstance(right, Magnitude) and left.unit == right.unit:
        return _COMPARISONS[sign](left.number, right.number)
    if type(left) is type(right) and not isinstance(left, Magnitude) and sign in ("==", "!="):
        return _COMPARISONS[sign](left, right)
    raise _incompatible(left, sign, right)


def _boolean(value: Value, word: str) -> bool:
    if not isinstance(value, bool):
        raise ExpressionError(f"'{word}' joins conditions, not {_said(value)}", "compare it with something")
    return value


def _incompatible(left: Value, sign: str, right: Value) -> ExpressionError:
    return ExpressionError(
        f"'{sign}' makes no sense between {_said(left)} and {_said(right)}",
        "both sides need the same kind of unit; a word is written in quotes",
    )


def _said(value: Value) -> str:
    if isinstance(value, Magnitude):
        noun, number = value.name, value.number
        shown = f"{number:.12g}" if value.sort is None or isinf(number) else value.sort.write(number)
        return f"the {noun} {shown}"
    return str(value).lower() if isinstance(value, bool) else f"the word '{value}'"
