"""The names under which addresses are asked for."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

import dns.reversename
import pytest

from guardian.wire.reverse import reverse_name, reverse_zone


@pytest.mark.parametrize("text", ["192.168.1.9", "0.0.0.0", "fd00::9", "::", "2001:db8:ffff::1"])
def test_an_address_has_the_name_that_others_ask_for(text: str) -> None:
    assert reverse_name(ip_address(text)) == dns.reversename.from_address(text).to_text(omit_final_dot=True)


def test_the_link_of_an_address_is_no_part_of_its_name() -> None:
    assert reverse_name(ip_address("fe80::1%eth0")) == reverse_name(ip_address("fe80::1"))


@pytest.mark.parametrize(
    ("network", "zone"),
    [
        ("192.168.1.0/24", "1.168.192.in-addr.arpa"),
        ("172.16.0.0/16", "16.172.in-addr.arpa"),
        ("10.0.0.0/8", "10.in-addr.arpa"),
        ("192.168.1.9/32", "9.1.168.192.in-addr.arpa"),
        ("fd00:7::/32", "7.0.0.0.0.0.d.f.ip6.arpa"),
        ("2001:db8::/60", "0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa"),
    ],
)
def test_a_network_has_its_zone(network: str, zone: str) -> None:
    assert reverse_zone(ip_network(network)) == zone


@pytest.mark.parametrize("network", ["192.168.0.0/23", "172.16.0.0/12", "0.0.0.0/0", "::/0", "fd00::/7", "fd00::/63"])
def test_a_network_between_two_labels_has_none(network: str) -> None:
    assert reverse_zone(ip_network(network, strict=False)) is None
