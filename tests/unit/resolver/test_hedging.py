"""Who is asked where upstreams differ, fall silent and come back: over paper, and time is a number."""

from __future__ import annotations

import pytest

from guardian.model import Reason
from guardian.resolver.forwarder import HEDGES_SAVED
from guardian.resolver.group import TRIED
from guardian.wire import codes
from tests.unit.resolver.paper import ANSWER, HERE, THERE, ZONE, Bench, PaperUpstream

pytestmark = pytest.mark.usefixtures("paper")
SERVFAIL = ANSWER._replace(rcode=codes.SERVFAIL)


def answered_by(bench: Bench, seconds: dict[object, float], times: int) -> None:
    """Ask so many questions one after another, each answered after the time of who is asked first."""
    for number in range(times):
        bench.ask(f"measured-{number}.example")
        bench.loop.pass_to(bench.loop.now + seconds[bench.asked()[-1]])
        bench.settle(ANSWER)


def test_the_quicker_upstream_is_asked_and_the_other_now_and_then() -> None:
    bench = Bench((HERE, THERE))
    answered_by(bench, {HERE: 0.04, THERE: 0.01}, 20 * TRIED)
    assert set(bench.asked()[:2]) == {HERE, THERE}
    assert 5 <= bench.asked()[2:].count(HERE) <= 15


def test_the_order_changes_when_the_quicker_one_grows_slow() -> None:
    bench = Bench((HERE, THERE))
    answered_by(bench, {HERE: 0.02, THERE: 0.01}, 5 * TRIED)
    PaperUpstream.asked.clear()
    answered_by(bench, {HERE: 0.02, THERE: 0.045}, 5 * TRIED)
    assert bench.asked().count(HERE) > 4 * TRIED


def test_an_upstream_that_talks_nonsense_is_the_last_to_be_asked() -> None:
    bench = Bench((HERE, THERE))
    answered_by(bench, {HERE: 0.01, THERE: 0.02}, 10)
    for number in range(50):
        bench.ask(f"nonsense-{number}.example")
        if bench.asked()[-1] == HERE:
            bench.settle(SERVFAIL)
        assert bench.asked()[-1] == THERE
        bench.settle(ANSWER)
    assert bench.asked().count(HERE) < 20
    assert SERVFAIL not in bench.told


def test_a_late_answer_is_hedged_by_the_other_upstream() -> None:
    bench = Bench((HERE, THERE))
    answered_by(bench, {HERE: 0.01, THERE: 0.02}, 100)
    PaperUpstream.asked.clear()
    bench.ask()
    bench.loop.pass_to(bench.loop.now + 0.06)
    assert bench.asked() == [HERE, THERE]
    bench.settle(ANSWER)
    assert bench.told[-1] == ANSWER


def test_hedges_are_one_in_ten_once_the_saved_ones_are_used_up() -> None:
    bench = Bench((HERE, THERE))
    bench.learn(0.01)
    for number in range(1000):
        before = len(bench.asked())
        bench.ask(f"late-{number}.example")
        bench.loop.pass_to(bench.loop.now + 0.2)
        hedged = len(bench.asked()) > before + 1
        # the first one answers late, but it answers
        bench.settle(ANSWER, which=-2 if hedged else -1)
    hedges = len(bench.asked()) - 1000
    assert hedges <= HEDGES_SAVED + 1000 / 10 + 1


def test_where_no_hedge_is_left_the_other_is_asked_within_a_second_all_the_same() -> None:
    bench = Bench((HERE, THERE))
    bench.learn(0.01)
    bench.forwarder._hedges = 0.0
    bench.ask()
    bench.loop.pass_to(bench.loop.now + 0.3)
    assert len(bench.asked()) == 1
    bench.loop.pass_to(bench.loop.now + 0.7)
    assert set(bench.asked()) == {HERE, THERE}


def test_after_three_late_answers_in_a_row_the_other_is_asked_first() -> None:
    bench = Bench((HERE, THERE))
    answered_by(bench, {HERE: 0.01, THERE: 0.02}, 100)
    for number in range(3):
        bench.ask(f"late-{number}.example")
    bench.loop.pass_to(bench.loop.now + 0.06)
    PaperUpstream.asked.clear()
    bench.ask("next.example")
    assert bench.asked() == [THERE]


def test_a_dead_upstream_is_left_alone_but_for_the_probe_and_asked_again_once_that_is_answered() -> None:
    bench = Bench((HERE, THERE))
    answered_by(bench, {HERE: 0.01, THERE: 0.02}, 100)
    died = bench.loop.now
    while bench.loop.now < died + 20:
        bench.ask(f"at-{bench.loop.now:.2f}.example")
        bench.loop.pass_to(bench.loop.now + 0.01)
        if bench.asked()[-1] == THERE:
            bench.settle(ANSWER)
        bench.loop.pass_to(bench.loop.now + 0.05)
        if bench.asked()[-1] == THERE and PaperUpstream.asked[-1][1] in PaperUpstream.open:
            bench.settle(ANSWER)
    assert bench.changes == [(str(HERE), "silent", 1)]
    asked = [attempt.sent for server, attempt in PaperUpstream.asked if server == HERE and attempt.sent >= died]
    assert max(asked) < died + 1.6
    pauses = [later - sooner for sooner, later in zip(bench.probed(HERE), bench.probed(HERE)[1:], strict=False)]
    assert min(pauses) >= 0.5
    assert max(pauses) == pytest.approx(4)
    bench.answer_probe()
    assert bench.changes[1:] == [(str(HERE), "answers", 2)]
    count = len(bench.probed(HERE))
    bench.loop.pass_to(bench.loop.now + 20)
    assert len(bench.probed(HERE)) == count, "it asks on although it was answered"


def test_one_slow_name_alone_makes_no_upstream_a_dead_one() -> None:
    bench = Bench((HERE,))
    for _ in range(10):
        bench.ask("slow.example")
        for _ in range(50):
            bench.loop.pass_to(bench.loop.now + 0.1)
            if PaperUpstream.probes and PaperUpstream.probes[-1][1] in PaperUpstream.open:
                bench.answer_probe()
    assert bench.told == [Reason.UPSTREAM_SILENT] * 10
    assert bench.changes == []


def test_where_all_are_down_a_question_fails_at_once_and_says_so_of_no_name() -> None:
    bench = Bench((HERE, THERE))
    for number in range(30):
        bench.loop.pass_to(number / 10)
        bench.ask(f"{number}.example")
    bench.loop.pass_to(8)
    assert bench.changes == [(str(HERE), "silent", 1), (str(THERE), "silent", 0)]
    bench.told.clear()
    asked = bench.asked()
    bench.ask("a.example")
    assert bench.told == [Reason.UPSTREAM_DOWN]
    assert bench.asked() == asked


def test_a_question_that_waits_already_is_not_joined_while_all_are_down() -> None:
    bench = Bench((HERE,))
    bench.ask()
    bench.loop.pass_to(3)
    assert bench.changes == [(str(HERE), "silent", 0)]
    bench.ask()
    assert bench.told == [Reason.UPSTREAM_DOWN]
    # and who waited before still hears what comes late
    bench.settle(ANSWER, which=0)
    assert bench.told == [Reason.UPSTREAM_DOWN, ANSWER]
    assert bench.changes[1:] == [(str(HERE), "answers", 1)]


def test_the_group_of_a_zone_is_down_by_itself() -> None:
    bench = Bench((HERE,), (ZONE,))
    bench.ask("nas.home.lan", group=1)
    bench.loop.pass_to(6)
    bench.ask("nas.home.lan", group=1)
    assert bench.told == [Reason.UPSTREAM_DOWN] * 2
    bench.ask("a.example")
    bench.settle(ANSWER)
    assert bench.told[-1] == ANSWER
    assert [(one.group, one.state) for one in bench.forwarder.states()] == [(0, "answers"), (1, "silent")]


def test_states_say_who_answers_who_is_silent_and_why() -> None:
    bench = Bench((HERE,), (ZONE,))
    assert [one.state for one in bench.forwarder.states()] == ["untried", "untried"]
    PaperUpstream.unreachable = {HERE}
    for second in range(4):
        bench.ask()
        bench.loop.pass_to(second)
    here = bench.forwarder.states()[0]
    assert (here.server, here.state, here.trouble) == (str(HERE), "silent", "no way to it")
    PaperUpstream.unreachable = set()
    bench.loop.pass_to(5)
    bench.answer_probe()
    here = bench.forwarder.states()[0]
    assert (here.state, here.trouble) == ("answers", "")


def test_a_truncated_answer_is_no_answer() -> None:
    bench = Bench((HERE, THERE))
    bench.ask()
    bench.settle(ANSWER._replace(truncated=True))
    assert bench.told == []
    bench.settle(ANSWER)
    assert bench.told == [ANSWER]


def test_closing_ends_every_probe() -> None:
    bench = Bench((HERE,))
    bench.ask()
    bench.loop.pass_to(3)
    bench.forwarder.close()
    count = len(bench.probed(HERE))
    bench.loop.pass_to(30)
    assert len(bench.probed(HERE)) == count
