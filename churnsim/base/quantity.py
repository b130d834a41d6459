"""Numbers that carry a unit: durations, rates, shares, money, sizes and factors as text, SI floats inside.

A bare number is refused wherever a unit is due, zero included. Text is read exactly (as a fraction) and
rounded once, and written so that reading it again gives the same float.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, TypeAlias

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from churnsim.base.errors import refusal

_NUMBER = (
    r"(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?"  # bounded exponent: a fraction of 1e999999 never ends
)
_LENGTH_MAX = 100
_READABLE_MAX = 1e15

_DURATION_UNITS = {
    "w": Fraction(604_800),
    "d": Fraction(86_400),
    "h": Fraction(3_600),
    "min": Fraction(60),
    "m": Fraction(60),
    "s": Fraction(1),
    "ms": Fraction(1, 1_000),
    "us": Fraction(1, 1_000_000),
    "µs": Fraction(1, 1_000_000),
    "ns": Fraction(1, 1_000_000_000),
}
_RATE_UNITS = {"s": 1, "min": 60, "m": 60, "h": 3_600, "d": 86_400}
_SIZE_UNITS = {
    "B": 1,
    **{f"{prefix}iB": 1024**power for power, prefix in enumerate("KMGTP", 1)},
    **{f"{prefix}B": 1000**power for power, prefix in enumerate("kMGTP", 1)},
}


@dataclass(frozen=True)
class Quantity:
    """A kind of number with a unit; as metadata of ``Annotated[float, ...]`` it reads and writes fields.

    Attributes
    ----------
    name : str
        Such as ``duration``.
    unit : str
        Unit of the float inside: ``s``, ``1/s``, ``1``, ``USD``, ``B``.
    read : callable
        Text to float; raises `ValueError`.
    write : callable
        Float to text that `read` turns into the same float.
    pattern : str
        Regular expression (ECMA) of the texts `read` accepts, for editors.
    examples : tuple of str
        Three ways to write one.
    low, high : float
        Bounds, both allowed.
    is_zero_allowed : bool
        Whether 0 itself is allowed.
    """

    name: str
    unit: str
    read: Callable[[str], float]
    write: Callable[[float], str]
    pattern: str
    examples: tuple[str, ...]
    low: float = 0.0
    high: float = math.inf
    is_zero_allowed: bool = True

    def validate(self, value: object) -> float:
        """Float of what a scenario holds; raises a `ValueError` that says what would be right."""
        if not isinstance(value, str):
            raise _unitless(self, value)
        number = self.read(value)
        if number < 0 <= self.low:
            raise refusal(self.name, f"{_a(self.name)} must not be negative (got {value})", self._advice())
        if number == 0 and not self.is_zero_allowed:
            raise refusal(self.name, f"this {self.name} must be more than 0 (got {value})", self._advice())
        if number > self.high:
            most = self.write(self.high)
            raise refusal(self.name, f"{_a(self.name)} is at most {most} (got {value})", self._advice())
        return number

    def _advice(self) -> str:
        return _ways(self.examples)

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        # The number goes on to the schema of float, so that bounds of a field (`gt=0`) hold as well.
        return core_schema.no_info_before_validator_function(
            self.validate,
            handler(source),
            serialization=core_schema.plain_serializer_function_ser_schema(
                lambda value, _info: value if isinstance(value, str) else self.write(value),
                info_arg=True,
                when_used="json",
            ),
        )

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {"type": "string", "pattern": self.pattern, "examples": list(self.examples)}


def parse_duration(text: str) -> float:
    """Duration [s] of a text such as ``90ms``, ``1.5h``, ``1h30m`` or, signed, ``-20ms``.

    Units are ns, us, ms, s, m (or min), h, d, w; several go from large to small.

    Raises
    ------
    ValueError
        If the text is not a finite number with a unit.
    """
    body = _clean("duration", text, _DURATION_EXAMPLES)
    sign = -1 if body.startswith("-") else 1
    rest, total, last = body.lstrip("+-") if body[0] in "+-" else body, Fraction(0), None
    if body[1:2] in ("+", "-") or not rest:
        raise _unreadable("duration", text, _DURATION_EXAMPLES)
    while rest:
        match = re.match(rf"({_NUMBER})\s*([^\W\d]*)\s*", rest)
        if match is None:
            raise _unreadable("duration", text, _DURATION_EXAMPLES)
        number, unit = match.groups()
        if not unit and match.end() < len(rest):
            raise _unreadable("duration", text, _DURATION_EXAMPLES)
        if not unit:
            raise refusal("duration", f"a duration needs a unit (got {text!r})", _ways(_timed(number)))
        if unit not in _DURATION_UNITS:
            raise _unknown_unit("duration", text, unit, "ns, us, ms, s, m, h, d, w")
        if last is not None and _DURATION_UNITS[unit] >= last:
            raise refusal("duration", f"units go from large to small (got {text!r})", "write 1h30m")
        last = _DURATION_UNITS[unit]
        total += Fraction(number) * last
        rest = rest[match.end() :]
    return _float("duration", text, sign * total)


def format_duration(seconds: float) -> str:
    """Text of a duration [s], such as ``1h30m`` or ``90ms``; `parse_duration` gives back the same float.

    Raises
    ------
    ValueError
        If `seconds` is not finite.
    """
    exact = _decimal(seconds)
    if exact < 0:
        return f"-{format_duration(-seconds)}"
    if exact == 0:
        return "0s"
    if exact < 1:
        for unit, power in (("ms", 3), ("us", 6), ("ns", 9)):
            if exact.scaleb(power) >= 1:
                return f"{_plain(exact.scaleb(power))}{unit}"
        return f"{exact.normalize()}s"
    if exact >= Decimal(10) ** 12:
        return f"{_plain(exact)}s" if exact < Decimal(10) ** 17 else f"{exact.normalize()}s"
    text = ""
    for unit, size in (("d", 86_400), ("h", 3_600), ("m", 60)):
        count, exact = divmod(exact, size)
        text += f"{count}{unit}" if count else ""
    return text + (f"{_plain(exact)}s" if exact else "")


def parse_rate(text: str) -> float:
    """Rate [1/s] of a text such as ``2000/s``, ``5/min`` or ``10/h``; raises `ValueError`."""
    body = _clean("rate", text, _RATE_EXAMPLES)
    match = re.fullmatch(rf"(-?{_NUMBER})\s*/\s*([^\W\d]+)", body)
    if match is None:
        raise _unreadable("rate", text, _RATE_EXAMPLES)
    number, unit = match.groups()
    if unit not in _RATE_UNITS:
        raise _unknown_unit("rate", text, unit, "/s, /min, /h, /d")
    return _float("rate", text, Fraction(number) / _RATE_UNITS[unit])


def format_rate(rate: float) -> str:
    """Text of a rate [1/s]; `parse_rate` gives back the same float."""
    others = {unit: rate * _RATE_UNITS[unit] for unit in ("min", "h", "d")}
    return _shortest(
        f"{_plain(_decimal(rate))}/s", {f"/{unit}": number for unit, number in others.items()}, parse_rate
    )


def parse_share(text: str) -> float:
    """Share of a text such as ``25%``, ``1/4`` or ``250‰``; raises `ValueError`."""
    body = _clean("share", text, _SHARE_EXAMPLES)
    if match := re.fullmatch(rf"(-?{_NUMBER})\s*([%‰])", body):
        return _float("share", text, Fraction(match[1]) / (100 if match[2] == "%" else 1000))
    if match := re.fullmatch(r"(-?\d+)\s*/\s*(\d+)", body):
        if int(match[2]) == 0:
            raise refusal("share", f"a share cannot be divided by 0 (got {text!r})", _ways(_SHARE_EXAMPLES))
        return _float("share", text, Fraction(int(match[1]), int(match[2])))
    if re.fullmatch(rf"-?{_NUMBER}", body):
        raise refusal("share", f"a share needs a unit (got {text!r})", _ways(_shared(float(body))))
    raise _unreadable("share", text, _SHARE_EXAMPLES)


def format_share(share: float) -> str:
    """Text of a share in percent; `parse_share` gives back the same float."""
    return f"{_plain(_decimal(share).scaleb(2))}%"


def parse_money(text: str) -> float:
    """Amount [USD] of a text such as ``$0.04``, ``0.04 USD`` or ``4 cents``; raises `ValueError`."""
    body = _clean("amount of money", text, _MONEY_EXAMPLES)
    if match := re.fullmatch(rf"(-?)\$\s*({_NUMBER})|(-?{_NUMBER})\s*(USD|cents?|¢)", body):
        if match[2] is not None:
            return _float("amount of money", text, Fraction(match[1] + match[2]))
        return _float("amount of money", text, Fraction(match[3]) / (1 if match[4] == "USD" else 100))
    raise _unreadable("amount of money", text, _MONEY_EXAMPLES)


def format_money(amount: float) -> str:
    """Text of an amount [USD]; `parse_money` gives back the same float."""
    return f"${_plain(_decimal(amount))}" if amount >= 0 else f"-{format_money(-amount)}"


def parse_size(text: str) -> float:
    """Size [B] of a text such as ``512B``, ``4KiB`` or ``1.5MB``; raises `ValueError`."""
    body = _clean("size", text, _SIZE_EXAMPLES)
    match = re.fullmatch(rf"(-?{_NUMBER})\s*([^\W\d]+)", body)
    if match is None:
        raise _unreadable("size", text, _SIZE_EXAMPLES)
    number, unit = match.groups()
    if unit not in _SIZE_UNITS:
        raise _unknown_unit("size", text, unit, "B, kB, MB, GB, TB, PB, KiB, MiB, GiB, TiB, PiB")
    return _float("size", text, Fraction(number) * _SIZE_UNITS[unit])


def format_size(size: float) -> str:
    """Text of a size [B]; `parse_size` gives back the same float."""
    others = {unit: size / factor for unit, factor in _SIZE_UNITS.items()}
    return _shortest(f"{_plain(_decimal(size))}B", others, parse_size)


def parse_factor(text: str) -> float:
    """Factor of a text such as ``x2``, ``2x`` or ``×0.5``; raises `ValueError`."""
    body = _clean("factor", text, _FACTOR_EXAMPLES)
    match = re.fullmatch(rf"[x×]\s*(-?{_NUMBER})|(-?{_NUMBER})\s*[x×]", body)
    if match is None:
        raise _unreadable("factor", text, _FACTOR_EXAMPLES)
    return _float("factor", text, Fraction(match[1] or match[2]))


def format_factor(factor: float) -> str:
    """Text of a factor, such as ``x2``; `parse_factor` gives back the same float."""
    return f"x{_plain(_decimal(factor))}"


def sort_of(text: str) -> Quantity | None:
    """The sort of quantity that a text is, whatever is due where it stands; None if it is none."""
    for sort in _SORTS:
        try:
            sort.read(text)
        except ValueError:
            continue
        return sort
    return None


_DURATION_EXAMPLES = ("90s", "1.5m", "1m30s")
_RATE_EXAMPLES = ("2000/s", "5/min", "10/h")
_SHARE_EXAMPLES = ("25%", "1/4", "250‰")
_MONEY_EXAMPLES = ("$0.04", "0.04 USD", "4 cents")
_SIZE_EXAMPLES = ("512B", "4KiB", "1.5MB")
_FACTOR_EXAMPLES = ("x2", "x0.5", "x1")

_DURATION_PATTERN = rf"(?:{_NUMBER}\s*(?:w|d|h|min|m|s|ms|us|µs|ns)\s*)+$"
_DURATION = Quantity(
    "duration", "s", parse_duration, format_duration, rf"^\s*\+?{_DURATION_PATTERN}", _DURATION_EXAMPLES
)
_POSITIVE = Quantity(
    "duration",
    "s",
    parse_duration,
    format_duration,
    rf"^\s*\+?{_DURATION_PATTERN}",
    _DURATION_EXAMPLES,
    is_zero_allowed=False,
)
_SIGNED = Quantity(
    "duration",
    "s",
    parse_duration,
    format_duration,
    rf"^\s*[+-]?{_DURATION_PATTERN}",
    ("-20ms", "0s", "1m30s"),
    low=-math.inf,
)
_RATE = Quantity(
    "rate", "1/s", parse_rate, format_rate, rf"^\s*{_NUMBER}\s*/\s*(?:s|min|m|h|d)\s*$", _RATE_EXAMPLES
)
_SHARE = Quantity(
    "share",
    "1",
    parse_share,
    format_share,
    rf"^\s*(?:{_NUMBER}\s*[%‰]|\d+\s*/\s*\d+)\s*$",
    _SHARE_EXAMPLES,
    high=1.0,
)
_MONEY = Quantity(
    "amount of money",
    "USD",
    parse_money,
    format_money,
    rf"^\s*(?:\$\s*{_NUMBER}|{_NUMBER}\s*(?:USD|cents?|¢))\s*$",
    _MONEY_EXAMPLES,
)
_SIZE = Quantity(
    "size", "B", parse_size, format_size, rf"^\s*{_NUMBER}\s*(?:[kMGTP]?B|[KMGTP]iB)\s*$", _SIZE_EXAMPLES
)
_FACTOR = Quantity(
    "factor",
    "x",
    parse_factor,
    format_factor,
    rf"^\s*(?:[x×]\s*{_NUMBER}|{_NUMBER}\s*[x×])\s*$",
    _FACTOR_EXAMPLES,
    is_zero_allowed=False,
)

_SORTS = (_DURATION, _RATE, _SHARE, _MONEY, _SIZE, _FACTOR)

Duration: TypeAlias = Annotated[float, _DURATION]
PositiveDuration: TypeAlias = Annotated[float, _POSITIVE]
SignedDuration: TypeAlias = Annotated[float, _SIGNED]
Rate: TypeAlias = Annotated[float, _RATE]
Share: TypeAlias = Annotated[float, _SHARE]
Money: TypeAlias = Annotated[float, _MONEY]
Size: TypeAlias = Annotated[float, _SIZE]
Factor: TypeAlias = Annotated[float, _FACTOR]


def _clean(name: str, text: str, examples: tuple[str, ...]) -> str:
    body = text.strip()
    if not body or len(body) > _LENGTH_MAX:
        raise _unreadable(name, text[:_LENGTH_MAX], examples)
    if body.lstrip("+-").lower().startswith((".inf", ".nan", "inf", "nan")):
        raise refusal(_rule(name), f"{_a(name)} must be a finite number (got {text!r})", _ways(examples))
    return body


def _float(name: str, text: str, exact: Fraction) -> float:
    try:
        return float(exact)
    except OverflowError:
        raise refusal(
            _rule(name), f"this {name} is too large (got {text!r})", "write a smaller one"
        ) from None


def _unitless(quantity: Quantity, value: object) -> ValueError:
    """What is wrong with a value that is no text, and three ways to write what was probably meant."""
    name, rule, ways = quantity.name, _rule(quantity.name), _ways(quantity.examples)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return refusal(rule, f"{_a(name)} is a number with a unit (got {_shown(value)})", ways)
    if not math.isfinite(value):
        return refusal(rule, f"{_a(name)} must be a finite number (got {value})", ways)
    if value < 0 <= quantity.low:
        return refusal(rule, f"{_a(name)} must not be negative (got {value})", ways)
    number = f"{value:.12g}"
    return refusal(rule, f"{_a(name)} needs a unit (got {number})", _ways(_guesses(quantity, number)))


def _guesses(quantity: Quantity, number: str) -> tuple[str, ...]:
    if quantity.unit == "s":
        return _timed(number)
    if quantity.unit == "1":
        return _shared(float(number))
    if quantity.unit == "USD":
        return f"${number}", f"{number} USD", f"{number} cents"
    if quantity.unit == "x":
        return f"x{number}", f"{number}x", f"×{number}"
    units = ("/s", "/min", "/h") if quantity.unit == "1/s" else ("B", "KiB", "MB")
    return tuple(f"{number}{unit}" for unit in units)


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if value is None:
        return "nothing"
    return "a mapping" if isinstance(value, dict) else f"a {type(value).__name__}"


def _timed(number: str) -> tuple[str, ...]:
    return _DURATION_EXAMPLES if number == "90" else (f"{number}s", f"{number}m", f"{number}h")


def _shared(value: float) -> tuple[str, ...]:
    if not 0 < value < 100:
        return _SHARE_EXAMPLES
    percent = Decimal(f"{value:.12g}") * (100 if value <= 1 else 1)
    ratio = Fraction(percent) / 100
    return (f"{_plain(percent)}%", f"{ratio.numerator}/{ratio.denominator}", f"{_plain(percent * 10)}‰")


def _unknown_unit(name: str, text: str, unit: str, known: str) -> ValueError:
    return refusal(_rule(name), f"unknown unit {unit!r} in {text!r}", f"units are {known}")


def _unreadable(name: str, text: str, examples: tuple[str, ...]) -> ValueError:
    return refusal(_rule(name), f"not {_a(name)}: {text!r}", _ways(examples))


def _a(name: str) -> str:
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


def _rule(name: str) -> str:
    return name.split()[-1]


def _ways(examples: tuple[str, ...]) -> str:
    return f"write {', '.join(examples[:-1])} or {examples[-1]}"


def _decimal(number: float) -> Decimal:
    """Shortest decimal that is read back as the same float."""
    if not math.isfinite(number):
        raise ValueError(f"must be a finite number (got {number})")
    return Decimal(repr(float(number)))


def _shortest(exact: str, others: dict[str, float], read: Callable[[str], float]) -> str:
    """The shortest text that is read as the same float: `exact`, or a readable one in another unit."""
    number, texts = read(exact), [exact]
    for unit, value in others.items():
        text = f"{_plain(Decimal(f'{value:.12g}'))}{unit}"
        if value < _READABLE_MAX and len(text) < len(exact) and read(text) == number:
            texts.append(text)
    return min(texts, key=len)


def _plain(number: Decimal) -> str:
    short = number.normalize()
    return f"{short:f}" if -12 <= short.adjusted() < 21 else f"{short}"
