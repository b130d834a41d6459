"""JUnit text: what XML cannot hold, and what it must escape."""

from __future__ import annotations

from xml.etree import ElementTree

from churnsim.checks import Verdict, exit_code, junit


def test_what_xml_cannot_hold_is_replaced() -> None:
    """A control character in a name (YAML allows "\\x07" in quotes) must not make the document unreadable."""
    text = junit("na\x07me", [Verdict("a < b & c", "fail", "broken \x00 here", file="f.yaml", line=3)])
    suite = ElementTree.fromstring(text)[0]
    assert suite.get("name") == "na\ufffdme"
    assert suite[0].get("name") == "a < b & c"


def test_no_verdicts_is_an_empty_suite() -> None:
    """Zero of everything, and still a document."""
    suite = ElementTree.fromstring(junit("empty", []))[0]
    assert (suite.get("tests"), len(suite)) == ("0", 0)


def test_exit_codes_rank_broken_over_undecided_over_kept() -> None:
    """1, 4, 0; nothing to check is all well."""
    kept, broken, undecided = (Verdict("i", ruling, "") for ruling in ("pass", "fail", "inconclusive"))
    assert exit_code([]) == exit_code([kept]) == 0
    assert exit_code([kept, undecided]) == 4
    assert exit_code([undecided, broken, kept]) == 1
