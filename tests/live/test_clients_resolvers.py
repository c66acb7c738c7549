"""unbound and dnsmasq in front of a real `guardian dns`, and behind both what is too long for a packet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import dns.flags
import dns.message
import dns.query
import dns.rcode
import pytest

from tests.live.authority import ADDRESS, Behaviour
from tests.live.conftest import Guardian, publish, write_config
from tests.live.stream_authority import Manner, StreamAuthority
from tests.live.streams import NAME, SECONDS, Private
from tests.oracle.peers import dnsmasq, unbound

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.live.authority import Authority

    Program = Callable[[str], str]

GAMBLING = "gambling.guardian.example"
LONG = 20 * 1024
"""Octets of an answer that comes in no packet."""


@pytest.fixture
def long_answers(tmp_path: Path, compiled: Path, start: Callable[..., Guardian]) -> Iterator[Guardian]:
    """Start guardian in front of an upstream whose every TXT answer has LONG octets."""
    text = " ".join(f'"{number:03}{"x" * 240}"' for number in range(8))
    zone = tuple(f'long.example TXT "{number:03}" {text}' for number in range(LONG // 1950))
    publish(compiled, tmp_path / "state")
    with StreamAuthority(manner=Manner(behaviour=Behaviour(zone=zone))) as upstream:
        yield start(write_config(tmp_path, f"tcp://127.0.0.1:{upstream.port}")).ready()


def ask(port: int, name: str, qtype: str = "A") -> dns.message.Message:
    query = dns.message.make_query(name, qtype, use_edns=0, payload=1232)
    said, _ = dns.query.udp_with_fallback(query, "127.0.0.1", timeout=SECONDS, port=port)
    return said


def judge(port: int) -> None:
    """Say that what is closed is closed and what is open is open, a server in between or not."""
    assert ask(port, f"a.{GAMBLING}").rcode() == dns.rcode.NXDOMAIN
    assert ADDRESS in str(ask(port, "school.example").answer)
    assert ADDRESS in str(ask(port, "MiXeD.CaSe.ExAmPlE").answer)


@pytest.mark.parametrize("server", ["use-caps-for-id: no", "use-caps-for-id: yes", "tcp-upstream: yes"])
def test_unbound_in_front_hears_what_guardian_says(
    house: Path, tmp_path: Path, start: Callable[..., Guardian], program: Program, server: str
) -> None:
    forward = f"forward-addr: 127.0.0.1@{start(house).ready().port}"
    with unbound(program("unbound"), tmp_path, lines=f"  {server}", forward=forward) as port:
        judge(port)


def test_unbound_asks_guardian_over_tls_and_believes_its_certificate(
    private: Private, tmp_path: Path, program: Program
) -> None:
    lines = f'  tls-cert-bundle: "{private.authority}"'
    forward = f"forward-tls-upstream: yes\n  forward-addr: 127.0.0.1@{private.port}#{NAME}"
    with unbound(program("unbound"), tmp_path, lines=lines, forward=forward) as port:
        judge(port)


def test_dnsmasq_in_front_hears_what_guardian_says(
    house: Path, tmp_path: Path, start: Callable[..., Guardian], program: Program
) -> None:
    with dnsmasq(program("dnsmasq"), tmp_path, start(house).ready().port) as port:
        judge(port)


def test_what_is_too_long_is_cut_off_over_udp_and_whole_over_tcp(long_answers: Guardian) -> None:
    query = dns.message.make_query("long.example", "TXT", use_edns=0, payload=1232)
    short = dns.query.udp(query, "127.0.0.1", timeout=SECONDS, port=long_answers.port)
    assert short.flags & dns.flags.TC
    assert not short.answer
    whole = dns.query.tcp(query, "127.0.0.1", timeout=SECONDS, port=long_answers.port)
    assert not whole.flags & dns.flags.TC
    assert len(whole.to_wire(max_size=65_535)) >= LONG * 0.9


def test_unbound_comes_back_over_tcp_for_what_is_too_long(
    long_answers: Guardian, tmp_path: Path, program: Program
) -> None:
    forward = f"forward-addr: 127.0.0.1@{long_answers.port}"
    with unbound(program("unbound"), tmp_path, lines="  edns-buffer-size: 1232", forward=forward) as port:
        assert len(ask(port, "long.example", "TXT").to_wire(max_size=65_535)) >= LONG * 0.9


def test_dnsmasq_comes_back_over_tcp_for_what_is_too_long(
    long_answers: Guardian, tmp_path: Path, program: Program
) -> None:
    with dnsmasq(program("dnsmasq"), tmp_path, long_answers.port) as port:
        assert len(ask(port, "long.example", "TXT").to_wire(max_size=65_535)) >= LONG * 0.9


def test_a_client_that_probes_for_edns_is_answered_each_time(
    house: Path, start: Callable[..., Guardian], authority: Authority
) -> None:
    guardian = start(house).ready()
    for version, payload in ((-1, 0), (0, 512), (0, 4096)):
        query = dns.message.make_query("probe.example", "A", use_edns=version, payload=payload)
        said = dns.query.udp(query, "127.0.0.1", timeout=SECONDS, port=guardian.port)
        assert ADDRESS in str(said.answer)
        assert (said.edns >= 0) == (query.edns >= 0)
    assert authority.names() == ["probe.example"]
