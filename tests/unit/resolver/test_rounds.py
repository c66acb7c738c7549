"""Those who wait equally long are heard of in time, by one timer."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from guardian.resolver.rounds import Line
from tests.unit.resolver.paper import PaperLoop

if TYPE_CHECKING:
    import asyncio


def opened(loop: PaperLoop) -> tuple[Line[str], list[tuple[str, float]]]:
    over: list[tuple[str, float]] = []
    return Line(0.5, cast("asyncio.AbstractEventLoop", loop), lambda one, now: over.append((one, now))), over


def test_each_is_over_after_its_time_and_one_timer_serves_all() -> None:
    loop = PaperLoop()
    line, over = opened(loop)
    for number, name in enumerate("abc"):
        loop.pass_to(number / 10)
        line.join(name, loop.time())
        assert len(loop.timers) == 1
    loop.pass_to(2)
    assert [name for name, _ in over] == ["a", "b", "c"]
    assert [round(now, 6) for _, now in over] == [0.5, 0.6, 0.7]
    assert loop.timers == []


def test_who_left_is_not_heard_of() -> None:
    loop = PaperLoop()
    line, over = opened(loop)
    line.join("a", 0)
    line.join("b", 0)
    line.leave("a")
    line.leave("c")
    loop.pass_to(2)
    assert over == [("b", 0.5)]


def test_one_that_ends_another_while_both_are_over_is_heard_alone_and_may_wait_again() -> None:
    loop = PaperLoop()
    heard: list[tuple[str, float]] = []

    def end_the_other(one: str, now: float) -> None:
        heard.append((one, now))
        line.leave("b")
        if len(heard) == 1:
            line.join("a", now)

    line: Line[str] = Line(0.5, cast("asyncio.AbstractEventLoop", loop), end_the_other)
    line.join("a", 0)
    line.join("b", 0)
    loop.pass_to(2)
    assert heard == [("a", 0.5), ("a", 1.0)]


def test_a_closed_line_tells_nobody() -> None:
    loop = PaperLoop()
    line, over = opened(loop)
    line.join("a", 0)
    line.close()
    loop.pass_to(2)
    assert over == []
