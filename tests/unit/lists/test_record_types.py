"""Names of record types."""

from __future__ import annotations

import dns.rdatatype
import pytest

from guardian.lists.record_types import RECORD_TYPES, type_number


@pytest.mark.parametrize("name", RECORD_TYPES)
def test_a_name_has_the_number_that_others_give_it(name: str) -> None:
    assert type_number(name.lower()) == dns.rdatatype.from_text(name)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("TYPE65", 65),
        ("type65535", 65535),
        ("TYPE0", None),
        ("TYPE65536", None),
        ("TYPE", None),
        ("X", None),
        ("", None),
    ],
)
def test_a_type_may_be_a_number(text: str, number: int | None) -> None:
    assert type_number(text) == number
