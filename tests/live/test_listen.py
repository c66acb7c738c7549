"""Where guardian listens, also as this machine's addresses change, and that it answers from the address asked."""

from __future__ import annotations

import os
import re
import socket
from pathlib import Path
from typing import TYPE_CHECKING

import dns.message
import dns.query
import dns.rcode
import pytest

from tests.live.conftest import BANDS, PROGRAM, Guardian, write_config
from tests.live.town import Device, run, why_not

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

GAMBLING = "gambling.guardian.example"
HAS_IPV6 = Path("/proc/net/if_inet6").is_file() and "lo" in Path("/proc/net/if_inet6").read_text(encoding="ascii")


def ports(guardian: Guardian) -> dict[str, int]:
    """Give the port of each address it says it answers on."""
    line = guardian.wait_for("answering on")
    return {address: int(port) for address, port in re.findall(r"([0-9a-f.:]+) port (\d+)", line)}


def ask_at(address: str, port: int) -> dns.message.Message:
    """Ask there; an answer from any other address counts as none."""
    return dns.query.udp(dns.message.make_query(GAMBLING, "A"), address, timeout=10, port=port)


def test_each_address_listens_for_itself_and_answers_from_itself(house: Path, start: Callable[..., Guardian]) -> None:
    guardian = start(house, "--listen", "127.0.0.5:0", "--listen", "127.0.0.6:0")
    places = ports(guardian)
    assert set(places) == {"127.0.0.5", "127.0.0.6"}
    for address, port in places.items():
        assert ask_at(address, port).rcode() == dns.rcode.NXDOMAIN


def test_tcp_is_served_at_the_port_that_was_drawn_for_udp(house: Path, start: Callable[..., Guardian]) -> None:
    wanted = ["127.0.0.5:0", "127.0.0.6:0", *(["[::1]:0"] if HAS_IPV6 else [])]
    guardian = start(house, *(word for one in wanted for word in ("--listen", one)))
    for address, port in ports(guardian).items():
        for name, expected in ((GAMBLING, dns.rcode.NXDOMAIN), ("guardian.home.arpa", dns.rcode.NOERROR)):
            query = dns.message.make_query(name, "A")
            assert dns.query.tcp(query, address, timeout=10, port=port).rcode() == expected


@pytest.mark.parametrize("mode", ["nxdomain", "nodata", "'null'"])
def test_guardian_itself_is_found_at_the_address_that_was_asked(
    house: Path, start: Callable[..., Guardian], mode: str
) -> None:
    text = house.read_text(encoding="utf-8")
    house.write_text(text.replace("dns: {", f"dns: {{block_mode: {mode}, "), encoding="utf-8")
    wanted = ["127.0.0.5", "127.0.0.6", *(["::1"] if HAS_IPV6 else [])]
    options = [word for one in wanted for word in ("--listen", f"[{one}]:0" if ":" in one else f"{one}:0")]
    guardian = start(house, *options)
    for address, port in ports(guardian).items():
        of_here, other = ("AAAA", "A") if ":" in address else ("A", "AAAA")
        for device in ["::1"] if ":" in address else BANDS.values():
            seen = {
                qtype: dns.query.udp(dns.message.make_query("guardian.home.arpa", qtype), address, 10, port, device)
                for qtype in (of_here, other, "HTTPS")
            }
            assert [str(data) for rrset in seen[of_here].answer for data in rrset] == [address]
            for empty in (seen[other], seen["HTTPS"]):
                assert (empty.rcode(), empty.answer) == (dns.rcode.NOERROR, [])


@pytest.mark.skipif(not HAS_IPV6, reason="this machine has no IPv6")
def test_ipv6_is_served_as_ipv4_is(house: Path, start: Callable[..., Guardian]) -> None:
    guardian = start(house, "--listen", "[::1]:0", "--listen", "127.0.0.1:0")
    for address, port in ports(guardian).items():
        assert ask_at(address, port).rcode() == dns.rcode.NXDOMAIN


def test_whoever_is_not_of_the_house_is_refused_and_told_why(tmp_path: Path, start: Callable[..., Guardian]) -> None:
    config = write_config(tmp_path, "udp://127.0.0.1:9")
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace('"127.0.0.1:0"]', '"127.0.0.1:0"], allow_from: [127.0.0.0/28]', 1), encoding="utf-8")
    guardian = start(config).ready()
    query = dns.message.make_query(GAMBLING, "A", use_edns=0)
    seen = {
        source: dns.query.udp(query, "127.0.0.1", timeout=10, port=guardian.port, source=source).rcode()
        for source in ("127.0.0.1", "127.0.0.99")
    }
    assert seen == {"127.0.0.1": dns.rcode.NXDOMAIN, "127.0.0.99": dns.rcode.REFUSED}


def test_an_outsider_with_a_malformed_packet_hears_nothing(tmp_path: Path, start: Callable[..., Guardian]) -> None:
    config = write_config(tmp_path, "udp://127.0.0.1:9")
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace('"127.0.0.1:0"]', '"127.0.0.1:0"], allow_from: [127.0.0.0/28]', 1), encoding="utf-8")
    guardian = start(config).ready()
    good = dns.message.make_query(GAMBLING, "A").to_wire()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as outsider:
        outsider.settimeout(10)
        outsider.bind(("127.0.0.99", 0))
        outsider.sendto(b"\0\1" + good[2:14], ("127.0.0.1", guardian.port))
        outsider.sendto(b"\0\2" + good[2:], ("127.0.0.1", guardian.port))
        # answered in the order of coming: the first answer is the second packet's
        assert outsider.recv(4096)[:2] == b"\0\2"


# --- addresses that come and go ---------------------------------------------------------------------------------------

WHY_NOT = why_not()
IP_FREEBIND = 15
EVERYWHERE = '["0.0.0.0:53", "[::]:53"]'


@pytest.fixture
def machine() -> Iterator[Device]:
    """Return a machine without a network."""
    device = Device(f"alone-{os.getpid()}")
    yield device
    device.close()


def in_machine(machine: Device, house: Path, **more: object) -> Guardian:
    """Start guardian on it, at port 53 of every address."""
    text = house.read_text(encoding="utf-8").replace('["127.0.0.1:0"]', EVERYWHERE, 1)
    house.write_text(text, encoding="utf-8")
    words = ("ip", "netns", "exec", machine.name, *PROGRAM, "dns", "--config", str(house))
    return Guardian(house, program=words, **more)  # type: ignore[arg-type]


def served(machine: Device, address: str) -> bool:
    """Ask there over UDP and TCP."""
    query = dns.message.make_query(GAMBLING, "A")
    with machine.inside():
        over_udp = dns.query.udp(query, address, timeout=10)
        over_tcp = dns.query.tcp(query, address, timeout=10)
    return over_udp.rcode() == over_tcp.rcode() == dns.rcode.NXDOMAIN


@pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT or "-")
def test_guardian_listens_wherever_its_machine_is_reached_by_now(machine: Device, house: Path) -> None:
    with in_machine(machine, house) as guardian:
        guardian.ready()
        assert "guardian answers only itself until it has one" in guardian.log()
        for address, length in (("10.9.0.1", 24), ("fd09::1", 64)):
            machine.ip("address", "add", f"{address}/{length}", "dev", "lo")
            guardian.wait_for(f"addresses have changed: also answering on {address}\n")
            assert served(machine, address)
            machine.ip("address", "del", f"{address}/{length}", "dev", "lo")
            guardian.wait_for(f"addresses have changed: no longer on {address}\n")
        assert served(machine, "127.0.0.1")


@pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT or "-")
def test_a_new_address_whose_port_is_taken_is_told_once_and_costs_no_other(machine: Device, house: Path) -> None:
    with machine.inside():
        holder = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        holder.setsockopt(socket.IPPROTO_IP, IP_FREEBIND, 1)
        holder.bind(("10.9.0.1", 53))
        holder.listen()
    with holder, in_machine(machine, house) as guardian:
        guardian.ready()
        machine.ip("address", "add", "10.9.0.1/24", "dev", "lo")
        told = guardian.wait_for("can't listen on 10.9.0.1 port 53: ")
        assert f"(process {os.getpid()}) holds it" in told
        machine.ip("address", "add", "10.9.0.2/24", "dev", "lo")
        guardian.wait_for("also answering on 10.9.0.2")
        assert served(machine, "10.9.0.2")
        holder.close()
        machine.ip("address", "add", "10.9.0.3/24", "dev", "lo")
        guardian.wait_for("also answering on 10.9.0.1, 10.9.0.3")
        assert served(machine, "10.9.0.1")
        assert guardian.log().count("can't listen on") == 1


@pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT or "-")
def test_an_ipv6_address_that_is_still_tried_out_is_listened_on(machine: Device, house: Path) -> None:
    run("ip", "-n", machine.name, "link", "add", "eth0", "type", "veth", "peer", "name", "other")
    settings = "/proc/sys/net/ipv6/conf/eth0"
    run(
        "ip",
        "netns",
        "exec",
        machine.name,
        "sh",
        "-c",
        f"echo 1 >{settings}/accept_dad; echo 99 >{settings}/dad_transmits",
    )
    for one in ("other", "eth0"):
        machine.ip("link", "set", one, "up")
    machine.ip("address", "add", "fd09::1/64", "dev", "eth0")
    house.write_text(house.read_text(encoding="utf-8").replace("127.0.0.1:0", "[fd09::1]:53", 1), encoding="utf-8")
    with in_machine(machine, house) as guardian:
        assert "answering on fd09::1 port 53 by" in guardian.wait_for("answering on")
        # else this says nothing
        assert "tentative" in run("ip", "-n", machine.name, "address", "show", "dev", "eth0", "scope", "global")
