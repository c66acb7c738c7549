"""Safe search: an engine's own filtered name answers in its place, and nothing goes round it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import dns.flags
import dns.rcode
import pytest

from guardian.engine.engine import Engine
from guardian.model import Ask, Reason
from guardian.wire import codes
from guardian.wire.names import to_wire
from tests.unit.engine.world import error, records, said

if TYPE_CHECKING:
    from guardian.engine.generation import Generation
    from tests.unit.engine.conftest import House

T = 1000.0
NAME, TARGET = "www.search.example", "safe.search.example"
SAFE = said(TARGET, "A", f"{TARGET} A 192.0.2.10", f"{TARGET} A 192.0.2.11")
FREE = said(NAME, "A", f"{NAME} A 192.0.2.99")
ALIAS = f"{NAME} 60 CNAME {TARGET}."


def test_a_search_leads_to_the_filtered_name_and_its_addresses(house: House) -> None:
    assert house.asked(NAME, house.teen, now=T).key.name == to_wire(TARGET)
    told = house.hear(NAME, house.teen, SAFE, now=T)
    addresses = [f"{TARGET} 60 A 192.0.2.10", f"{TARGET} 60 A 192.0.2.11"]
    assert (told.rcode(), records(told)[0], error(told)) == (dns.rcode.NOERROR, ALIAS, (4, ""))
    assert sorted(records(told)[1:]) == addresses
    for later in (0, 0, 0, 100, 250):
        assert house.told(NAME, house.teen, now=T + later).to_text() == told.to_text()


def test_addresses_behind_further_aliases_stand_at_the_filtered_name(house: House) -> None:
    safe = said(TARGET, "A", f"{TARGET} CNAME edge.search.example.", "edge.search.example A 192.0.2.10")
    assert records(house.hear(NAME, house.teen, safe, now=T)) == [ALIAS, f"{TARGET} 60 A 192.0.2.10"]


def test_who_has_no_safe_search_gets_the_engine_itself(house: House) -> None:
    assert house.asked(NAME, house.parent, now=T).key.name == to_wire(NAME)
    told = house.hear(NAME, house.parent, FREE, now=T)
    assert (records(told), error(told)) == ([f"{NAME} 60 A 192.0.2.99"], None)


def test_a_parents_answer_and_a_childs_never_mix(house: House) -> None:
    house.hear(NAME, house.parent, FREE, now=T)
    house.hear(NAME, house.teen, SAFE, now=T)
    for _ in range(4):
        assert "192.0.2.99" in house.told(NAME, house.parent, now=T).to_text()
        for client in (house.teen, house.guest):
            assert records(house.told(NAME, client, now=T))[0] == ALIAS


@pytest.mark.parametrize("qtype", [codes.HTTPS, codes.SVCB])
def test_a_service_record_of_the_engine_never_comes_through(house: House, qtype: int) -> None:
    assert house.asked(NAME, house.teen, qtype, now=T).key.name == to_wire(TARGET)
    kind = "HTTPS" if qtype == codes.HTTPS else "SVCB"
    service = said(TARGET, kind, f"{TARGET} {kind} 1 . alpn=h2 ipv4hint=192.0.2.99")
    assert records(house.hear(NAME, house.teen, service, qtype, now=T)) == [ALIAS]
    house.engine.forget(T + 100_000)
    assert records(house.hear(NAME, house.teen, said(TARGET, kind), qtype, now=T)) == [ALIAS]


def test_without_an_ipv6_address_at_the_target_there_is_none_at_all(house: House) -> None:
    free = said(NAME, "AAAA", f"{NAME} AAAA 2001:db8::99")
    house.hear(NAME, house.parent, free, codes.AAAA, now=T)
    told = house.hear(NAME, house.teen, said(TARGET, "AAAA"), codes.AAAA, now=T)
    assert (told.rcode(), records(told), error(told)) == (dns.rcode.NOERROR, [ALIAS], (4, ""))


@pytest.mark.parametrize("reason", [Reason.UPSTREAM_SILENT, Reason.UPSTREAM_FAULTY, Reason.UPSTREAM_SLOW])
def test_where_the_filtered_name_fails_there_is_no_answer_and_never_the_engine(house: House, reason: Reason) -> None:
    house.hear(NAME, house.parent, FREE, now=T)
    reply = house.engine.receive_failure(house.asked(NAME, house.teen, now=T), reason, T)
    assert (reply.rcode, reply.answer, reply.reason) == (codes.SERVFAIL, None, reason)


def test_where_the_filtered_name_is_gone_there_is_no_address(house: House) -> None:
    told = house.hear(NAME, house.teen, said(TARGET, "A", rcode=dns.rcode.NXDOMAIN), now=T)
    assert (told.rcode(), records(told)) == (dns.rcode.NXDOMAIN, [ALIAS])


def test_in_bad_hours_the_older_answer_is_the_filtered_one(house: House) -> None:
    house.hear(NAME, house.teen, SAFE, now=T)
    house.hear(NAME, house.parent, FREE, now=T)
    ask = house.asked(NAME, house.teen, now=T + 400)
    reply = house.engine.receive_failure(ask, Reason.UPSTREAM_SILENT, T + 400)
    assert reply.reason is Reason.SAFE_SEARCH
    assert records(house.told(NAME, house.teen, now=T + 400))[0] == f"{NAME} 30 CNAME {TARGET}."


@pytest.mark.parametrize("qtype", [15, 16, codes.NS, codes.SOA, codes.CNAME, 257])
def test_other_types_are_the_engines_own(house: House, qtype: int) -> None:
    assert house.asked(NAME, house.teen, qtype).key.name == to_wire(NAME)


@pytest.mark.parametrize("name", ["search.example", "x.www.search.example", TARGET])
def test_only_the_very_name_is_rewritten(house: House, name: str) -> None:
    assert house.asked(name, house.teen).key.name == to_wire(name)


def test_a_rewritten_answer_is_never_called_authentic(house: House) -> None:
    signed = said(TARGET, "A", f"{TARGET} A 192.0.2.10", authentic=True)
    packet = bytearray(house.packet(NAME))
    packet[-4:-2] = b"\x80\x00"  # DO
    ask = house.ask(bytes(packet), house.teen, T)
    assert isinstance(ask, Ask)
    message = house.engine.finish(house.engine.receive_answer(ask, signed, T), bytes(packet), T)
    assert not message[3] & dns.flags.AD
    genuine = house.hear(NAME, house.parent, said(NAME, "A", f"{NAME} A 192.0.2.99", authentic=True), now=T)
    assert genuine.answer


def test_the_filtered_name_is_not_judged_for_the_house_itself_chose_it(house: House, generation: Generation) -> None:
    # a list of search engines may hold it, and an allow list may not
    chosen = {to_wire(NAME): to_wire("win.example")}
    strict = replace(generation, rewrites=dict.fromkeys(generation.policies, chosen))
    house = type(house)(Engine(strict))
    answer = said("win.example", "A", "win.example CNAME bet.example.", "bet.example A 192.0.2.10")
    assert len(records(house.hear(NAME, house.teen, answer, now=T))) == 2


def test_the_filtered_name_never_points_into_the_house(house: House) -> None:
    told = house.hear(NAME, house.teen, said(TARGET, "A", f"{TARGET} A 192.168.1.1"), now=T)
    assert (records(told), error(told)) == ([], (15, ""))


def test_a_closed_engine_stays_closed(house: House) -> None:
    assert error(house.told(NAME, house.little)) == (17, "")


def test_what_was_asked_before_safe_search_came_is_not_told_after(house: House, generation: Generation) -> None:
    house = type(house)(Engine(replace(generation, rewrites={})))
    ask = house.asked(NAME, house.teen, now=T)
    house.engine.replace(generation)
    reply = house.engine.receive_answer(ask, FREE, T)
    assert (reply.rcode, reply.answer) == (codes.SERVFAIL, None)
    assert house.asked(NAME, house.teen, now=T).key.name == to_wire(TARGET)
