"""Names of the house: records and leases both ways, the router's names, and what never leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import dns.message
import dns.query
import dns.rcode
import dns.reversename
import pytest

from tests.live.authority import Authority, Behaviour
from tests.live.conftest import BANDS, Guardian, ask, publish, write_config

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

LEASES = """\
1796230000 3c:22:fb:10:20:30 192.168.1.20 Laptop 01:3c:22:fb:10:20:30
1796230000 3c:22:fb:10:20:31 192.168.1.21 wpad *
1796230000 3c:22:fb:10:20:32 192.168.1.22 nas *
duid 00:01:00:01:2c:aa:bb:cc:b8:27:eb:01:02:03
1796230000 12345678 fd00:7::20 laptop 00:01:00:01:aa
"""
HOUSE = """\
records:
  - {{name: nas.home.lan, address: 192.168.1.9}}
names: {{domain: home.lan, leases: [dnsmasq.leases, not-there.leases]}}
forward:
  - {{zone: router.lan, upstream: "{router}"}}
  - {{zone: 192.168.1.0/24, upstream: "{router}"}}
"""


@pytest.fixture
def router() -> Iterator[Authority]:
    """Serve the names that the router knows."""
    with Authority() as server:
        server.behaviours["tv.router.lan"] = Behaviour(zone=("tv.router.lan A 192.168.1.30",))
        server.behaviours["30.1.168.192.in-addr.arpa"] = Behaviour(
            zone=("30.1.168.192.in-addr.arpa PTR tv.router.lan.",)
        )
        yield server


@pytest.fixture
def guardian(
    tmp_path: Path, authority: Authority, router: Authority, compiled: Path, start: Callable[..., Guardian]
) -> Guardian:
    """Return a guardian of a house with names."""
    publish(compiled, tmp_path / "state")
    (tmp_path / "dnsmasq.leases").write_text(LEASES, encoding="utf-8")
    return start(write_config(tmp_path, authority.url, extra=HOUSE.format(router=router.url))).ready()


def told(guardian: Guardian, name: str, qtype: str = "A", *, device: str = "127.0.0.1") -> list[str]:
    return [data.to_text() for rrset in ask(guardian.port, name, qtype, device=device).answer for data in rrset]


def reverse(guardian: Guardian, address: str) -> list[str]:
    return told(guardian, dns.reversename.from_address(address).to_text(omit_final_dot=True), "PTR")


def test_a_device_is_found_by_the_name_it_gave_for_every_band(guardian: Guardian) -> None:
    for device in BANDS.values():
        assert told(guardian, "laptop.home.lan", device=device) == ["192.168.1.20"]
        assert told(guardian, "LAPTOP.home.lan", "AAAA", device=device) == ["fd00:7::20"]
    assert reverse(guardian, "192.168.1.20") == ["laptop.home.lan."]
    assert reverse(guardian, "fd00:7::20") == ["laptop.home.lan."]
    assert ask(guardian.port, "laptop.home.lan").answer[0].ttl <= 30


def test_what_the_operator_wrote_comes_before_what_a_device_calls_itself(guardian: Guardian) -> None:
    assert told(guardian, "nas.home.lan") == ["192.168.1.9"]
    assert reverse(guardian, "192.168.1.9") == ["nas.home.lan."]
    assert told(guardian, "wpad.home.lan") == []


def test_the_router_answers_its_names_and_the_addresses_that_nobody_here_knows(
    guardian: Guardian, router: Authority, authority: Authority
) -> None:
    assert told(guardian, "tv.router.lan", device=BANDS["0-5"]) == ["192.168.1.30"]
    assert reverse(guardian, "192.168.1.30") == ["tv.router.lan."]
    assert router.names() == ["tv.router.lan", "30.1.168.192.in-addr.arpa"]
    assert authority.names() == []


def test_names_of_the_house_leave_it_for_nobody(guardian: Guardian, router: Authority, authority: Authority) -> None:
    for name in ("unknown.home.lan", "home.lan", "a.b.home.lan", "nas", "com", "1.0.0.10.in-addr.arpa"):
        for qtype in ("A", "AAAA", "HTTPS"):
            answer = ask(guardian.port, name, qtype)
            assert answer.answer == []
            # nothing below a top-level domain is denied by that (RFC 8020)
            assert answer.rcode() == (dns.rcode.NXDOMAIN if name.endswith("arpa") else dns.rcode.NOERROR)
    assert ask(guardian.port, "1.0.64.100.in-addr.arpa", "PTR").rcode() == dns.rcode.NXDOMAIN
    assert authority.names() == router.names() == []
    ask(guardian.port, "com", "NS")
    assert authority.names() == ["com"]


def test_a_changed_file_is_taken_in_and_no_device_is_named_in_the_log(guardian: Guardian) -> None:
    file = guardian.config.parent / "dnsmasq.leases"
    file.write_text(LEASES.replace("192.168.1.20", "192.168.1.77"), encoding="utf-8")
    guardian.reload()
    guardian.wait_for("answering on", times=2)
    assert told(guardian, "laptop.home.lan") == ["192.168.1.77"]
    assert reverse(guardian, "192.168.1.77") == ["laptop.home.lan."]
    assert told(guardian, "laptop.home.lan", "AAAA") == ["fd00:7::20"]
    assert "not-there.leases: can't be read: No such file or directory" in guardian.log()
    assert not any(word in guardian.log() for word in ("laptop", "Laptop", "wpad", "192.168.1.7"))
