"""What a plain YAML word means under the YAML 1.2 core schema."""

from __future__ import annotations

import re

from churnsim.scenario.node import Word

DIGITS_MAX = 300

_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_TRUE = frozenset({"true", "True", "TRUE"})
_FALSE = frozenset({"false", "False", "FALSE"})
_INTEGER = re.compile(r"[-+]?[0-9]+")
_OCTAL = re.compile(r"0o[0-7]+")
_HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_INFINITE = re.compile(r"[-+]?\.(inf|Inf|INF)")
_NAN = frozenset({".nan", ".NaN", ".NAN"})


def meaning(text: str) -> Word:
    """Value of an unquoted word.

    YAML 1.1 read ``off`` as false, ``12:30`` as 750 and ``017`` as 15; version 1.2 reads a word, a
    word and seventeen. Numbers may come out infinite or not-a-number; the caller judges them.

    Raises
    ------
    ValueError
        If a number has more than `DIGITS_MAX` characters.

    Source: YAML 1.2.2, section 10.3.2.
    """
    if text in _NULL:
        return None
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    if text in _NAN:
        return float("nan")
    if _INFINITE.fullmatch(text):
        return float("-inf") if text.startswith("-") else float("inf")
    if not (text[0].isascii() and (text[0].isdigit() or text[0] in "+-.")):
        return text
    return _number(text)


def _number(text: str) -> Word:
    for pattern, base in ((_INTEGER, 10), (_OCTAL, 8), (_HEXADECIMAL, 16)):
        if pattern.fullmatch(text):
            _bound(text)
            return int(text, base)
    if _FLOAT.fullmatch(text):
        _bound(text)
        return float(text)
    return text


def _bound(text: str) -> None:
    if len(text) > DIGITS_MAX:
        raise ValueError(f"a number of {len(text)} characters is too long")
