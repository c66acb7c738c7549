"""Bad hours: an older answer is better than none, a failure is not asked again at once, and renewal comes in time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import dns.message
import dns.rcode
import pytest

from guardian.engine.answers import FAILURE_SECONDS, STALE_SECONDS
from guardian.engine.engine import PATIENCE, STALE_TTL
from guardian.model import Ask, Reason, Reply
from guardian.wire import codes
from tests.unit.engine.conftest import answer
from tests.unit.engine.world import error, records, said

if TYPE_CHECKING:
    from guardian.model import Answer
    from tests.unit.engine.conftest import House

T = 1000.0
DAY = 86_400.0
NEWS = said("news.example", "A", "news.example A 192.0.2.1")
NEWER = said("news.example", "A", "news.example A 192.0.2.2")
GONE = said("news.example", "A", rcode=dns.rcode.NXDOMAIN)
EMPTY = said("news.example", "AAAA")
REAL = [Reason.UPSTREAM_SILENT, Reason.UPSTREAM_FAULTY]


def fail(house: House, reason: Reason, *, now: float, client: str = "") -> dns.message.Message:
    """Ask what must lead to an Ask, and let the upstream fail at it."""
    packet = house.packet("news.example")
    ask = house.ask(packet, client or house.teen, now)
    assert isinstance(ask, Ask)
    return dns.message.from_wire(house.engine.finish(house.engine.receive_failure(ask, reason, now), packet, now))


# --- an older answer --------------------------------------------------------------------------------------------------


def test_where_an_older_answer_is_at_hand_nobody_waits_long(house: House) -> None:
    assert house.asked("news.example", house.teen, now=T).patience == 0
    house.hear("news.example", house.teen, NEWS, now=T)
    ask = house.asked("news.example", house.parent, now=T + NEWS.ttl)
    assert ask.patience == PATIENCE
    # RFC 8767 section 5 has 1.8 seconds
    assert 0 < PATIENCE < 1.8


@pytest.mark.parametrize("reason", [Reason.UPSTREAM_SLOW, *REAL])
@pytest.mark.parametrize("later", [300.0, 3600.0, DAY])
def test_an_older_answer_serves_for_a_day_and_says_so(house: House, reason: Reason, later: float) -> None:
    house.hear("news.example", house.teen, NEWS, now=T)
    told = fail(house, reason, now=T + NEWS.ttl + later - 1)
    assert (told.rcode(), error(told)) == (dns.rcode.NOERROR, (3, ""))
    # RFC 8767 section 4: 30 seconds
    assert records(told) == [f"news.example {STALE_TTL} A 192.0.2.1"]


@pytest.mark.parametrize("reason", [Reason.UPSTREAM_SLOW, *REAL])
def test_after_a_day_no_answer_is_better_than_an_old_one(house: House, reason: Reason) -> None:
    assert STALE_SECONDS == DAY
    house.hear("news.example", house.teen, NEWS, now=T)
    assert house.asked("news.example", house.teen, now=T + NEWS.ttl + DAY).patience == 0
    told = fail(house, reason, now=T + NEWS.ttl + DAY)
    assert (told.rcode(), records(told)) == (dns.rcode.SERVFAIL, [])


def test_an_older_denial_says_that_it_is_one(house: House) -> None:
    house.hear("news.example", house.teen, GONE, now=T)
    told = fail(house, Reason.UPSTREAM_SLOW, now=T + 400)
    assert (told.rcode(), error(told)) == (dns.rcode.NXDOMAIN, (19, ""))
    (soa,) = told.authority
    assert soa.ttl == STALE_TTL


def test_an_older_answer_that_there_is_nothing_of_this_type_is_no_denial(house: House) -> None:
    packet = house.packet("news.example", codes.AAAA)
    house.resolve(packet, house.teen, EMPTY, T)
    ask = house.asked("news.example", house.teen, codes.AAAA, now=T + 400)
    reply = house.engine.receive_failure(ask, Reason.UPSTREAM_SLOW, T + 400)
    assert (reply.rcode, reply.reason) == (codes.NOERROR, Reason.STALE)


def test_without_opt_an_older_answer_comes_without_words(house: House) -> None:
    house.hear("news.example", house.teen, NEWS, now=T)
    packet = house.packet("news.example", options=None)
    ask = house.ask(packet, house.teen, T + 400)
    assert isinstance(ask, Ask)
    message = house.engine.finish(house.engine.receive_failure(ask, Reason.UPSTREAM_SLOW, T + 400), packet, T + 400)
    assert message[10:12] == b"\0\0"


def test_an_older_answer_is_judged_for_the_one_who_asks(house: House) -> None:
    answer = said("news.example", "A", "news.example CNAME win.example.", "win.example A 192.0.2.1")
    house.hear("news.example", house.parent, answer, now=T)
    assert error(fail(house, Reason.UPSTREAM_SILENT, now=T + 400)) == (17, "gambling")
    assert error(house.told("news.example", house.parent, now=T + 400)) == (3, "")


def test_an_older_answer_is_never_kept_ready(house: House) -> None:
    house.hear("news.example", house.teen, NEWS, now=T)
    fail(house, Reason.UPSTREAM_SILENT, now=T + 400)
    for _ in range(4):
        house.told("news.example", house.teen, now=T + 401)
    assert house.engine.replay(house.packet("news.example"), house.teen, T + 401) is None


def test_a_sweep_takes_no_older_answer_before_its_day_is_over(house: House) -> None:
    house.hear("news.example", house.teen, NEWS, now=T)
    for hour in range(24):
        house.engine.forget(T + NEWS.ttl + hour * 3600)
    assert house.asked("news.example", house.teen, now=T + DAY).patience > 0


# --- a failure --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reason", REAL)
def test_after_a_failure_the_older_answer_comes_at_once_and_nobody_is_asked(house: House, reason: Reason) -> None:
    house.hear("news.example", house.teen, NEWS, now=T)
    start = T + 400
    fail(house, reason, now=start)
    for client in (house.teen, house.parent, house.guest):
        for later in (0.0, 2.0, 4.999):
            told = house.told("news.example", client, now=start + later)
            assert (records(told), error(told)) == (["news.example 30 A 192.0.2.1"], (3, ""))
    assert house.asked("news.example", house.teen, now=start + FAILURE_SECONDS).patience == PATIENCE


@pytest.mark.parametrize(("reason", "code"), [(REAL[0], 22), (REAL[1], 23)])
def test_a_failure_without_an_answer_is_kept_five_seconds(house: House, reason: Reason, code: int) -> None:
    assert FAILURE_SECONDS == 5
    fail(house, reason, now=T)
    for client in (house.teen, house.parent):
        for later in (0.0, 4.999):
            told = house.told("news.example", client, now=T + later)
            assert (told.rcode(), error(told), told.authority) == (dns.rcode.SERVFAIL, (code, ""), [])
    house.asked("news.example", house.teen, now=T + 5)


def test_a_failure_is_of_one_question_only(house: House) -> None:
    fail(house, Reason.UPSTREAM_SILENT, now=T)
    house.asked("news.example", house.teen, codes.AAAA, now=T)
    house.asked("other.example", house.teen, now=T)


def test_a_failure_that_comes_after_patience_was_lost_is_kept_too(house: House) -> None:
    house.hear("news.example", house.teen, NEWS, now=T)
    ask = house.asked("news.example", house.teen, now=T + 400)
    house.engine.receive_failure(ask, Reason.UPSTREAM_SLOW, T + 401.5)
    house.engine.keep(ask, Reason.UPSTREAM_SILENT, T + 404)
    assert records(house.told("news.example", house.parent, now=T + 404.1)) == ["news.example 30 A 192.0.2.1"]


def test_a_slow_upstream_has_not_failed(house: House) -> None:
    house.hear("news.example", house.teen, NEWS, now=T)
    fail(house, Reason.UPSTREAM_SLOW, now=T + 400)
    house.asked("news.example", house.teen, now=T + 400)


@pytest.mark.parametrize("ttl", [0, 300])
def test_a_fresh_answer_ends_a_failure(house: House, ttl: int) -> None:
    ask = house.asked("news.example", house.teen, now=T)
    fail(house, Reason.UPSTREAM_SILENT, now=T)
    house.engine.keep(ask, NEWER._replace(ttl=ttl), T + 1)
    outcome = house.ask(house.packet("news.example"), house.teen, T + 1)
    assert isinstance(outcome, Reply if ttl else Ask)


def test_a_fresh_answer_ends_the_older_one(house: House) -> None:
    house.hear("news.example", house.teen, NEWS, now=T)
    fail(house, Reason.UPSTREAM_SLOW, now=T + 400)
    house.hear("news.example", house.teen, NEWER, now=T + 401)
    told = house.told("news.example", house.parent, now=T + 402)
    assert (records(told), error(told)) == (["news.example 60 A 192.0.2.2"], None)


# --- renewal ----------------------------------------------------------------------------------------------------------


def cached(house: House, now: float, *, client: str = "") -> Reply:
    reply = house.ask(house.packet("news.example"), client or house.teen, now)
    assert isinstance(reply, Reply)
    return reply


def test_what_is_asked_near_its_end_is_renewed_behind_the_reply_once(house: House) -> None:
    house.hear("news.example", house.teen, NEWS, now=T)
    assert NEWS.ttl == 300
    assert cached(house, T + 269.9).refresh is None
    reply = cached(house, T + 270, client=house.parent)
    assert reply.answer == NEWS
    assert reply.refresh is not None
    assert reply.refresh.key == house.asked("news.example", house.teen, now=T + 9999).key
    for later in (270, 280, 299.9):
        assert cached(house, T + later).refresh is None


def test_what_was_renewed_lives_on_from_then(house: House) -> None:
    house.hear("news.example", house.teen, NEWS, now=T)
    refresh = cached(house, T + 290).refresh
    assert refresh is not None
    house.engine.keep(refresh, NEWER, T + 291)
    for later in (291, 300, 500):
        assert cached(house, T + later).answer == NEWER
    assert cached(house, T + 291 + 270).refresh is not None


@pytest.mark.parametrize(("ttl", "renewed"), [(20, 86_400), (86_400, 20), (20, 20), (300, 40)])
def test_each_answer_is_renewed_by_its_own_end_whatever_the_one_before_it_lived(
    house: House, ttl: int, renewed: int
) -> None:
    house.hear("news.example", house.teen, NEWS._replace(ttl=ttl), now=T)
    start = T + ttl * 0.95
    refresh = cached(house, start).refresh
    assert refresh is not None
    house.engine.keep(refresh, NEWER._replace(ttl=renewed), start)
    assert cached(house, start + renewed * 0.85).refresh is None
    assert cached(house, start + renewed * 0.95).refresh is not None
    assert cached(house, start + renewed * 0.96).refresh is None


@pytest.mark.parametrize("ttl", [1, 5, 19])
def test_what_lives_for_seconds_is_not_renewed(house: House, ttl: int) -> None:
    house.hear("news.example", house.teen, NEWS._replace(ttl=ttl), now=T)
    for part in (0.0, 0.9, 0.95, 0.999):
        assert cached(house, T + ttl * part).refresh is None


def test_a_ready_reply_lets_the_last_tenth_be_seen(house: House) -> None:
    house.hear("news.example", house.teen, NEWS, now=T)
    for _ in range(3):
        house.told("news.example", house.teen, now=T + 260)
    packet = house.packet("news.example")
    assert house.engine.replay(packet, house.teen, T + 269.9) is not None
    assert house.engine.replay(packet, house.teen, T + 270) is None


def test_a_closed_name_is_never_renewed_for_a_child(house: House) -> None:
    house.hear("win.example", house.parent, said("win.example", "A", "win.example A 192.0.2.1"), now=T)
    reply = house.ask(house.packet("win.example"), house.teen, T + 290)
    assert isinstance(reply, Reply)
    assert reply.refresh is None


def test_a_renewal_that_fails_leaves_the_answer_as_it_is(house: House) -> None:
    house.hear("news.example", house.teen, NEWS, now=T)
    refresh = cached(house, T + 290).refresh
    assert refresh is not None
    house.engine.keep(refresh, Reason.UPSTREAM_SILENT, T + 295)
    told = house.told("news.example", house.teen, now=T + 299)
    assert (records(told), error(told)) == (["news.example 60 A 192.0.2.1"], None)
    house.asked("news.example", house.teen, now=T + 300)


# --- times ------------------------------------------------------------------------------------------------------------


def lives(message: dns.message.Message) -> set[int]:
    return {one.ttl for section in (message.answer, message.authority) for one in section}


ANSWERS: dict[str, Answer] = {
    "long": NEWS,
    "short": said("news.example", "A", "news.example A 192.0.2.1", ttl=40),
    "gone": said("news.example", "A", rcode=dns.rcode.NXDOMAIN, ttl=4000),
    "aliased": said("news.example", "A", "news.example CNAME a.example.", "a.example A 192.0.2.1", ttl=100_000),
}


@pytest.mark.parametrize("answer", list(ANSWERS.values()), ids=list(ANSWERS))
def test_no_reply_shows_when_somebody_else_has_asked(house: House, answer: Answer) -> None:
    first = house.hear("news.example", house.parent, answer, now=T)
    assert max(lives(first)) <= 60
    for part in (0.0, 0.0, 0.0, 0.3, 0.7, 0.85, 0.95, 0.99):
        told = house.told("news.example", house.teen, now=T + answer.ttl * part)
        assert told.to_text() == first.to_text()


def test_a_newer_answer_that_may_not_be_kept_ends_the_older_one(house: House) -> None:
    house.hear("news.example", house.teen, answer(1, ttl=60), now=T)
    house.hear("news.example", house.teen, answer(2, ttl=0), now=T + 61)
    ask = house.asked("news.example", house.teen, now=T + 62)
    assert ask.patience == 0
    failed = house.engine.receive_failure(ask, Reason.UPSTREAM_SILENT, T + 63)
    assert failed.rcode == dns.rcode.SERVFAIL
