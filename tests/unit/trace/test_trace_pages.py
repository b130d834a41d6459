"""The pages docs/trace.md and docs/laws.md say what the code says."""

from __future__ import annotations

from pathlib import Path

import pytest

from churnsim.trace.document import document, document_laws
from churnsim.trace.law import LAWS

DOCS = Path(__file__).parents[3] / "docs"


@pytest.mark.parametrize(("page", "text"), [("trace.md", document()), ("laws.md", document_laws(LAWS))])
def test_the_page_is_the_one_written_from_the_code(page, text):
    """`python -m churnsim.trace.document` writes it anew."""
    assert (DOCS / page).read_text("utf-8") == text
