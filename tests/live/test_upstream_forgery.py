"""Somebody forges answers, and somebody counts how guardian draws its ports and IDs."""

from __future__ import annotations

import asyncio
import math
import socket
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import dns.message
import pytest

from guardian.config.values import PortChoice, Server
from guardian.model import Answer, AskKey, Reason
from guardian.resolver.forwarder import Forwarder
from guardian.resolver.udp import MAX_STRANGE
from guardian.wire import codes
from guardian.wire.names import to_wire
from tests.live.authority import ADDRESS, FORGED, Authority, Lie
from tests.live.conftest import SECONDS, Guardian
from tests.live.echo import Echo
from tests.live.forger import Forger
from tests.live.stream_authority import StreamAuthority

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

TRUE, FALSE = socket.inet_aton(ADDRESS), socket.inet_aton(FORGED)
RACES = 1000
RATE = 20_000
"""Forged replies a second."""
AT_ONCE = 4
WRONG_IN = (Lie.ID, Lie.PORT, Lie.NAME, Lie.TYPE, Lie.CASE, Lie.ADDRESS)


async def told(servers: Iterable[Server], names: Iterable[str], ports: PortChoice, width: int) -> list[Answer | Reason]:
    """Ask all these names, `width` at a time; what was told of each."""
    loop = asyncio.get_running_loop()
    forwarder = Forwarder([tuple(servers)], ports, loop)
    heard: list[Answer | Reason] = []
    room = asyncio.Semaphore(width)

    async def ask(name: str) -> None:
        async with room:
            future: asyncio.Future[Answer | Reason] = loop.create_future()
            question = AskKey(to_wire(name), codes.A, codes.IN, dnssec_ok=False, checking_disabled=False, group=0)
            forwarder.ask(question, future.set_result)
            heard.append(await asyncio.wait_for(future, SECONDS))

    try:
        await asyncio.gather(*map(ask, names))
    finally:
        forwarder.close()
    return heard


@pytest.mark.parametrize("ports", list(PortChoice))
@pytest.mark.parametrize("replies", [MAX_STRANGE - 4, 3 * MAX_STRANGE], ids=["few", "many"])
def test_of_a_thousand_races_against_a_forger_none_is_lost(replies: int, ports: PortChoice) -> None:
    names = [f"bank-{number}.example" for number in range(RACES)]
    with Forger(WRONG_IN, replies) as forger, StreamAuthority(port=forger.port) as stream:
        heard = asyncio.run(told([forger.server], names, ports, AT_ONCE))
    answers = [one for one in heard if isinstance(one, Answer)]
    assert not [one for one in answers if FALSE in one.body]
    assert sum(TRUE in one.body for one in answers) >= 0.999 * RACES
    assert forger.told.races >= RACES
    assert forger.told.rate >= RATE
    # many guesses at a port send the question to TCP, few do not
    assert (len(stream.asked) > RACES / 2) is (replies > MAX_STRANGE)


# --- chance -----------------------------------------------------------------------------------------------------------

ASKED = 10_000
CLASSES = 64


def likelihood(counts: Sequence[float], shares: list[float]) -> float:
    """Give p of the chi-squared test: how likely it is that chance alone deviates so far (Wilson and Hilferty)."""
    total = sum(counts)
    square = sum((count - total * share) ** 2 / (total * share) for count, share in zip(counts, shares, strict=True))
    free = len(counts) - 1
    normal = ((square / free) ** (1 / 3) - (1 - 2 / (9 * free))) / math.sqrt(2 / (9 * free))
    return 0.5 * math.erfc(normal / math.sqrt(2))


def drawn_evenly(values: list[int], low: int, high: int) -> bool:
    """Say whether these numbers are spread over a range as chance spreads them: p > 0.01."""
    width = high - low + 1
    found = Counter((value - low) * CLASSES // width for value in values)
    edges = [-(-width * number // CLASSES) for number in range(CLASSES + 1)]
    shares = [(edges[number + 1] - edges[number]) / width for number in range(CLASSES)]
    return likelihood([found[number] for number in range(CLASSES)], shares) > 0.01


def test_the_measure_tells_chance_from_a_pattern() -> None:
    assert likelihood([100] * 64, [1 / 64] * 64) > 0.99
    # with 63 degrees of freedom 92.01 is the value of p = 0.01
    off = math.sqrt(92.01 * 100 / 2)
    assert likelihood([100 + off, *[100] * 62, 100 - off], [1 / 64] * 64) == pytest.approx(0.01, abs=0.001)
    assert likelihood([400, *[100] * 63], [1 / 64] * 64) < 1e-6
    assert not drawn_evenly([*range(0, 65_536, 13), *[7] * 500], 0, 65_535)


def test_ports_and_ids_of_ten_thousand_questions_are_spread_as_chance_spreads_them() -> None:
    low, high = map(int, Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split())
    names = [f"fresh-{number}.example" for number in range(ASKED)]
    for last in (False, True):
        with Echo() as echo:
            heard = asyncio.run(told([echo.server], names, PortChoice.FRESH, 100))
        assert all(isinstance(one, Answer) for one in heard)
        ports, ids = [one.port for one in echo.seen], [one.id for one in echo.seen]
        even = {"ports": drawn_evenly(ports, low, high), "ids": drawn_evenly(ids, 0, 65_535)}
        # one time in fifty chance itself looks like a pattern, hardly ever twice
        if all(even.values()):
            break
        assert not last, even
    assert ASKED <= len(echo.seen) <= 1.01 * ASKED


def test_the_id_of_a_client_never_leaves_the_house(
    house: Path, authority: Authority, start: Callable[..., Guardian]
) -> None:
    guardian = start(house).ready()
    own = 0xBEEF
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker:
        asker.settimeout(SECONDS)
        for number in range(1000):
            query = dns.message.make_query(f"mine-{number}.example", "A", use_edns=0, id=own)
            asker.sendto(query.to_wire(), ("127.0.0.1", guardian.port))
            assert int.from_bytes(asker.recv(4096)[:2], "big") == own
    # chance alone draws it once in 65
    assert sum(one.id == own for one in authority.asked) <= 2
    assert len({one.id for one in authority.asked}) > 950
