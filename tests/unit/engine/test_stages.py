"""The stages of a query, each by itself and in their order."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address
from typing import TYPE_CHECKING

from guardian.engine.engine import Engine
from guardian.engine.stages import STAGES, block, rule
from guardian.model import Ask, Asker, Reason, Reply
from guardian.wire.names import to_wire
from guardian.wire.own import own_answers
from guardian.wire.question import read_query

if TYPE_CHECKING:
    from guardian.engine.generation import Generation
    from tests.unit.engine.conftest import House


def test_a_stage_with_nothing_to_say_lets_the_query_go_on(house: House, generation: Generation) -> None:
    query = read_query(house.packet("news.example"), house.teen)
    ruling = rule(query, generation.policies["13-15"], generation, Asker(query.client))
    for stage in STAGES:
        assert stage(query, ruling, generation) is None


def test_what_the_operator_wrote_stands_before_what_a_list_says(house: House, generation: Generation) -> None:
    name = to_wire("win.example")
    written = replace(generation, records={name: own_answers(name, [ip_address("192.168.1.9")])})
    reply = type(house)(Engine(written)).ask(house.packet("win.example"), house.teen)
    assert isinstance(reply, Reply)
    assert reply.reason is Reason.LOCAL_RECORD


def test_a_block_says_from_which_label_on_it_holds(house: House, generation: Generation) -> None:
    for name, label in (("win.example", 0), ("a.b.win.example", 2)):
        query = read_query(house.packet(name), house.teen)
        reply = block(query, rule(query, generation.policies["13-15"], generation, Asker(query.client)), generation)
        assert reply is not None
        assert reply.label == label


def test_a_closed_name_of_no_list_is_closed_by_itself_alone(house: House, generation: Generation) -> None:
    for name in ("news.example", "a.b.news.example", "example", "."):
        query = read_query(house.packet(name), house.little)
        reply = block(query, rule(query, generation.policies["0-5"], generation, Asker(query.client)), generation)
        assert reply is not None
        assert (reply.reason, reply.label) == (Reason.NOT_ON_ALLOW_LIST, 0)
        assert reply.verdict is not None
        assert not reply.verdict.covers_below


def test_the_root_is_asked_like_any_other_name(house: House) -> None:
    assert isinstance(house.ask(house.packet(".", 2), house.teen), Ask)
