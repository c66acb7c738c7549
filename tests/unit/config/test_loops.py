"""guardian never asks itself, however its own address is written."""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING

import pytest

from guardian.config.document import read_document, validate
from guardian.config.loops import asks_itself, loops
from guardian.config.settings import Settings
from guardian.config.values import read_endpoint

if TYPE_CHECKING:
    from guardian.config.values import Address

OWN = [ip_address("192.168.1.2"), ip_address("fd00::2"), ip_address("fe80::1%eth0")]


def own() -> list[Address]:
    return OWN


def never() -> list[Address]:
    pytest.fail("this machine's addresses do not matter here")


@pytest.mark.parametrize(
    ("listener", "upstream"),
    [
        ("0.0.0.0:53", "192.168.1.2"),
        ("0.0.0.0:53", "127.0.0.1"),
        ("0.0.0.0:53", "127.3.2.1"),
        ("0.0.0.0:53", "0.0.0.0"),
        ("127.0.0.1:53", "0.0.0.0"),
        ("0.0.0.0:53", "[::ffff:192.168.1.2]"),
        ("[::]:53", "[fd00::2]"),
        ("[::]:53", "[::1]"),
        ("[::]:53", "[::]"),
        ("[::]:53", "[fe80::1]"),
        ("192.168.1.2:53", "192.168.1.2"),
        ("127.0.0.1:1053", "127.0.0.1:1053"),
    ],
)
def test_a_question_that_would_come_back_is_seen(listener: str, upstream: str) -> None:
    assert asks_itself(read_endpoint(upstream), [read_endpoint("127.0.0.9:9"), read_endpoint(listener)], own)


@pytest.mark.parametrize(
    ("listener", "upstream"),
    [
        ("0.0.0.0:53", "192.168.1.1"),
        ("0.0.0.0:53", "127.0.0.1:5335"),
        ("0.0.0.0:53", "[::1]"),
        ("[::]:53", "127.0.0.1"),
        ("192.168.1.2:53", "127.0.0.53"),
        ("127.0.0.1:0", "127.0.0.1"),
    ],
)
def test_a_resolver_beside_guardian_may_be_asked(listener: str, upstream: str) -> None:
    assert not asks_itself(read_endpoint(upstream), [read_endpoint(listener)], own)


def test_the_machine_is_not_asked_for_its_addresses_where_the_listener_names_its_own() -> None:
    assert not asks_itself(read_endpoint("192.168.1.1"), [read_endpoint("192.168.1.2:53")], never)


def test_every_upstream_that_is_guardian_is_told_at_its_place() -> None:
    text = b"""\
dns: {listen: ["0.0.0.0:53"]}
upstreams:
  - {url: "udp://192.168.1.1"}
  - {url: "udp://192.168.1.2"}
  - {url: "udp://two.example", addresses: ["9.9.9.9", "127.0.0.1"]}
forward:
  - {zone: home.lan, upstream: "udp://127.0.0.1"}
"""
    document = read_document(text, "guardian.yaml")
    told = [str(fault) for fault in loops(document, validate(Settings, document), own)]
    assert [line.partition(" is where")[0] for line in told] == [
        "guardian.yaml:4:11: upstreams[1].url: 192.168.1.2:53",
        "guardian.yaml:5:55: upstreams[2].addresses[1]: 127.0.0.1:53",
        "guardian.yaml:7:32: forward[0].upstream: 127.0.0.1:53",
    ]
    assert "it would ask itself (write the resolver behind guardian" in told[0]
