"""Links in the project's pages: whatever they point to is there."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import pytest

ROOT = Path(__file__).parents[2]
_FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`[^`\n]*`")
_LINK = re.compile(r"!?\[[^\]]*\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)")
_DEFINITION = re.compile(r"^\[[^\]]+\]:\s*<?(\S+?)>?\s*$", re.MULTILINE)
_ATTRIBUTE = re.compile(r"<(?:img|a|source)\b[^>]*?\b(?:src|srcset|href)=\"([^\"\s]+)\"")
_ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|//", re.IGNORECASE)


def _pages() -> list[Path]:
    """Every Markdown page of the project: not of its environment, its caches or its stored runs."""
    return sorted(
        page
        for page in ROOT.rglob("*.md")
        if not any(part.startswith(".") or part == "node_modules" for part in page.relative_to(ROOT).parts)
    )


def _links(text: str) -> list[str]:
    prose = _FENCE.sub("", text)
    # Code spans hide what only looks like a link, but a link's own text may be code.
    prose = _CODE.sub("code", prose)
    return [link for pattern in (_LINK, _DEFINITION, _ATTRIBUTE) for link in pattern.findall(prose)]


@cache
def _anchors(page: Path) -> frozenset[str]:
    """Anchors of a page's headings, as GitHub writes them; the second of the same name ends with -1."""
    seen: dict[str, int] = {}
    anchors = set()
    for heading in re.findall(
        r"^#{1,6}\s+(.+?)\s*#*$", _FENCE.sub("", page.read_text("utf-8")), re.MULTILINE
    ):
        words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
        slug = re.sub(r"[^\w\- ]", "", words).replace(" ", "-")
        count = seen.get(slug, 0)
        seen[slug] = count + 1
        anchors.add(f"{slug}-{count}" if count else slug)
    return frozenset(anchors)


def _broken(page: Path, link: str) -> str | None:
    """What is wrong with a link of a page, None if nothing is."""
    path, _, anchor = unquote(link).partition("#")
    target = (page.parent / path).resolve() if path else page
    if path.startswith("/") or not target.is_relative_to(ROOT):
        return "leads out of the project"
    if not target.exists():
        return "nothing is there"
    if target.is_file() and target.stat().st_size == 0:
        return "the file is empty"
    if anchor and target.suffix == ".md" and anchor not in _anchors(target):
        return f"no heading {anchor!r}"
    return None


@pytest.mark.parametrize("page", _pages(), ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_relative_link_and_image_of_a_page_resolves(page: Path) -> None:
    """Files, folders, pictures and headings, relative to the page as a reader's browser takes them."""
    here = [link for link in _links(page.read_text("utf-8")) if not _ELSEWHERE.match(link)]
    broken = {link: wrong for link in here if (wrong := _broken(page, link)) is not None}
    assert broken == {}


def test_links_are_found_in_every_form() -> None:
    """Plain, image, titled, by reference and as HTML; not in code."""
    links = '[a](b.md) ![c](d.png "e") [`f`](g.py#h) <img alt="" src="i.svg">\n[j]: k.md\n'
    code = "`[no](l)`\n```\n[no](m)\n```\n"
    assert sorted(_links(links + code)) == ["b.md", "d.png", "g.py#h", "i.svg", "k.md"]


def test_a_broken_link_is_told_from_a_good_one() -> None:
    """The test itself would be no use if everything passed."""
    page = ROOT / "README.md"
    assert _broken(page, "docs/design.md#1-the-question") is None
    assert _broken(page, "docs/design.md#no-such-heading") == "no heading 'no-such-heading'"
    assert _broken(page, "docs/no-such-page.md") == "nothing is there"
    assert _broken(page, "../elsewhere.md") == "leads out of the project"
