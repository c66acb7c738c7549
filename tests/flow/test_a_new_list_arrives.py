"""In the night a new list comes: judgements change at once, answers stay, and nothing else is forgotten."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from guardian.lists.compiler import Compiler
from guardian.lists.domain_set import DomainSet
from guardian.lists.set_file import ListInfo
from guardian.model import Band, BlockMode, ListKind, Rule
from guardian.policy.bands import BandRules
from guardian.policy.policy import Policy
from guardian.wire.answers import Scribe
from guardian.wire.names import to_wire

if TYPE_CHECKING:
    from guardian.engine.generation import Generation
    from tests.flow.conftest import Home


@pytest.fixture
def tonight(rules: Generation) -> Generation:
    """Return the house by a list of one name, chat.example, that is closed for minors."""
    compiler, output = Compiler(io.BytesIO(), io.BytesIO()), io.BytesIO()
    rule = Rule(to_wire("chat.example"), suffix=True, exact=True, exception=False, important=False, line=1)
    compiler.add(ListInfo("tonight", "Tonight's", ListKind.BLOCK, "social", "tonight.txt"), [rule])
    compiler.write(output)
    domains = DomainSet(memoryview(output.getvalue()))
    closed = {profile: frozenset({"social"} if profile != Band.ADULT else ()) for profile in rules.policies}
    policies = {
        profile: Policy(
            BandRules(Band.MIDDLE, allow_only=False, closed=names, threats=frozenset()), domains.lists, domains.rows()
        )
        for profile, names in closed.items()
    }
    return replace(
        rules,
        domains=domains,
        policies=policies,
        scribe=Scribe(mode=BlockMode.NXDOMAIN, block_ttl=10, topics=["social"]),
    )


def test_a_name_of_the_new_list_closes_at_once_and_an_old_one_opens(home: Home, tonight: Generation) -> None:
    for _ in range(3):
        assert home.ask(home.teen, "chat.example").addresses
        assert home.ask(home.teen, "1xbet.com").rcode == "NXDOMAIN"
    home.engine.replace(tonight)
    told = home.ask(home.teen, "chat.example")
    assert (told.rcode, told.error) == ("NXDOMAIN", (17, "social"))
    assert home.ask(home.teen, "1xbet.com").addresses


def test_answers_are_not_asked_for_again(home: Home, tonight: Generation) -> None:
    home.ask(home.teen, "weather.example")
    home.ask(home.teen, "chat.example")
    home.engine.replace(tonight)
    assert home.ask(home.teen, "weather.example").asked == ()
    told = home.ask(home.parent, "chat.example")
    assert (told.addresses, told.asked) == (["192.0.2.1"], ())
