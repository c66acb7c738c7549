"""The page on the API names every route under who may ask it, and none that is not there."""

from __future__ import annotations

import re
from pathlib import Path

from guardian.web.principals import ROLES, Right
from guardian.web.routes import PREFIX
from guardian.web.table import whole_table

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "api.md").read_text()
NAMED = re.compile(r"`(GET|POST|PUT|PATCH|DELETE) (/[^`]+)`")
HEADINGS = {
    Right.ANYBODY: "whoever asks",
    Right.OWN: "a child's own device",
    Right.HERE: "a child's own device",
    Right.TEACH: "teachers, too",
    Right.SEE: "parents and their programs",
    Right.DECIDE: "parents and their programs",
    Right.ACCOUNT: "who is signed in",
    Right.ADMIT: "who is signed in",
}


def named_under() -> set[tuple[str, str, str]]:
    sections = re.split(r"^## For (.+)$", PAGE, flags=re.MULTILINE)[1:]
    return {
        (heading, method, path)
        for heading, text in zip(sections[::2], sections[1::2], strict=True)
        for method, path in NAMED.findall("\n".join(line for line in text.splitlines() if line.startswith("|")))
    }


def test_the_page_names_every_route_under_who_may_ask_it() -> None:
    there = {
        (HEADINGS[route.right], route.method, route.plain_path().removeprefix(PREFIX))
        for route in whole_table("1").routes
        if route.right is not Right.ADGUARD
    }
    assert named_under() == there


def test_at_most_four_routes_are_answered_to_who_is_not_known() -> None:
    assert sum(route.right is Right.ANYBODY for route in whole_table("1").routes) <= 4


def test_no_adult_has_a_right_that_is_a_devices() -> None:
    assert not {Right.OWN, Right.HERE} & frozenset[Right]().union(*ROLES.values())
