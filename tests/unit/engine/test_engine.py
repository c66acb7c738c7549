"""The walk of a query: what is answered at once, what must be asked, and what is kept for whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from guardian.engine import engine as engine_module
from guardian.engine.answers import STALE_SECONDS
from guardian.engine.engine import MAX_ASKERS, Engine
from guardian.model import Answer, Ask, AskKey, Reason, Reply, Verdict
from guardian.wire import codes
from guardian.wire.names import to_wire
from guardian.wire.question import read_query

if TYPE_CHECKING:
    from guardian.engine.generation import Generation
    from tests.unit.engine.conftest import House

T = 1000.0
NOON = Answer(
    codes.NOERROR,
    authentic=False,
    truncated=False,
    counts=(1, 0),
    body=b"\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\xc0\x00\x02\x01",
    ttl=60,
)
GONE = Answer(codes.NXDOMAIN, authentic=False, truncated=False, counts=(0, 0), body=b"", ttl=30)
COOKIE = b"\x00\x0a\x00\x08abcdefgh"


# --- at once ----------------------------------------------------------------------------------------------------------


def test_a_blocked_name_is_answered_without_asking_anyone(house: House) -> None:
    query = read_query(house.packet("www.bet.example"), house.teen)
    verdict = Verdict(blocked=True, reason=Reason.CATEGORY, list_index=2, covers_below=False)
    assert house.engine.receive_query(query, now=T) == Reply(
        query, codes.NOERROR, Reason.CATEGORY, None, verdict, label=1, until=float("inf")
    )


@pytest.mark.parametrize("qtype", [codes.A, codes.AAAA, codes.CNAME, 16, 65, codes.ANY])
def test_a_blocked_name_is_blocked_for_every_type(house: House, qtype: int) -> None:
    reply = house.ask(house.packet("win.example", qtype), house.teen)
    assert isinstance(reply, Reply)
    assert reply.reason is Reason.CATEGORY


def test_a_name_in_any_letter_case_is_the_same_name(house: House) -> None:
    reply = house.ask(house.packet("WwW.bEt.ExAmPlE"), house.teen)
    assert isinstance(reply, Reply)
    assert reply.verdict is not None


def test_a_threat_is_answered_as_a_threat_to_everyone(house: House) -> None:
    for client in (house.little, house.teen, house.parent, house.guest):
        reply = house.ask(house.packet("evil.example"), client)
        assert isinstance(reply, Reply)
        assert reply.reason is Reason.THREAT


def test_what_only_an_upstream_knows_is_asked(house: House) -> None:
    query = read_query(house.packet("News.example"), house.teen)
    key = AskKey(to_wire("news.example"), codes.A, codes.IN, dnssec_ok=False, checking_disabled=False, group=0)
    asked = house.engine.receive_query(query, now=T)
    assert isinstance(asked, Ask)
    assert (asked.key, asked.query, asked.patience) == (key, query, 0.0)


def test_questions_that_differ_only_in_case_and_asker_ask_the_same(house: House) -> None:
    asks = [
        house.ask(house.packet("news.example", identity=1), house.teen),
        house.ask(house.packet("NEWS.example", identity=2, options=None), house.parent),
    ]
    assert len({ask.key for ask in asks if isinstance(ask, Ask)}) == 1


@pytest.mark.parametrize(("flags", "group"), [(0x0110, "cd"), (0x8000, "do")])
def test_dnssec_bits_make_another_question(house: House, flags: int, group: str) -> None:
    packet = bytearray(house.packet("news.example"))
    place = 2 if group == "cd" else len(packet) - 4
    packet[place : place + 2] = flags.to_bytes(2, "big")
    ask = house.ask(bytes(packet), house.teen)
    assert isinstance(ask, Ask)
    assert (ask.key.checking_disabled, ask.key.dnssec_ok) == (group == "cd", group == "do")


@pytest.mark.parametrize(
    ("name", "group"),
    [("lan", 1), ("nas.lan", 1), ("school.lan", 2), ("a.b.school.lan", 2), ("my.notlan", 0), ("lan.example", 0)],
)
def test_a_name_of_a_forward_zone_goes_to_that_zones_upstream(house: House, name: str, group: int) -> None:
    ask = house.ask(house.packet(name), house.teen)
    assert isinstance(ask, Ask)
    assert ask.key.group == group


def test_a_record_of_this_house_is_answered_by_the_house(house: House) -> None:
    reply = house.ask(house.packet("printer.home"), house.little)
    assert isinstance(reply, Reply)
    assert (reply.rcode, reply.reason) == (codes.NOERROR, Reason.LOCAL_RECORD)
    assert reply.answer is not None
    assert reply.answer.body.endswith(bytes((192, 168, 1, 9)))


@pytest.mark.parametrize("qtype", [codes.AAAA, 16, 65])
def test_another_type_of_a_record_of_this_house_is_empty_and_not_gone(house: House, qtype: int) -> None:
    reply = house.ask(house.packet("printer.home", qtype), house.teen)
    assert isinstance(reply, Reply)
    assert (reply.rcode, reply.reason) == (codes.NOERROR, Reason.LOCAL_RECORD)
    assert reply.answer is not None
    assert reply.answer.counts == (0, 1)


def test_a_name_below_a_record_of_this_house_is_none_of_it(house: House) -> None:
    assert isinstance(house.ask(house.packet("x.printer.home"), house.teen), Ask)


@pytest.mark.parametrize(
    ("qtype", "qclass"), [(16, 3), (codes.A, 3), (codes.A, 255), (codes.AXFR, 1), (codes.IXFR, 1), (codes.AXFR, 3)]
)
@pytest.mark.parametrize("name", ["version.bind", "printer.home", "win.example"])
def test_other_classes_and_zone_transfers_are_refused(house: House, name: str, qtype: int, qclass: int) -> None:
    reply = house.ask(house.packet(name, qtype, qclass=qclass), house.teen)
    assert isinstance(reply, Reply)
    assert (reply.rcode, reply.reason, reply.answer) == (codes.REFUSED, Reason.NOT_SERVED, None)


@pytest.mark.parametrize("name", ["news.example", "win.example", "printer.home", "evil.example", "."])
@pytest.mark.parametrize("options", [b"", None, COOKIE])
def test_an_outsider_is_refused_with_no_more_octets_than_it_sent(
    house: House, name: str, options: bytes | None
) -> None:
    packet = house.packet(name, options=options)
    message = house.listen(packet, house.outsider)
    assert isinstance(message, bytes)
    assert (message[:2], message[3] & 0xF, message[10:12]) == (packet[:2], codes.REFUSED, b"\0\0")
    assert len(message) <= len(packet)
    assert not house.engine.admits(house.outsider, T)
    assert house.engine.replay(packet, house.outsider, 0.0) is None


def test_a_failure_is_told_and_never_kept_ready(house: House) -> None:
    packet = house.packet("news.example")
    for start in (T, T + 5, T + 10):
        ask = house.ask(packet, house.teen, start)
        assert isinstance(ask, Ask)
        reply = house.engine.receive_failure(ask, Reason.UPSTREAM_SILENT, start)
        assert (reply.rcode, reply.reason) == (codes.SERVFAIL, Reason.UPSTREAM_SILENT)
        for _ in range(3):
            house.engine.finish(reply, packet, start)
    assert house.engine.replay(packet, house.teen, T + 10) is None


# --- answers kept -----------------------------------------------------------------------------------------------------


def test_an_answer_is_kept_for_everyone_until_its_second(house: House) -> None:
    house.resolve(house.packet("news.example"), house.parent, NOON, T)
    query = read_query(house.packet("news.example"), house.teen)
    for now in (T, T + 53.999):
        # in its last tenth it is renewed, so no reply is kept ready for longer
        assert house.engine.receive_query(query, now) == Reply(query, codes.NOERROR, Reason.DEFAULT, NOON, until=T + 54)
    late = house.engine.receive_query(query, T + 59.999)
    assert isinstance(late, Reply)
    assert (late.rcode, late.answer) == (codes.NOERROR, NOON)
    assert isinstance(house.engine.receive_query(query, T + 60), Ask)


def test_a_denial_is_kept_as_long_as_it_says(house: House) -> None:
    house.resolve(house.packet("nothing.example"), house.teen, GONE, T)
    reply = house.ask(house.packet("nothing.example"), house.parent, T + 29)
    assert isinstance(reply, Reply)
    assert (reply.rcode, reply.answer) == (codes.NXDOMAIN, GONE)
    assert isinstance(house.ask(house.packet("nothing.example"), house.parent, T + 30), Ask)


def test_an_answer_without_time_is_given_and_not_kept(house: House) -> None:
    packet = house.packet("now.example")
    for _ in range(3):
        message = house.resolve(packet, house.teen, NOON._replace(ttl=0), T)
        assert message.endswith(NOON.body + b"\0" + bytes.fromhex("002904d0000000000000"))
    assert isinstance(house.ask(packet, house.teen, T), Ask)
    assert house.engine.replay(packet, house.teen, T) is None
    assert len(house.engine._answers._kept) == 0


def test_many_who_wait_for_one_answer_do_not_lengthen_it(house: House) -> None:
    packet = house.packet("news.example")
    asks = [house.ask(packet, client, T) for client in (house.teen, house.parent, house.guest)]
    for later, ask in enumerate(asks):
        assert isinstance(ask, Ask)
        assert house.engine.receive_answer(ask, NOON, T + later).answer == NOON
    assert isinstance(house.ask(packet, house.teen, T + 59.999), Reply)
    assert isinstance(house.ask(packet, house.teen, T + 60), Ask)


def test_what_a_parent_asked_is_not_told_to_the_little_one(house: House) -> None:
    house.resolve(house.packet("bet.example"), house.parent, NOON, T)
    for client, reason in ((house.teen, Reason.CATEGORY), (house.little, Reason.CATEGORY)):
        reply = house.ask(house.packet("bet.example"), client, T)
        assert isinstance(reply, Reply)
        assert reply.reason is reason
    house.resolve(house.packet("news.example"), house.parent, NOON, T)
    reply = house.ask(house.packet("news.example"), house.little, T)
    assert isinstance(reply, Reply)
    assert (reply.reason, reply.answer) == (Reason.NOT_ON_ALLOW_LIST, None)


def test_an_answer_that_comes_after_the_rules_have_changed_is_judged_by_the_new_ones(
    house: House, stricter: Generation
) -> None:
    ask = house.ask(house.packet("news.example"), house.teen, T)
    assert isinstance(ask, Ask)
    house.engine.replace(stricter)
    assert house.engine.receive_answer(ask, NOON, T).reason is Reason.CATEGORY


# --- replies kept ready -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["win.example", "news.example", "printer.home", "help.bet.example"])
@pytest.mark.parametrize("options", [b"", None])
def test_the_same_packet_gets_the_same_octets_under_its_own_id(house: House, name: str, options: bytes | None) -> None:
    first = house.listen(house.packet(name, options=options), house.teen, T)
    if isinstance(first, Ask):
        first = house.resolve(house.packet(name, options=options), house.teen, NOON, T)
    for identity in (8, 9, 0, 65_535):
        message = house.listen(house.packet(name, options=options, identity=identity), house.teen, T + 1)
        assert message == identity.to_bytes(2, "big") + first[2:]
    assert house.engine.replay(house.packet(name, options=options), house.teen, T + 1) == first


def test_a_ready_reply_ends_with_the_answer_it_holds(house: House) -> None:
    packet = house.packet("news.example")
    house.resolve(packet, house.teen, NOON, T)
    for _ in range(3):
        house.listen(packet, house.teen, T)
    assert house.engine.replay(packet, house.teen, T + 53.999) is not None
    assert house.engine.replay(packet, house.teen, T + 54) is None
    assert isinstance(house.listen(packet, house.teen, T + 60), Ask)


def test_a_ready_reply_of_one_band_never_reaches_another(house: House) -> None:
    packet = house.packet("win.example")
    house.resolve(packet, house.parent, NOON, T)
    opened = [house.listen(packet, house.parent, T) for _ in range(3)]
    closed = [house.listen(packet, house.teen, T) for _ in range(3)]
    assert len(set(opened)) == len(set(closed)) == 1
    assert opened[0] != closed[0]
    assert house.engine.replay(packet, house.parent, T) == opened[0]
    assert house.engine.replay(packet, house.teen, T) == closed[0]
    assert house.engine.replay(packet, house.little, T) is None
    assert house.engine.replay(packet, house.guest, T) is None


def test_children_of_one_band_share_their_ready_replies(house: House) -> None:
    packet = house.packet("win.example")
    replies = [house.listen(packet, client, T) for client in ("10.0.0.1", "10.0.0.2", "fd00::3", "10.0.0.1")]
    assert len(set(replies)) == 1
    assert len(house.engine._replays) == 1


@pytest.mark.parametrize("options", [COOKIE, b"\x00\x0c\x00\x04\0\0\0\0", b"\x00\x08\x00\x04\x00\x01\x00\x00"])
def test_a_packet_with_options_of_its_own_is_read_each_time(house: House, options: bytes) -> None:
    packet = house.packet("win.example", options=options)
    for _ in range(4):
        house.listen(packet, house.teen, T)
    assert house.engine.replay(packet, house.teen, T) is None
    assert len(house.engine._replays) == 0


def test_new_rules_forget_every_judgement_and_keep_the_answers(house: House, stricter: Generation) -> None:
    for name in ("news.example", "win.example", "weather.example"):
        packet = house.packet(name)
        if isinstance(house.listen(packet, house.teen, T), Ask):
            house.resolve(packet, house.teen, NOON, T)
        for _ in range(3):
            house.listen(packet, house.teen, T)
        assert house.engine.replay(packet, house.teen, T) is not None
    house.engine.replace(stricter)
    assert house.engine.generation is stricter
    for name in ("news.example", "win.example", "weather.example"):
        assert house.engine.replay(house.packet(name), house.teen, T) is None
    closed = house.ask(house.packet("news.example"), house.teen, T)
    opened = house.ask(house.packet("weather.example"), house.teen, T)
    assert isinstance(closed, Reply)
    assert isinstance(opened, Reply)
    assert closed.reason is Reason.CATEGORY
    assert opened.answer == NOON


# --- forgetting -------------------------------------------------------------------------------------------------------


def test_what_is_over_leaves_no_name_and_no_address_in_memory(house: House) -> None:
    for name in ("news.example", "win.example"):
        packet = house.packet(name)
        if isinstance(house.listen(packet, house.teen, T), Ask):
            house.resolve(packet, house.teen, NOON, T)
        for _ in range(3):
            house.listen(packet, house.teen, T)
    assert (len(house.engine._answers._kept), len(house.engine._replays)) == (1, 2)
    house.engine.forget(T + 59)
    assert isinstance(house.ask(house.packet("news.example"), house.teen, T + 59), Reply)
    house.engine.forget(T + 60 + STALE_SECONDS)
    kept = (house.engine._answers._kept, house.engine._replays, house.engine._accounts)
    assert [len(table) for table in kept] == [0, 0, 0]
    assert not any(house.engine._seen)


def test_what_was_forgotten_is_answered_again_as_before(house: House) -> None:
    packet = house.packet("win.example")
    before = [house.listen(packet, house.teen, T) for _ in range(3)]
    house.engine.forget(T + 3600)
    after = [house.listen(packet, house.teen, T + 3600) for _ in range(3)]
    assert set(before) == set(after)


# --- bounds -----------------------------------------------------------------------------------------------------------


def test_no_table_grows_beyond_its_bound_however_much_is_asked(generation: Generation, house: House) -> None:
    engine = Engine(generation, cache_entries=10, replay_entries=6)
    small = type(house)(engine)
    for number in range(400):
        packet = house.packet(f"{number}.example")
        if isinstance(small.listen(packet, house.teen, T), Ask):
            small.resolve(packet, house.teen, NOON, T)
        for _ in range(2):
            small.listen(packet, house.teen, T)
        assert len(engine._answers._kept) <= 10
        assert len(engine._replays) <= 6
    assert len(engine._replays) > 0


def test_askers_without_end_fill_no_table(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    assert MAX_ASKERS <= 65_536
    monkeypatch.setattr(engine_module, "MAX_ASKERS", 16)
    for number in range(200):
        assert house.engine.admits(f"fd00::{number:x}", T)
        assert not house.engine.admits(f"2001:db8::{number:x}", T)
        assert len(house.engine._accounts) <= 16
    assert house.engine.admits("fd00::1", T)
    assert house.engine.admits("fd00::1%eth0", T)
