"""One line of an unbound configuration at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from guardian.lists.hostname import Refusal
from guardian.lists.objection import Objection
from guardian.lists.unbound import BLOCKING, PASSING, TRANSPARENT
from guardian.model import Format

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize("name", ['"a.example."', '"A.example"', "a.example.", "a.example", "'a.example'"])
@pytest.mark.parametrize("kind", sorted(BLOCKING))
def test_a_zone_that_is_not_asked_about_is_blocked_with_all_below(
    told: Callable[..., list[str]], name: str, kind: bytes
) -> None:
    assert told(f"local-zone: {name} {kind.decode()}", Format.UNBOUND) == ["block a.example and below"]


@pytest.mark.parametrize("kind", sorted(TRANSPARENT))
def test_a_transparent_zone_is_an_exception(told: Callable[..., list[str]], kind: bytes) -> None:
    assert told(f'local-zone: "a.example" {kind.decode()}', Format.UNBOUND) == ["open a.example and below"]


@pytest.mark.parametrize("kind", sorted(PASSING))
def test_a_zone_that_changes_no_answer_is_ignored(told: Callable[..., list[str]], kind: bytes) -> None:
    assert told(f'local-zone: "a.example" {kind.decode()}', Format.UNBOUND) == ["1 ignored"]


@pytest.mark.parametrize(
    ("line", "meaning"),
    [
        ("server:", []),
        ("# local-zone: a.example static", []),
        ('\tlocal-zone: "a.example" static # why', ["block a.example and below"]),
        ('local-zone: "ä.example" static', ["block xn--4ca.example and below"]),
        ('local-zone: "a.example1" static', ["block a.example1 and below"]),
        ('local-zone: "a.example" block_a', ["block a.example and below types=[1]"]),
        ('local-data: "a.example A 0.0.0.0"', ["block a.example"]),
        ("local-data: 'a.example. 3600 IN AAAA ::'", ["block a.example"]),
        ('local-data: "a.example IN 60 CNAME b.example"', ["block a.example"]),
        ('local-data: "a.example TXT x"', ["1 ignored"]),
        ('local-data-ptr: "192.0.2.1 a.example"', ["1 ignored"]),
        ("access-control: 192.0.2.0/24 allow", ["1 ignored"]),
        ('local-zone: "localhost." static', ["1 local name"]),
        ('local-zone: "192.0.2.1" static', ["1 address"]),
        ('local-zone: "com." static', [f"1: {Refusal.SINGLE_LABEL}"]),
        ('local-zone: "192.0.2.0/24" static', [f"1: {Refusal.WEB_ADDRESS}"]),
        ('local-zone: "*.a.example" static', [f"1: {Refusal.STAR}"]),
        ('local-zone: "a.example" sometimes', [f"1: {Objection.NOT_UNBOUND}"]),
        ('local-zone: "a.example"', [f"1: {Objection.NOT_UNBOUND}"]),
        ('local-data: "a.example"', [f"1: {Objection.NOT_UNBOUND}"]),
        ("a.example", [f"1: {Objection.NOT_UNBOUND}"]),
    ],
)
def test_what_a_line_means(told: Callable[..., list[str]], line: str, meaning: list[str]) -> None:
    assert told(line, Format.UNBOUND) == meaning
