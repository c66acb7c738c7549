"""Where an answer leads to: each name on the way counts as asked, on fresh answers and on kept ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import dns.rcode
import pytest

from guardian.engine.engine import Engine
from guardian.wire import codes
from tests.unit.engine.world import error, records, said

if TYPE_CHECKING:
    from guardian.engine.generation import Generation
    from guardian.model import Answer
    from tests.unit.engine.conftest import House

T = 1000.0
CLOAKED = said("news.example", "A", "news.example CNAME x.bet.example.", "x.bet.example A 192.0.2.1")
LONG = said(
    "news.example",
    "A",
    *(f"{'news' if number == 0 else number}.example CNAME {number + 1}.example." for number in range(14)),
    "14.example CNAME win.example.",
    "win.example A 192.0.2.1",
)
SERVICE = said("news.example", "HTTPS", "news.example HTTPS 1 x.bet.example. alpn=h2")
ALIAS = said("news.example", "HTTPS", "news.example HTTPS 0 bet.example.")
SECOND = said("news.example", "SVCB", "news.example SVCB 1 . alpn=h2", "news.example SVCB 2 cdn.win.example. alpn=h2")
BEHIND = said("news.example", "HTTPS", "news.example CNAME a.example.", "a.example HTTPS 1 win.example.")
EMPTY = said("news.example", "AAAA", "news.example CNAME win.example.")
EVERY = [
    pytest.param(CLOAKED, codes.A, id="alias"),
    pytest.param(LONG, codes.A, id="the sixteenth name"),
    pytest.param(SERVICE, codes.HTTPS, id="service"),
    pytest.param(ALIAS, codes.HTTPS, id="service alias"),
    pytest.param(SECOND, codes.SVCB, id="second service"),
    pytest.param(BEHIND, codes.HTTPS, id="service behind an alias"),
    pytest.param(EMPTY, codes.AAAA, id="alias to nothing"),
]


@pytest.mark.parametrize(("answer", "qtype"), EVERY)
def test_a_closed_name_behind_an_open_one_is_empty_and_says_why(house: House, answer: Answer, qtype: int) -> None:
    told = house.hear("news.example", house.teen, answer, qtype, now=T)
    # the name asked has others below it, of which nothing is said
    assert (told.rcode(), records(told), error(told)) == (dns.rcode.NOERROR, [], (17, "gambling"))
    assert [(one.name.to_text(), one.ttl) for one in told.authority] == [("news.example.", 10)]


@pytest.mark.parametrize(("answer", "qtype"), EVERY)
def test_what_a_parent_was_told_never_reaches_a_child_from_the_cache(house: House, answer: Answer, qtype: int) -> None:
    opened = house.hear("news.example", house.parent, answer, qtype, now=T)
    assert len(records(opened)) == answer.counts[0]
    for second in range(4):
        for client in (house.teen, house.guest, house.teen):
            told = house.told("news.example", client, qtype, now=T + second)
            assert (records(told), error(told)) == ([], (17, "gambling"))
        assert records(house.told("news.example", house.parent, qtype, now=T + second)) == records(opened)


def test_a_child_who_asks_first_closes_nothing_to_a_parent(house: House) -> None:
    house.hear("news.example", house.teen, CLOAKED, now=T)
    assert len(records(house.told("news.example", house.parent, now=T))) == 2


def test_what_waits_for_one_answer_is_judged_each_for_itself(house: House) -> None:
    asks = [house.asked("news.example", client, now=T) for client in (house.parent, house.teen)]
    opened, closed = (house.engine.receive_answer(ask, CLOAKED, T) for ask in asks)
    assert opened.answer == CLOAKED
    assert closed.answer is None


def test_malicious_software_behind_a_name_is_closed_to_parents_too(house: House) -> None:
    answer = said("news.example", "A", "news.example CNAME cdn.evil.example.", "cdn.evil.example A 192.0.2.1")
    assert error(house.hear("news.example", house.parent, answer, now=T)) == (15, "malware")
    for client in (house.parent, house.teen, house.guest):
        assert error(house.told("news.example", client, now=T)) == (15, "malware")


@pytest.mark.parametrize("name", ["stories.example", "www.stories.example", "help.bet.example"])
def test_what_is_opened_by_name_opens_with_all_that_it_leads_to(house: House, name: str) -> None:
    answer = said(name, "A", f"{name} CNAME edge.bet.example.", "edge.bet.example A 192.0.2.1")
    house.hear(name, house.parent, answer, now=T)
    for client in (house.little, house.teen, house.guest):
        assert len(records(house.told(name, client, now=T))) == 2


@pytest.mark.parametrize("opener", ["help.bet.example", "stories.example"])
def test_nothing_behind_an_opened_name_is_judged(house: House, opener: str) -> None:
    answer = said(
        "news.example", "A", f"news.example CNAME {opener}.", f"{opener} CNAME win.example.", "win.example A 192.0.2.1"
    )
    assert len(records(house.hear("news.example", house.teen, answer, now=T))) == 3


def test_an_opened_name_does_not_reach_back_to_a_closed_one_before_it(house: House) -> None:
    answer = said(
        "news.example",
        "A",
        "news.example CNAME win.example.",
        "win.example CNAME help.bet.example.",
        "help.bet.example A 192.0.2.1",
    )
    assert error(house.hear("news.example", house.teen, answer, now=T)) == (17, "gambling")


def test_new_rules_judge_the_way_of_a_kept_answer_anew(house: House, stricter: Generation) -> None:
    answer = said("w.example", "A", "w.example CNAME news.example.", "news.example A 192.0.2.1")
    for second in range(4):
        if second == 0:
            house.hear("w.example", house.teen, answer, now=T)
        assert records(house.told("w.example", house.teen, now=T + second))
    house.engine.replace(stricter)
    assert error(house.told("w.example", house.teen, now=T + 5)) == (17, "gambling")


def test_the_youngest_reach_the_printer_by_whatever_alias_the_house_gives_it(house: House) -> None:
    answer = said("print.lan", "A", "print.lan CNAME nas.school.lan.", "nas.school.lan A 192.168.1.7")
    assert len(records(house.hear("print.lan", house.little, answer, now=T))) == 2


def test_the_house_leads_the_youngest_to_no_strangers(house: House) -> None:
    answer = said("print.lan", "A", "print.lan CNAME cloud.example.", "cloud.example A 192.0.2.7")
    assert error(house.hear("print.lan", house.little, answer, now=T)) == (17, "")


def test_a_cloaked_name_of_those_that_go_round_the_filter_has_no_address(
    house: House, without_addresses: Generation
) -> None:
    house = type(house)(Engine(without_addresses))
    around = said("news.example", "A", "news.example CNAME relay.example.", "relay.example A 192.0.2.1")
    told = house.hear("news.example", house.teen, around, now=T)
    assert (told.rcode(), records(told), error(told)) == (dns.rcode.NOERROR, [], (17, "bypass"))
    bets = said("w.example", "A", "w.example CNAME bet.example.", "bet.example A 192.0.2.1")
    assert records(house.hear("w.example", house.teen, bets, now=T)) == ["w.example 10 A 0.0.0.0"]


def test_an_allow_list_opens_no_malicious_software_behind_its_names(house: House) -> None:
    taken_over = said("stories.example", "A", "stories.example CNAME evil.example.", "evil.example A 192.0.2.1")
    told = house.hear("stories.example", house.teen, taken_over, now=T)
    assert (records(told), error(told)) == ([], (15, "malware"))


def test_a_service_that_is_allowed_vouches_for_no_other(house: House) -> None:
    two = said("news.example", "HTTPS", "news.example HTTPS 1 stories.example.", "news.example HTTPS 2 evil.example.")
    assert records(house.hear("news.example", house.teen, two, codes.HTTPS, now=T)) == []


def test_an_allow_list_opens_a_closed_content_network_behind_its_names(house: House) -> None:
    network = said("stories.example", "A", "stories.example CNAME cdn.bet.example.", "cdn.bet.example A 192.0.2.1")
    assert len(records(house.hear("stories.example", house.teen, network, now=T))) == 2
