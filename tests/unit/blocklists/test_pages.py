"""The documents say of categories and public lists what the data says."""

from __future__ import annotations

import pytest

from tests.unit.blocklists.pages import parts, stored

PARTS = parts()


@pytest.mark.parametrize(("document", "part"), PARTS, ids=lambda value: value)
def test_a_document_repeats_the_data(document: str, part: str) -> None:
    assert stored(document, part) == PARTS[document, part], "stale: run python -m tests.unit.blocklists.pages"
