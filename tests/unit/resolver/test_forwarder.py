"""Which upstream is asked when, over a loop and upstreams made of values: no socket, and time is a number."""

from __future__ import annotations

import pytest

from guardian.model import Reason
from guardian.resolver.forwarder import MAX_ATTEMPTS, QUESTION_SECONDS, ROUND_SECONDS
from guardian.wire import codes
from tests.unit.resolver.paper import ANSWER, HERE, THERE, ZONE, Bench, PaperUpstream, server_at

pytestmark = pytest.mark.usefixtures("paper")


def test_a_silent_upstream_is_asked_once_more_and_then_only_by_guardians_own_probe() -> None:
    bench = Bench((HERE,))
    bench.ask()
    bench.loop.pass_to(2 * ROUND_SECONDS + 0.5)
    asked = bench.asked()
    assert asked[:2] == [HERE, HERE]
    bench.loop.pass_to(QUESTION_SECONDS - 0.1)
    assert (bench.asked(), bench.told) == (asked, [])
    assert len(bench.probed(HERE)) > 2
    bench.loop.pass_to(QUESTION_SECONDS)
    assert bench.told == [Reason.UPSTREAM_DOWN]
    assert set(PaperUpstream.worn) == {HERE}


@pytest.mark.parametrize("late", [0.5, 1.5, 4.5])
def test_an_answer_counts_however_late_within_the_time_of_the_question(late: float) -> None:
    bench = Bench((HERE, THERE))
    bench.ask()
    bench.loop.pass_to(late)
    bench.settle(ANSWER, which=0)
    assert bench.told == [ANSWER]
    asked = bench.asked()
    bench.loop.pass_to(20)
    assert bench.asked() == asked


@pytest.mark.parametrize("size", [1, 2, 4, 8, 128])
def test_a_question_ends_in_five_seconds_however_many_upstreams_are_silent(size: int) -> None:
    bench = Bench(tuple(server_at(number) for number in range(1, size + 1)))
    bench.ask()
    bench.loop.pass_to(QUESTION_SECONDS + 0.1)
    assert QUESTION_SECONDS == 5
    assert bench.told in ([Reason.UPSTREAM_SILENT], [Reason.UPSTREAM_DOWN])
    assert len(set(bench.asked())) >= min(size, 4)
    assert len(bench.asked()) <= MAX_ATTEMPTS


def test_no_more_earlier_attempts_are_kept_than_the_bound_says() -> None:
    bench = Bench((HERE, THERE), max_kept=3)
    for number in range(4):
        bench.ask(f"{number}.example")
    bench.loop.pass_to(0.95 * ROUND_SECONDS)
    kept = [attempt for _, attempt in PaperUpstream.asked if attempt in PaperUpstream.open]
    assert len(kept) == 4 + 3
    assert len(bench.asked()) == 4 * 2
    bench.loop.pass_to(2 * ROUND_SECONDS)
    bench.answer_probe()
    for _, attempt in PaperUpstream.asked:
        if attempt in PaperUpstream.open:
            PaperUpstream.settled(attempt, ANSWER)
    assert bench.told == [ANSWER] * 4
    # and there is room for as many again
    for number in range(4):
        bench.ask(f"again-{number}.example")
    bench.loop.pass_to(3 * ROUND_SECONDS)
    assert sum(attempt in PaperUpstream.open for _, attempt in PaperUpstream.asked) == 4 + 3


def test_a_forward_zone_is_asked_of_its_own_upstream_alone() -> None:
    bench = Bench((HERE,), (ZONE,))
    bench.ask("nas.home.lan", group=1)
    bench.loop.pass_to(10)
    assert set(bench.asked()) == {ZONE}


def test_a_servfail_is_taken_to_the_next_and_told_when_all_have_failed() -> None:
    bench = Bench((HERE, THERE))
    bench.ask()
    bench.settle(ANSWER._replace(rcode=codes.SERVFAIL))
    assert bench.told == []
    bench.settle(ANSWER._replace(rcode=codes.REFUSED))
    assert bench.asked() == [HERE, THERE]
    assert bench.told == [Reason.UPSTREAM_FAULTY]


def test_an_upstream_that_failed_is_not_asked_again_while_the_others_are_waited_for() -> None:
    bench = Bench((HERE, THERE))
    bench.ask()
    bench.loop.pass_to(0.5 * ROUND_SECONDS)
    assert bench.asked() == [HERE, THERE]
    bench.settle(None)
    bench.loop.pass_to(QUESTION_SECONDS - 0.1)
    assert set(bench.asked()[2:]) == {HERE}
    assert bench.told == []
    bench.settle(ANSWER, which=0)
    assert bench.told == [ANSWER]


def test_a_late_failure_of_the_only_upstream_is_told_at_once() -> None:
    bench = Bench((HERE,))
    bench.ask()
    bench.loop.pass_to(1.5 * ROUND_SECONDS)
    bench.settle(ANSWER._replace(rcode=codes.SERVFAIL), which=0)
    assert bench.told == [Reason.UPSTREAM_FAULTY]
    assert PaperUpstream.open == []


def test_where_some_are_silent_and_some_fail_the_failure_is_told() -> None:
    bench = Bench((HERE, THERE))
    bench.ask()
    bench.settle(None)
    bench.loop.pass_to(QUESTION_SECONDS)
    assert bench.told == [Reason.UPSTREAM_FAULTY]


def test_failures_alone_take_no_more_than_the_rounds_of_a_question() -> None:
    bench = Bench(tuple(server_at(number) for number in range(1, 20)))
    bench.ask()
    while not bench.told:
        bench.settle(None)
    assert bench.told == [Reason.UPSTREAM_FAULTY]
    assert len(bench.asked()) == MAX_ATTEMPTS


def test_an_unreachable_upstream_costs_no_time() -> None:
    bench = Bench((HERE, THERE))
    PaperUpstream.unreachable = {HERE}
    bench.ask()
    assert bench.asked() == [THERE]
    bench.settle(ANSWER)
    assert bench.told == [ANSWER]


def test_where_none_can_be_reached_it_is_told_at_once_and_not_held_against_the_name() -> None:
    bench = Bench((HERE, THERE))
    PaperUpstream.unreachable = {HERE, THERE}
    bench.ask()
    assert bench.told == [Reason.UPSTREAM_DOWN]
    bench.ask()
    assert bench.told == [Reason.UPSTREAM_DOWN] * 2


def test_identical_questions_join_until_they_are_answered_and_are_asked_anew_afterwards() -> None:
    bench = Bench((HERE,))
    for _ in range(3):
        bench.ask()
    assert bench.asked() == [HERE]
    bench.settle(ANSWER)
    assert bench.told == [ANSWER] * 3
    bench.ask()
    assert bench.asked() == [HERE, HERE]


def test_one_question_more_than_may_be_open_fails_at_once() -> None:
    bench = Bench((HERE,), max_open=2)
    for name in ("a.example", "b.example", "c.example"):
        bench.ask(name)
    # SLOW is not held against the name: nobody asked for it
    assert bench.told == [Reason.UPSTREAM_SLOW]
    assert len(bench.asked()) == 2


def test_one_device_alone_can_not_fill_what_may_be_open() -> None:
    bench = Bench((HERE,), max_open=5, max_per_asker=3)
    for number in range(5):
        bench.ask(f"{number}.example", asker="192.168.1.20")
    bench.ask("0.example", asker="192.168.1.20")
    assert bench.told == [Reason.UPSTREAM_SLOW] * 3
    bench.ask("other.example", asker="192.168.1.21")
    bench.ask("0.example", asker="192.168.1.21")
    bench.ask("guardian.example")
    assert len(bench.told) == 3
    assert len(bench.asked()) == 5


def test_a_device_may_ask_again_once_it_is_answered() -> None:
    bench = Bench((HERE,), max_per_asker=2)
    for name in ("a.example", "a.example", "b.example"):
        bench.ask(name, asker="192.168.1.20")
    assert bench.told == [Reason.UPSTREAM_SLOW]
    bench.settle(ANSWER)
    bench.ask("b.example", asker="192.168.1.20")
    bench.ask("c.example", asker="192.168.1.20")
    bench.ask("d.example", asker="192.168.1.20")
    assert bench.told == [Reason.UPSTREAM_SLOW, ANSWER, ANSWER, Reason.UPSTREAM_SLOW]


def test_what_ran_out_takes_up_no_room_of_a_device() -> None:
    bench = Bench((HERE,), max_per_asker=1)
    bench.ask(asker="192.168.1.20")
    bench.loop.pass_to(QUESTION_SECONDS)
    bench.answer_probe()
    bench.ask(asker="192.168.1.20")
    bench.settle(ANSWER)
    assert bench.told == [Reason.UPSTREAM_DOWN, ANSWER]


def test_one_more_than_may_wait_fails_at_once_and_there_is_room_again_afterwards() -> None:
    bench = Bench((HERE,), max_waiting=3)
    for name in ("a.example", "a.example", "b.example", "a.example", "c.example"):
        bench.ask(name)
    assert bench.told == [Reason.UPSTREAM_SLOW] * 2
    bench.settle(ANSWER)
    bench.ask("c.example")
    assert len(bench.told) == 3
    assert len(bench.asked()) == 3


def test_few_timers_serve_all_attempts_however_many_run_out() -> None:
    bench = Bench((HERE,))
    for number in range(50):
        bench.loop.pass_to(number / 100)
        bench.ask(f"silent-{number}.example")
    for tick in range(50, 600):
        bench.loop.pass_to(tick / 100)
        # one of the rounds, one of the probe
        assert sum(one.at < float("inf") for one in bench.loop.timers) <= 2
    assert bench.told == [Reason.UPSTREAM_DOWN] * 50


def test_an_answered_attempt_does_not_run_out() -> None:
    bench = Bench((HERE,))
    bench.ask()
    bench.settle(ANSWER)
    bench.loop.pass_to(10)
    assert bench.told == [ANSWER]
    assert bench.asked() == [HERE]


def test_closing_tells_all_who_wait_and_owes_no_call() -> None:
    bench = Bench((HERE,))
    for _ in range(3):
        bench.ask()
    bench.forwarder.close()
    assert bench.told == [Reason.UPSTREAM_SILENT] * 3
    bench.loop.pass_to(10)
    assert bench.asked() == [HERE]
