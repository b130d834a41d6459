"""Verdicts as a JUnit document, which every CI system shows."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree

from churnsim.checks.verdict import Verdict


def junit(suite: str, verdicts: Sequence[Verdict], *, seconds: float = 0.0) -> str:
    """The JUnit XML text of one scenario's verdicts.

    Parameters
    ----------
    suite : str
        Name of the suite: the scenario's name.
    verdicts : sequence of Verdict
        One test case each. A broken invariant is a ``failure``; an undecided one is ``skipped``, because CI
        systems know no third outcome and it is not a failure.
    seconds : float
        How long the runs took [s].

    Returns
    -------
    str
        A document with an XML declaration, ending in a newline.
    """
    counts = {
        "tests": len(verdicts),
        "failures": sum(verdict.ruling == "fail" for verdict in verdicts),
        "errors": 0,
        "skipped": sum(verdict.ruling == "inconclusive" for verdict in verdicts),
    }
    attributes = {name: str(count) for name, count in counts.items()} | {"time": f"{seconds:.3f}"}
    root = ElementTree.Element("testsuites", {"name": "churnsim", **attributes})
    parent = ElementTree.SubElement(root, "testsuite", {"name": _clean(suite), **attributes})
    for verdict in verdicts:
        _case(parent, suite, verdict)
    ElementTree.indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ElementTree.tostring(root, encoding="unicode")}\n'


def _case(parent: ElementTree.Element, suite: str, verdict: Verdict) -> None:
    attributes = {"classname": _clean(suite), "name": _clean(verdict.invariant), "time": "0"}
    if verdict.file is not None:
        attributes["file"] = _clean(verdict.file)
    if verdict.line is not None:
        attributes["line"] = str(verdict.line)
    case = ElementTree.SubElement(parent, "testcase", attributes)
    detail = f"{verdict.place}: {verdict.sentence}" if verdict.place else verdict.sentence
    if verdict.ruling == "fail":
        failure = ElementTree.SubElement(
            case, "failure", {"type": "invariant", "message": _clean(verdict.sentence)}
        )
        failure.text = _clean(detail)
    elif verdict.ruling == "inconclusive":
        ElementTree.SubElement(case, "skipped", {"message": _clean(f"inconclusive: {verdict.sentence}")})
    else:
        ElementTree.SubElement(case, "system-out").text = _clean(detail)


def _clean(text: str) -> str:
    """The text without the control characters that XML 1.0 cannot hold, not even escaped."""
    return "".join(c if c in "\t\n\r" or (c >= " " and c not in "\ufffe\uffff") else "\ufffd" for c in text)
