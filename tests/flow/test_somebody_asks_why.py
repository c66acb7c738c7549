"""A person asks why a name is open or closed, and is told what a device is told."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from guardian.engine.engine import Engine
from guardian.engine.explanation import TITLES, explain, question_of
from guardian.engine.stages import STAGES
from guardian.lists.catalog import read_protected
from guardian.lists.safe_search import read_safe_search
from guardian.model import Answer, Ask, Reply
from guardian.system.paths import blocklists
from guardian.wire.names import to_text, to_wire
from tests.flow.conftest import CONFIG, Home

if TYPE_CHECKING:
    from collections.abc import Callable

    from guardian.engine.explanation import Explanation
    from guardian.engine.generation import Generation

TYPES = (1, 28, 65, 16, 255, 252)
OTHERS = (
    "guardian.home.arpa",
    "printer.home.lan",
    "localhost",
    "nas.local",
    "1.1.168.192.in-addr.arpa",
    "resolver.arpa",
    "use-application-dns.net",
    "mask.icloud.com",
    "dns.google",
    "chess.club.example",
    "play.example",
    "club.example",
    "ads.example",
    "example.org",
    "nothing.example",
    "lojë.example".encode("idna").decode(),
)


def some_names(count: int) -> list[str]:
    """Draw names that lists have, names above and below them, and others; the same ones each time."""
    folder = blocklists()
    found = {line.strip() for path in folder.rglob("*.txt") for line in path.read_text("utf-8").splitlines()}
    names = sorted(name for name in found if name and name.isascii() and not set(name) & set(" #:/*|!$^"))
    chance = random.Random(4)
    listed = chance.sample(names, min(count // 2, len(names)))
    protected = read_protected((folder / "protected.yaml").read_bytes(), "protected.yaml")
    searched = read_safe_search((folder / "safesearch.yaml").read_bytes(), "safesearch.yaml")
    engines = [name for engine in searched.engines.values() for name in engine.names]
    drawn = [*OTHERS, *listed, *(f"www.{name}" for name in listed), *(one.name for one in protected.entries), *engines]
    return drawn[: count - len(OTHERS)] + engines[: len(OTHERS)]


def why(home: Home, device: str, name: str, qtype: int = 1) -> Explanation:
    generation = home.engine.generation
    return explain(question_of(to_wire(name), qtype, device), generation, generation.household.profile_of(device))


def outcome(home: Home, device: str, name: str, qtype: int) -> tuple[str, str, str | None]:
    """Give what the engine makes of the question: the verdict, the reason, and the name asked upstream in its place."""
    query = question_of(to_wire(name), qtype, device)
    found = home.engine.receive_query(query, home.now, "127.0.0.1")
    if isinstance(found, Ask):
        target = None if found.key.name == query.name else to_text(found.key.name)
        gone = Answer(3, authentic=False, truncated=False, counts=(0, 0), body=b"", ttl=0)
        told = home.engine.receive_answer(found, gone, home.now)
        reason = told.reason.name if target else found.verdict.reason.name if found.verdict else ""
        return "allow", reason.lower(), target
    assert isinstance(found, Reply)
    reason = found.reason.name.lower()
    if found.rcode == 5:
        return "refuse", reason, None
    return ("block" if found.verdict is not None and found.verdict.blocked else "house"), reason, None


def test_what_is_told_is_what_the_engine_does_for_hundreds_of_names_and_every_band(home: Home) -> None:
    names = some_names(500)
    assert len(names) == 500
    seen = set()
    for number, name in enumerate(names):
        qtype = TYPES[number % len(TYPES)] if number % 3 == 0 else 1
        for device in home.everyone:
            told = why(home, device, name, qtype)
            assert (told.verdict, told.reason, told.target) == outcome(home, device, name, qtype), (name, device, qtype)
            seen.add((told.verdict, told.reason))
    assert len(seen) >= 9, seen


def test_the_answer_that_is_told_is_the_one_that_is_sent(home: Home) -> None:
    for name in some_names(500):
        told = why(home, home.six, name)
        if told.verdict == "block":
            assert told.answer == {"NXDOMAIN": "NXDOMAIN", "NOERROR": "NODATA"}[home.ask(home.six, name).rcode], name


def test_an_answer_of_zeros_is_told_where_the_settings_want_it(blank_home: Home) -> None:
    assert why(blank_home, blank_home.six, "play.example").answer == "0.0.0.0"
    assert why(blank_home, blank_home.six, "play.example", 28).answer == "::"
    assert why(blank_home, blank_home.six, "play.example", 16).answer == "NODATA"
    assert why(blank_home, blank_home.six, "use-application-dns.net").answer in {"NXDOMAIN", "NODATA"}


def test_every_stage_of_the_walk_has_a_title() -> None:
    assert set(TITLES) == set(STAGES)


@pytest.mark.parametrize(
    ("name", "last"),
    [
        ("guardian.home.arpa", ("guardian itself", "this is its own name")),
        ("printer.home.lan", ("records of this house", "a record of this house")),
        ("nas.local", ("special names", "a special name that never leaves the house")),
        ("play.example", ("verdict", "closed: in a category that this band blocks")),
        (
            "wikipedia.org",
            ("answer", "from memory, else from the upstreams; where its answer leads to is judged as well"),
        ),
    ],
)
def test_the_walk_that_is_told_ends_where_a_stage_decides(home: Home, name: str, last: tuple[str, str]) -> None:
    final = why(home, home.six, name).stages[-1]
    assert (final.stage, final.finding) == last


def test_a_forward_zone_is_told_as_the_one_who_answers(decided: Callable[[str], Generation]) -> None:
    zone = 'forward: [{zone: home.lan, upstream: "udp://192.168.1.1"}]\n'
    house = Home(Engine(decided(CONFIG + zone)))
    assert "the forward zone home.lan" in why(house, house.little, "tv.home.lan").stages[-1].finding
    assert why(house, house.little, "tv.home.lan").verdict == "allow"


def test_safe_search_is_told_with_its_target(home: Home) -> None:
    told = why(home, home.six, "www.google.com")
    assert (told.verdict, told.reason, told.target) == ("allow", "safe_search", "forcesafesearch.google.com")
    assert told.answer == "that of forcesafesearch.google.com"
    assert why(home, home.parent, "www.google.com").target is None
    assert why(home, home.six, "www.google.com", 16).target is None


def test_a_stranger_is_told_to_be_refused(home: Home) -> None:
    told = why(home, home.stranger, "wikipedia.org")
    assert (told.verdict, told.reason, told.answer) == ("refuse", "outsider", "REFUSED")
