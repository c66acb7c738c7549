"""Nobody closes a helpline, whoever they are."""

from __future__ import annotations

import pytest

from guardian.errors import DecisionError
from guardian.family.protection import refuse_protected

TEXT = b"""
schema: 1
entries:
  - name: alo116.al
    class: 1
    reason: {sq: "Ndihm\xc3\xab.", en: "Help for children."}
    source: "own knowledge"
    verified: null
    needs: [chat.example]
    reviewers: []
"""


@pytest.mark.parametrize("typed", ["alo116.al", "www.alo116.al", "https://ALO116.al/chat", "chat.example"])
def test_a_helpline_and_what_it_needs_are_not_closed(typed: str) -> None:
    with pytest.raises(DecisionError, match=r"is protected, so nobody closes it: Help for children\."):
        refuse_protected(typed, TEXT, "protected.yaml")


@pytest.mark.parametrize("typed", ["o116.al", "alo116.al.example", "xalo116.al", "other.example", "own.knowledge"])
def test_what_only_looks_like_a_helpline_is_closed(typed: str) -> None:
    refuse_protected(typed, TEXT, "protected.yaml")
