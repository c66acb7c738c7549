"""The text of an address, a network, an upstream or a name is understood in one way only."""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING

import pytest
from pydantic_core import PydanticCustomError

from guardian.config.values import (
    read_address,
    read_allowed,
    read_endpoint,
    read_hardware,
    read_name,
    read_network,
    read_upstream_url,
    read_word,
)

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize(
    ("read", "text", "meaning"),
    [
        (read_endpoint, "127.0.0.1:1053", "127.0.0.1:1053"),
        (read_endpoint, "127.0.0.1", "127.0.0.1:53"),
        (read_endpoint, "127.0.0.1:0", "127.0.0.1:0"),
        (read_endpoint, "[::1]:1053", "[::1]:1053"),
        (read_endpoint, "[fe80::1%eth0]", "[fe80::1%eth0]:53"),
        (read_upstream_url, "udp://9.9.9.9", "udp://9.9.9.9:53"),
        (read_upstream_url, "TCP://9.9.9.9:5353/", "tcp://9.9.9.9:5353"),
        (read_upstream_url, "tls://Dns.Quad9.net.", "tls://dns.quad9.net:853"),
        (read_upstream_url, "tls://[2620:fe::fe]", "tls://[2620:fe::fe]:853"),
        (read_network, "192.168.1.20", "192.168.1.20/32"),
        (read_network, "fd00::/8", "fd00::/8"),
        (read_hardware, "3c:22:fb:10:20:30", "3c:22:fb:10:20:30"),
        (read_hardware, "3C-22-FB-10-20-30", "3c:22:fb:10:20:30"),
        (read_hardware, "3c22fb102030", "3c:22:fb:10:20:30"),
        (read_address, "FD00::9", "fd00::9"),
        (read_allowed, "local", "local"),
        (read_allowed, "10.0.0.0/8", "10.0.0.0/8"),
        (read_name, "Printer.Home.LAN.", "printer.home.lan"),
        (read_name, "_dns.xn--ste-pla.com", "_dns.xn--ste-pla.com"),
        (read_name, ".".join(["a" * 63] * 3 + ["b" * 61]), ".".join(["a" * 63] * 3 + ["b" * 61])),
        (read_word, "oisd-big.2", "oisd-big.2"),
    ],
)
def test_what_is_right_has_one_meaning(read: Callable[[object], object], text: str, meaning: str) -> None:
    assert str(read(text)) == meaning


WRONG: dict[Callable[[object], object], tuple[str, ...]] = {
    read_endpoint: (
        "", ":53", "::1", "::1:53", "[127.0.0.1]:53", "[::1", "localhost:53", "*:53", "127.0.0.1:", "127.0.0.1:65536",
        "127.0.0.1:-1", "127.0.0.1:+1", "127.0.0.1:٣", "127.0.0.1:53 ", "127.1:53",
    ),
    read_upstream_url: (
        "", "9.9.9.9", "https://dns.quad9.net/dns-query", "udp://", "udp://:53", "udp://9.9.9.9:0", "udp://9.9.9.9:53/x",
        "udp://u@9.9.9.9", "udp://::1", "udp://[9.9.9.9]", "tls://[]", "tls://a..b", "tls://ë.al", "udp://9.9.9.9?x",
        "udp:/9.9.9.9",
    ),
    read_hardware: (
        "", "3c:22:fb:10:20", "3c:22:fb:10:20:30:40", "3c:22-fb:10-20:30", "3c:22:fb:10:20:3g", "3c:22:fb:10:20:30 ",
        "00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff", "01:00:5e:00:00:fb", "33:33:00:00:00:01", "3c:22:fb:10:20:3٣",
        "3c22:fb10:2030",
    ),
    read_network: (
        "", "192.168.1.20/24", "10.0.0.0/33", "10/8", "10.0.0.0/255.0.0.1", "all", "10.0.0.0/8/8", "fd00::/129",
    ),
    read_address: ("", "192.168.1.9:53", "192.168.1.0/24", "[::1]", "printer", "192.168.1.09"),
    read_name: (
        "", ".", "a..b", ".a", "a.b..", "192.168.1.9", "a b", "a/b", "a:53", "*.a", "a" * 64, ".".join(["a" * 63] * 4),
        "shkollë.al", "-a.b", "a-.b", "a\n", "\u212a.al",
    ),
    read_word: ("", "A", "a b", "-a", "a/b", "a" * 65, "a\n"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("read", "text"),
    [
        *((read, text) for read, texts in WRONG.items() for text in texts),
        *((read, 5) for read in (*WRONG, read_allowed)),
        *((read, None) for read in (*WRONG, read_allowed)),
    ],
)
def test_what_is_not_exactly_right_is_refused_with_a_hint(read: Callable[[object], object], text: object) -> None:
    with pytest.raises(PydanticCustomError) as caught:
        read(text)
    context = caught.value.context
    assert context is not None
    assert context["message"]
    assert "\n" not in context["message"] + context["hint"]


def test_a_value_made_in_code_is_left_as_it_is() -> None:
    endpoint = read_endpoint("127.0.0.1:53")
    url = read_upstream_url("udp://9.9.9.9")
    assert read_endpoint(endpoint) is endpoint
    assert read_upstream_url(url) is url
    assert read_address(ip_address("::1")) == ip_address("::1")
    assert read_network(ip_network("10.0.0.0/8")) == ip_network("10.0.0.0/8")


def test_an_upstream_knows_whether_its_host_is_an_address() -> None:
    assert read_upstream_url("udp://9.9.9.9").address == ip_address("9.9.9.9")
    assert read_upstream_url("tls://dns.quad9.net").address is None


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("tablet", "write an address of one device, such as 192.168.1.20, or a network"),
        ("192.168.1.24/24", "did you mean 192.168.1.24, this device alone? or 192.168.1.0/24, the whole network?"),
    ],
)
def test_a_network_that_is_none_is_met_with_the_device_that_was_meant(text: str, hint: str) -> None:
    with pytest.raises(PydanticCustomError) as caught:
        read_network(text)
    assert caught.value.context is not None
    assert hint in caught.value.context["hint"]
