"""Why is this broken? A device sees what is stopped for it while its window is open, and nobody else's."""

from __future__ import annotations

import struct
from dataclasses import replace
from ipaddress import ip_network
from typing import TYPE_CHECKING

import pytest

from guardian.control.lines import MAX_LINE
from guardian.control.messages import StoppedName, WindowShown, write_answer
from guardian.engine.household import Household, Named
from guardian.engine.limit import NEVER_READY
from guardian.engine.window import Stopped, Window
from guardian.lists.set_file import ListInfo
from guardian.model import ListKind, Reason, Reply, Verdict
from guardian.wire import codes
from guardian.wire.question import read_query
from tests.unit.engine.conftest import House, answer
from tests.unit.engine.world import said

if TYPE_CHECKING:
    from guardian.engine.generation import Generation

BET, CLOAK, NEWS = "bet.example", "shop.example", "news.example"
ROUTER, TABLET, PHONE = "192.168.1.1", "3c:22:fb:10:20:30", "3c:22:fb:00:00:02"
V4, V6, OTHER = "192.168.1.77", "fd00::77", "192.168.1.78"


def names(window: Window) -> list[str]:
    return [one.name for one in window.stopped]


def test_a_window_shows_what_is_stopped_and_by_which_list(house: House) -> None:
    window = Window()
    house.engine.look(house.teen, window)
    house.told(BET, house.teen)
    house.hear(NEWS, house.teen, answer())
    assert window.stopped == (Stopped(BET, Reason.CATEGORY, "bets", "gambling"),)


def test_a_window_hears_of_its_own_device_alone(house: House) -> None:
    window = Window()
    house.engine.look(house.teen, window)
    for client in (house.little, house.guest, house.parent):
        house.listen(house.packet(BET), client)
        house.listen(house.packet("evil.example"), client)
    assert not window.stopped


def test_what_was_asked_before_the_window_opened_is_not_in_it(house: House) -> None:
    house.told(BET, house.teen)
    window = Window()
    house.engine.look(house.teen, window)
    assert not window.stopped


def test_a_reply_that_lies_ready_for_others_is_seen_all_the_same(house: House) -> None:
    for _ in range(3):
        house.told(BET, house.teen)
    packet = house.packet(BET)
    assert house.engine.replay(packet, house.teen, 0.0) is not None
    window = Window()
    house.engine.look(house.teen, window)
    assert house.engine.replay(packet, house.teen, 0.0) is None
    house.listen(packet, house.teen)
    assert names(window) == [BET]


def test_a_new_generation_does_not_close_a_window(house: House, stricter: Generation) -> None:
    window = Window()
    house.engine.look(house.teen, window)
    house.engine.replace(stricter)
    for _ in range(3):
        house.told(NEWS, house.teen)
    assert window.stopped == (Stopped(NEWS, Reason.CATEGORY, "more", "gambling"),)


def test_once_a_window_is_closed_nothing_is_heard_and_replies_lie_ready_again(house: House) -> None:
    window = Window()
    house.engine.look(house.teen, window)
    house.engine.look(house.teen, None)
    for _ in range(2):
        house.told(BET, house.teen)
    assert not window.stopped
    assert house.engine.replay(house.packet(BET), house.teen, 0.0) is not None
    assert not house.engine._windows.of


def test_a_name_behind_another_one_is_told_by_the_name_that_was_asked(house: House) -> None:
    window = Window()
    house.engine.look(house.teen, window)
    house.hear(CLOAK, house.teen, said(CLOAK, "A", f"{CLOAK} CNAME win.example.", "win.example A 192.0.2.7"))
    assert window.stopped == (Stopped(CLOAK, Reason.CATEGORY, "bets", "gambling"),)


def test_a_name_that_points_into_the_house_is_told_too(house: House) -> None:
    window = Window()
    house.engine.look(house.teen, window)
    house.hear(NEWS, house.teen, said(NEWS, "A", f"{NEWS} A 192.168.1.9"))
    assert window.stopped == (Stopped(NEWS, Reason.REBINDING, "", ""),)


@pytest.fixture
def wired(house: House) -> House:
    """Return a house with a tablet that has two addresses, a phone, and a trusted router."""
    household = Household(
        inside=[ip_network("192.168.1.0/24"), ip_network("fd00::/64")],
        family=Named(devices={TABLET: "13-15", PHONE: "13-15"}),
        routers=[ROUTER],
    )
    house.engine.replace(replace(house.engine.generation, household=household))
    for address, hardware in ((V4, TABLET), (V6, TABLET), (OTHER, PHONE)):
        house.engine.meet(address, hardware)
    return house


def test_all_addresses_of_a_device_are_one_device(wired: House) -> None:
    window = Window()
    wired.told(BET, V6)
    wired.engine.look(TABLET, window)
    wired.told(BET, V6)
    wired.told("win.example", V4)
    wired.told("evil.example", OTHER)
    assert names(window) == [BET, "win.example"]
    wired.engine.meet("fd00::1:77", TABLET)
    wired.told("malware.evil.example", "fd00::1:77")
    assert names(window)[2:] == ["malware.evil.example"]


def test_a_router_states_whose_question_it_is_and_nobody_else_does(wired: House) -> None:
    window = Window()
    wired.engine.look(TABLET, window)
    stated = struct.pack("!HH", codes.HARDWARE_OPTION, 6) + bytes.fromhex(TABLET.replace(":", ""))
    for client, name in ((ROUTER, BET), (OTHER, "win.example")):
        packet = wired.packet(name, options=stated)
        reply = wired.engine.receive_query(read_query(packet, client), 0.0)
        assert isinstance(reply, Reply)
        wired.engine.finish(reply, packet, 0.0)
    assert names(window) == [BET]


def reply_to(name: str, list_index: int = 0) -> Reply:
    query = read_query(House.packet(name), V4)
    return Reply(
        query, 0, Reason.CATEGORY, verdict=Verdict(blocked=True, reason=Reason.CATEGORY, list_index=list_index)
    )


def test_a_window_holds_so_many_names_and_says_that_there_were_more() -> None:
    window = Window(max_names=3)
    lists = [ListInfo("bets", "Bets", ListKind.BLOCK, "gambling", "")]
    for number in (1, 2, 3, 3, 1):
        window.hear(reply_to(f"{number}.example"), lists)
    assert (len(window.stopped), window.is_full) == (3, False)
    window.hear(reply_to("4.example"), lists)
    assert (len(window.stopped), window.is_full) == (3, True)


@pytest.mark.parametrize("letter", ["a", "\\", '"', "\x01", "\xff", " "])
def test_the_fullest_window_fits_in_a_line_of_the_control_socket(letter: str) -> None:
    window = Window()
    lists = [ListInfo("ë" * 64, "", ListKind.BLOCK, "gambling", "")]
    label = bytes((63,)) + letter.encode("latin-1") * 63
    for number in range(300):
        name = bytes((4,)) + f"{number:04}".encode() + label * 3 + b"\0"
        window.hear(reply_to("x.example")._replace(query=read_query(House.packet("x"), V4)._replace(name=name)), lists)
    shown = tuple(StoppedName(one.name, "not_on_allow_list", one.list, one.category) for one in window.stopped)
    assert window.is_full
    assert len(write_answer(WindowShown(300, shown, is_full=True, trouble=""))) <= MAX_LINE


def test_a_policy_never_has_the_mark_under_which_nothing_lies_ready(house: House) -> None:
    # 64 children, and every set of them that shares one of 512 devices
    assert int.from_bytes(NEVER_READY) > len(house.engine.generation.policies) + 64 + 512
