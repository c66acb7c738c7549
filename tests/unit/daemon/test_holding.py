"""Who is not known yet is looked for once, and its questions wait a little; nobody waits for who can't be found."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest

from guardian.daemon.holding import HOLD_SECONDS, PROVOKED_SECONDS, Holding
from tests.unit.resolver.paper import PaperLoop

if TYPE_CHECKING:
    import asyncio

PHONE, TABLET = "fd00::1", "fd00::2"


class Wire:
    """Devices that are looked for, and the questions of those that are held."""

    def __init__(self, max_held: int = 256) -> None:
        self.loop = PaperLoop()
        self.provoked: list[str] = []
        self.works = True
        self.went_on: list[str] = []
        self.holding = Holding(self._provoke, cast("asyncio.AbstractEventLoop", self.loop), max_held=max_held)

    def ask(self, client: str, question: str) -> None:
        self.holding.hold(client, lambda: self.went_on.append(question))

    def _provoke(self, client: str) -> bool:
        self.provoked.append(client)
        return self.works


@pytest.fixture
def wire() -> Wire:
    """Return a wire on which nobody has asked yet."""
    return Wire()


def test_all_questions_of_a_device_wait_and_go_on_once_it_is_found(wire: Wire) -> None:
    wire.ask(PHONE, "first")
    wire.ask(PHONE, "second")
    wire.ask(TABLET, "another's")
    assert (wire.provoked, wire.went_on) == ([PHONE, TABLET], [])
    wire.holding.find(PHONE)
    assert wire.went_on == ["first", "second"]
    wire.loop.pass_to(HOLD_SECONDS)
    assert wire.went_on == ["first", "second", "another's"]


def test_who_is_not_found_goes_on_after_a_tenth_of_a_second(wire: Wire) -> None:
    wire.ask(PHONE, "first")
    wire.loop.pass_to(HOLD_SECONDS - 0.001)
    assert wire.went_on == []
    wire.loop.pass_to(HOLD_SECONDS)
    assert wire.went_on == ["first"]


def test_who_was_not_found_is_looked_for_once_a_second_and_waits_no_more_meanwhile(wire: Wire) -> None:
    wire.ask(PHONE, "first")
    wire.loop.pass_to(0.5)
    wire.ask(PHONE, "second")
    assert (wire.provoked, wire.went_on) == ([PHONE], ["first", "second"])
    wire.loop.pass_to(PROVOKED_SECONDS)
    wire.ask(PHONE, "third")
    assert (wire.provoked, wire.went_on) == ([PHONE, PHONE], ["first", "second"])


def test_who_was_found_and_is_lost_is_looked_for_at_once(wire: Wire) -> None:
    wire.ask(PHONE, "first")
    wire.holding.find(PHONE)
    wire.ask(PHONE, "second")
    assert (wire.provoked, wire.went_on) == ([PHONE, PHONE], ["first"])


def test_who_can_t_be_looked_for_goes_on_at_once(wire: Wire) -> None:
    wire.works = False
    wire.ask(PHONE, "first")
    assert wire.went_on == ["first"]


def test_beyond_the_bound_a_question_goes_on_at_once() -> None:
    wire = Wire(max_held=2)
    for number in range(3):
        wire.ask(f"fd00::{number}", str(number))
    assert (wire.provoked, wire.went_on) == (["fd00::0", "fd00::1"], ["2"])
    wire.holding.find("fd00::0")
    wire.ask("fd00::3", "3")
    assert wire.went_on == ["2", "0"]


def test_no_address_is_remembered_for_long(wire: Wire) -> None:
    wire.ask(PHONE, "first")
    wire.loop.pass_to(30)
    wire.holding.forget(30)
    assert PHONE not in repr(vars(wire.holding)) + repr(vars(wire.holding._provoked))


def test_at_the_end_whoever_waits_goes_on(wire: Wire) -> None:
    wire.ask(PHONE, "first")
    wire.holding.close()
    wire.loop.pass_to(1)
    assert wire.went_on == ["first"]
