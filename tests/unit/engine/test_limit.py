"""Each device has its share of questions; over it, it is told to come back over TCP, and nobody else notices."""

from __future__ import annotations

from typing import TYPE_CHECKING

import dns.flags
import dns.message
import dns.rcode
import pytest

from guardian.engine.engine import Engine
from guardian.engine.limit import Account, Share
from guardian.model import Asker
from tests.unit.engine.world import said

if TYPE_CHECKING:
    from guardian.engine.generation import Generation
    from tests.unit.engine.conftest import House

T = 1000.0
RATE = 2
BURST = 10 * RATE


@pytest.fixture
def limited(house: House, generation: Generation) -> House:
    """Return a house whose devices may ask twice a second."""
    return type(house)(Engine(generation, rate_limit=RATE))


def passed(house: House, client: str, times: int, now: float) -> int:
    """Count how many of so many questions are answered and not cut (TC)."""
    packet = house.packet("evil.example")
    messages = [house.listen(packet, client, now) for _ in range(times)]
    return sum(isinstance(one, bytes) and not one[2] & 2 for one in messages)


def test_a_burst_of_ten_seconds_passes_and_then_no_more(limited: House) -> None:
    # the question by which a device becomes known is free
    assert passed(limited, limited.teen, 100, T) in {BURST, BURST + 1}
    assert passed(limited, limited.teen, 100, T) == 0


@pytest.mark.parametrize(("later", "more"), [(0.4, 0), (0.5, 1), (1.0, 2), (5.0, 10), (9.0, 18), (1000.0, BURST + 1)])
def test_a_share_grows_again_with_time_and_never_beyond_a_burst(limited: House, later: float, more: int) -> None:
    passed(limited, limited.teen, 100, T)
    assert passed(limited, limited.teen, 100, T + later) == more


@pytest.mark.parametrize("speed", [1.0, 1.2, 1.7, 10.0])
def test_who_asks_too_fast_gets_its_whole_share(limited: House, speed: float) -> None:
    passed(limited, limited.teen, 100, T)
    seconds = 20
    count = sum(
        passed(limited, limited.teen, 1, T + number / (RATE * speed)) for number in range(int(seconds * RATE * speed))
    )
    assert count == pytest.approx(seconds * RATE, abs=2)


def test_who_is_over_its_share_hears_its_own_question_and_never_a_no(limited: House) -> None:
    passed(limited, limited.teen, 100, T)
    for options in (b"", None):
        packet = limited.packet("NEWS.example", identity=77, options=options)
        message = limited.listen(packet, limited.teen, T)
        assert isinstance(message, bytes)
        told = dns.message.from_wire(message)
        assert told.flags & dns.flags.TC
        assert (told.id, told.question[0].name.to_text()) == (77, "NEWS.example.")
        # a stub takes REFUSED as a reason to ask the next server
        assert (told.rcode(), told.answer, told.authority) == (dns.rcode.NOERROR, [], [])
        assert len(message) == len(packet)


def test_forgetting_is_no_present(limited: House) -> None:
    passed(limited, limited.teen, 100, T)
    limited.engine.forget(T)
    assert passed(limited, limited.teen, 100, T) == 0
    limited.engine.forget(T + 5)
    assert passed(limited, limited.teen, 100, T + 5) == pytest.approx(5 * RATE, abs=1)


def test_who_has_rested_is_forgotten(limited: House) -> None:
    passed(limited, limited.teen, 100, T)
    assert limited.engine.askers().keys() == {limited.teen}
    limited.engine.forget(T + 9)
    assert limited.engine.askers().keys() == {limited.teen}
    limited.engine.forget(T + 11)
    assert limited.engine.askers() == {}


def test_a_device_has_one_share_for_all_of_its_addresses(limited: House) -> None:
    addresses = [limited.guest, "fd00::1", "fd00::2", "fd00::3"]
    for address in addresses:
        limited.engine.meet(address, "3c:22:fb:10:20:30")
    assert sum(passed(limited, address, BURST, T) for address in addresses) == pytest.approx(BURST, abs=4)
    limited.engine.forget(T)
    assert sum(passed(limited, address, BURST, T) for address in addresses) == 0
    assert passed(limited, "fd00::4", BURST, T) == BURST


def test_an_address_of_another_band_has_a_share_of_its_own(limited: House) -> None:
    # a hardware address may stand for several devices, as behind a repeater: their policies are never mixed
    for address in (limited.teen, limited.parent):
        limited.engine.meet(address, "3c:22:fb:10:20:30")
    assert passed(limited, limited.teen, 100, T) in {BURST, BURST + 1}
    assert limited.asked("win.example", limited.parent, now=T)


def test_how_often_each_has_asked_is_told_once_a_look(limited: House) -> None:
    passed(limited, limited.teen, 7, T)
    passed(limited, limited.parent, 1, T)
    assert limited.engine.askers() == {limited.teen: 7, limited.parent: 1}


def test_a_device_over_its_share_takes_nothing_from_others(limited: House) -> None:
    passed(limited, limited.teen, 500, T)
    for client in (limited.parent, limited.little, limited.guest, "fd00::7"):
        assert passed(limited, client, BURST, T) == BURST, client


def test_what_only_an_upstream_knows_is_not_asked_for_who_is_over(limited: House) -> None:
    passed(limited, limited.teen, 100, T)
    assert limited.told("news.example", limited.teen, now=T).flags & dns.flags.TC
    limited.asked("news.example", limited.parent, now=T)


def test_a_cut_answer_is_never_kept_ready(limited: House) -> None:
    passed(limited, limited.teen, 100, T)
    for _ in range(4):
        limited.told("news.example", limited.teen, now=T)
    answer = said("news.example", "A", "news.example A 192.0.2.1")
    limited.hear("news.example", limited.parent, answer, now=T + 1)
    told = limited.told("news.example", limited.teen, now=T + 1)
    assert not told.flags & dns.flags.TC
    assert told.answer


def test_without_a_limit_nothing_is_ever_cut(house: House) -> None:
    for _ in range(2000):
        message = house.listen(house.packet("win.example"), house.teen, T)
        assert isinstance(message, bytes)
        assert not message[2] & 2


def test_a_clock_that_stands_still_gives_nothing() -> None:
    share, account = Share(RATE), Account(Asker("192.168.1.13"), 0, 0, T)
    for _ in range(100):
        account.left -= 1
        assert not share.refill(account, T)
    assert share.refill(account, T + 0.5)
