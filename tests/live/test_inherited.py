"""Sockets that systemd holds: guardian answers from the address that was asked, and a restart loses no question."""

from __future__ import annotations

import contextlib
import fcntl
import itertools
import os
import selectors
import socket
import ssl
import sys
import threading
import time
from typing import TYPE_CHECKING

import dns.message
import dns.query
import dns.rcode
import pytest
import trustme

from guardian.system.ports import widen
from tests.live.conftest import BANDS, PROGRAM, Guardian
from tests.live.test_listen import HAS_IPV6, WHY_NOT
from tests.live.test_notify import Manager
from tests.live.town import Town, run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    Hand = Callable[..., Guardian]

LAUNCHER = """
import os, sys
names, numbers, program = sys.argv[1], sys.argv[2].split(","), sys.argv[3:]
for place, number in enumerate(numbers):
    os.dup2(int(number), 3 + place)
    os.close(int(number))
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS=str(len(numbers)), LISTEN_FDNAMES=names)
os.execv(program[0], program)
"""
"""What systemd does with a .socket unit."""
MALWARE = "malware.guardian.example"
NEEDS_IPV6 = pytest.mark.skipif(not HAS_IPV6, reason="this machine has no IPv6")
HIGH = 100
"""Descriptors below are the launcher's to write over."""


@pytest.fixture
def hand() -> Iterator[Hand]:
    """Return a starter that hands sockets over; what it starts ends with the test."""
    with contextlib.ExitStack() as ending:

        def start(config: Path, sockets: Sequence[socket.socket], names: str = "", *before: str) -> Guardian:
            high = [fcntl.fcntl(one, fcntl.F_DUPFD, HIGH) for one in sockets]
            words = [sys.executable, "-c", LAUNCHER, names, ",".join(map(str, high))]
            try:
                program = [*before, *words, *PROGRAM, "dns", "--config", str(config)]
                return ending.enter_context(Guardian(config, program=program, descriptors=high))
            finally:
                for one in high:
                    socket.close(one)

        yield start


def wildcard(family: socket.AddressFamily, kind: socket.SocketKind, *, port: int = 0) -> socket.socket:
    """Give a socket at all addresses, as `ListenDatagram=PORT` makes one: of both families where it is IPv6."""
    held = socket.socket(family, kind)
    if family == socket.AF_INET6:
        held.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    held.bind(("", port))
    if kind is socket.SOCK_STREAM:
        held.listen(64)
    return held


def own_address(address: str, port: int, device: str | None = None) -> list[str]:
    """Ask guardian there where it is; an answer from any other address counts as none."""
    query = dns.message.make_query("guardian.home.arpa", "AAAA" if ":" in address else "A")
    told = dns.query.udp(query, address, timeout=10, port=port, source=device)
    return [str(data) for rrset in told.answer for data in rrset]


def test_each_address_of_a_wildcard_socket_answers_from_itself(house: Path, hand: Hand) -> None:
    with wildcard(socket.AF_INET, socket.SOCK_DGRAM) as held:
        port = held.getsockname()[1]
        guardian = hand(house, [held])
        guardian.wait_for(f"answering on 0.0.0.0 port {port} by")
        for address in ("127.0.0.1", "127.0.0.5", "127.0.0.77"):
            for device in BANDS.values():
                assert own_address(address, port, device) == [address]


@pytest.mark.skipif(not HAS_IPV6, reason="this machine has no IPv6")
def test_one_socket_of_both_families_serves_each_device_by_its_own_address(house: Path, hand: Hand) -> None:
    with wildcard(socket.AF_INET6, socket.SOCK_DGRAM) as held:
        port = held.getsockname()[1]
        hand(house, [held]).wait_for("answering on")
        for address in ("127.0.0.5", "127.0.0.6", "::1"):
            assert own_address(address, port) == [address]
        # known by IPv4 addresses in the settings: a mapped address would be nobody's
        query = dns.message.make_query("games.guardian.example", "A")
        seen = {
            band: dns.query.udp(query, "127.0.0.5", timeout=10, port=port, source=BANDS[band]).rcode()
            for band in ("0-5", "adult")
        }
        assert seen == {"0-5": dns.rcode.NXDOMAIN, "adult": dns.rcode.NOERROR}


def test_what_waits_for_an_upstream_is_answered_from_the_address_asked_too(house: Path, hand: Hand) -> None:
    with wildcard(socket.AF_INET, socket.SOCK_DGRAM) as held:
        port = held.getsockname()[1]
        hand(house, [held]).wait_for("answering on")
        query = dns.message.make_query("shop.example.al", "A")
        for address in ("127.0.0.5", "127.0.0.6"):
            assert dns.query.udp(query, address, timeout=10, port=port).answer


@pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT or "-")
def test_a_device_may_ask_at_the_address_that_holds_on_its_link_alone(house: Path, hand: Hand) -> None:
    with Town() as town:
        device = town.plug_in("tablet")
        shown = run("ip", "-n", town.home.name, "-6", "-oneline", "address", "show", "dev", "br0", "scope", "link")
        ours, theirs = shown.partition("inet6 ")[2].partition("/")[0], device.link_local()
        with town.home.inside():
            held = wildcard(socket.AF_INET6, socket.SOCK_DGRAM, port=53)
        with held:
            hand(house, [held], "", "ip", "netns", "exec", town.home.name).wait_for("answering on")
            with device.inside(), socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as asking:
                link = socket.if_nametoindex("eth0")
                asking.bind((theirs, 0, 0, link))
                # connected: an answer from any other address never arrives
                asking.connect((ours, 53, 0, link))
                asking.settimeout(10)
                asking.send(dns.message.make_query("guardian.home.arpa", "AAAA").to_wire())
                told = dns.message.from_wire(asking.recv(4096))
        assert [str(data) for rrset in told.answer for data in rrset] == [ours]


@pytest.mark.parametrize("family", [socket.AF_INET, pytest.param(socket.AF_INET6, marks=NEEDS_IPV6)])
def test_streams_that_were_handed_over_are_served_each_by_its_name(
    house: Path, hand: Hand, family: socket.AddressFamily
) -> None:
    with contextlib.ExitStack() as ending:
        plain, encrypted = (ending.enter_context(wildcard(family, socket.SOCK_STREAM)) for _ in range(2))
        certified(house)
        guardian = hand(house, [plain, encrypted], "dns:tls")
        told = guardian.wait_for("answering on")
        port, tls_port = (one.getsockname()[1] for one in (plain, encrypted))
        assert f"port {port}, " in told
        assert f"port {tls_port} (TLS)" in told
        anyone = ssl.create_default_context()
        anyone.check_hostname, anyone.verify_mode = False, ssl.CERT_NONE
        query = dns.message.make_query("guardian.home.arpa", "A")
        for address in ("127.0.0.5", "127.0.0.6"):
            over_tcp = dns.query.tcp(query, address, timeout=10, port=port)
            over_tls = dns.query.tls(query, address, timeout=10, port=tls_port, ssl_context=anyone)
            for told_there in (over_tcp, over_tls):
                assert [str(data) for rrset in told_there.answer for data in rrset] == [address]


def test_a_socket_for_tls_without_a_certificate_is_a_fault(house: Path, hand: Hand) -> None:
    with wildcard(socket.AF_INET, socket.SOCK_STREAM) as held:
        guardian = hand(house, [held], "tls")
        guardian.wait_for("a socket named tls was handed over, but dns.tls names no certificate")
        assert guardian.process.wait(20) == 1


def certified(house: Path) -> None:
    """Give guardian a certificate."""
    authority = trustme.CA()
    certificate = authority.issue_cert("guardian.home.arpa")
    certificate.private_key_pem.write_to_path(str(house.parent / "tls.key"))
    certificate.cert_chain_pems[0].write_to_path(str(house.parent / "tls.crt"))
    text = house.read_text(encoding="utf-8")
    house.write_text(text.replace("dns: {", "dns: {tls: {certificate: tls.crt, key: tls.key}, "), encoding="utf-8")


def test_no_other_socket_is_opened_beside_those_handed_over(house: Path, hand: Hand) -> None:
    with wildcard(socket.AF_INET, socket.SOCK_DGRAM) as held:
        port = held.getsockname()[1]
        text = house.read_text(encoding="utf-8")
        # an address that can't be had would end the start
        house.write_text(text.replace("127.0.0.1:0", "192.0.2.1:53", 1), encoding="utf-8")
        guardian = hand(house, [held])
        assert f"answering on 0.0.0.0 port {port} by" in guardian.wait_for("answering on")


def test_the_watchdog_is_fed_where_streams_alone_were_handed_over(
    house: Path, hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    manager = Manager(str(house.parent / "notify"))
    for name, value in manager.environment(watchdog=0.3).items():
        monkeypatch.setenv(name, value)
    with manager.socket, wildcard(socket.AF_INET, socket.SOCK_STREAM) as held:
        hand(house, [held])
        manager.hears("WATCHDOG=1")


def test_a_descriptor_that_is_no_socket_for_dns_is_named(house: Path, hand: Hand) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as silent:
        silent.bind(("127.0.0.1", 0))
        guardian = hand(house, [silent], "dns")
        line = guardian.wait_for("descriptor 3 (dns) of those handed over")
        assert "neither a datagram nor a listening stream socket" in line
        assert guardian.process.wait(20) == 1


# --- restart ----------------------------------------------------------------------------------------------------------

RATE = 1000
"""Questions a second, from as many devices as there are bands: one alone would be slowed."""
ASKED = 5000
LONGEST_SILENCE = 1.0
"""Seconds (R29 of the design)."""


def test_a_restart_under_a_thousand_questions_a_second_loses_none(house: Path, hand: Hand) -> None:
    with contextlib.ExitStack() as ending:
        held = ending.enter_context(wildcard(socket.AF_INET, socket.SOCK_DGRAM))
        widen(held)
        first = hand(house, [held])
        first.wait_for("answering on")
        restarted: list[Guardian] = []

        def restart() -> None:
            assert first.stop() == 0
            restarted.append(hand(house, [held]))

        restarting = threading.Thread(target=restart)
        times = _ask_at_a_rate(("127.0.0.5", held.getsockname()[1]), restarting.start)
        restarting.join()
        assert len(restarted) == 1
        assert len(times) == ASKED
        gap = max(later - earlier for earlier, later in itertools.pairwise(times))
        print(f"longest silence {gap:.2f} s")
        # most of it is the start of Python: on processors that others keep busy it says nothing of guardian
        assert gap <= LONGEST_SILENCE or os.getloadavg()[0] > (os.cpu_count() or 1)


def _ask_at_a_rate(guardian: tuple[str, int], at_half: Callable[[], None]) -> list[float]:
    """Ask ASKED closed names, each once, and call `at_half` in between; give when each answer came, in order."""
    answered: dict[int, float] = {}
    with contextlib.ExitStack() as ending, selectors.DefaultSelector() as selector:
        askers = [ending.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) for _ in BANDS]
        for asker, device in zip(askers, BANDS.values(), strict=True):
            asker.bind((device, 0))
            asker.connect(guardian)
            selector.register(asker, selectors.EVENT_READ)
        begun, sent = time.monotonic(), 0
        while len(answered) < ASKED and time.monotonic() < begun + ASKED / RATE + 10:
            while sent < ASKED and time.monotonic() >= begun + sent / RATE:
                query = dns.message.make_query(f"n{sent}.{MALWARE}", "A", use_edns=0, id=sent)
                askers[sent % len(askers)].send(query.to_wire())
                sent += 1
                if sent == ASKED // 2:
                    at_half()
            wait = 1.0 if sent == ASKED else begun + sent / RATE - time.monotonic()
            for key, _ in selector.select(max(0.0, wait)):
                assert isinstance(key.fileobj, socket.socket)
                packet = key.fileobj.recv(4096)
                assert packet[3] & 0xF == dns.rcode.NXDOMAIN
                answered.setdefault(int.from_bytes(packet[:2], "big"), time.monotonic())
    return sorted(answered.values())
