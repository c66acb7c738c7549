"""What a sound file may still do that nobody wants is told, and nothing else is."""

from __future__ import annotations

from ipaddress import ip_network
from typing import TYPE_CHECKING

import pytest

from guardian.config.concerns import concerns
from guardian.config.document import read_document, validate
from guardian.config.settings import Settings

if TYPE_CHECKING:
    from guardian.config.values import Network

OWN = ["192.0.2.0/24", "2001:db8:7:1::/64"]


def told(text: str) -> list[str]:
    document = read_document(text.encode(), "guardian.yaml")

    def own() -> list[Network]:
        return [ip_network(one) for one in OWN]

    return [str(one) for one in concerns(document, validate(Settings, document), own)]


def clients(*bands: str) -> str:
    lines = "".join(f'  - {{network: 192.168.1.{number}, band: "{band}"}}\n' for number, band in enumerate(bands, 20))
    return f"clients:\n{lines}"


@pytest.mark.parametrize(("unknown", "bands"), [("10-12", ("6-9",)), ("adult", ("adult", "16-17")), ("6-9", ("0-5",))])
def test_a_stranger_that_may_do_more_than_a_named_child_is_told(unknown: str, bands: tuple[str, ...]) -> None:
    (line,) = told(f'family: {{unknown_devices: "{unknown}"}}\n' + clients(*bands))
    assert line.startswith(
        f"guardian.yaml:1:27: family.unknown_devices: {unknown} is looser than {bands[-1]} at clients"
    )
    assert line.endswith(f'(write unknown_devices: "{bands[-1]}")')


@pytest.mark.parametrize(("unknown", "bands"), [("6-9", ("6-9", "adult")), ("0-5", ("6-9",)), ("adult", ())])
def test_a_stranger_that_may_do_as_little_as_the_strictest_is_not(unknown: str, bands: tuple[str, ...]) -> None:
    text = f'family: {{unknown_devices: "{unknown}"}}\n'
    assert told(text + clients(*bands) if bands else text) == []


def test_the_default_for_strangers_is_judged_too() -> None:
    assert [line.split(": ")[1] for line in told(clients("6-9"))] == ["family.unknown_devices"]


def test_a_device_named_by_its_hardware_address_counts_as_a_child_and_opens_nothing() -> None:
    child = 'clients: [{mac: 3c:22:fb:10:20:30, band: "6-9"}]\n'
    (line,) = told(f'family: {{unknown_devices: "10-12"}}\n{child}')
    assert line.startswith("guardian.yaml:1:27: family.unknown_devices: 10-12 is looser than 6-9 at clients")
    assert told(f'family: {{unknown_devices: "6-9"}}\n{child}') == []


@pytest.mark.parametrize(
    "network",
    ["0.0.0.0/0", "::/0", "0.0.0.0/1", "128.0.0.0/1", "2000::/3", "198.51.100.0/24", "10.0.0.0/7", "fc00::/6"],
)
def test_a_network_of_the_world_is_told(network: str) -> None:
    (line,) = told(f'dns: {{allow_from: [local, "{network}"]}}\n')
    assert line.startswith(f"guardian.yaml:1:27: dns.allow_from[1]: {network} is open to the internet")
    (line,) = told(f'clients: [{{network: "{network}", band: adult}}]\nfamily: {{unknown_devices: adult}}\n')
    assert line.startswith("guardian.yaml:1:21: clients[0].network: ")


@pytest.mark.parametrize(
    "network",
    [
        "192.168.1.0/24",
        "10.0.0.0/8",
        "172.16.0.0/12",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "fd00::/8",
        "fe80::/10",
        "192.0.2.0/24",
        "192.0.2.9/32",
        "2001:db8:7:1::/64",
        "2001:db8:7:1::5/128",
        "2001:db8:7::/48",
    ],
)
def test_a_network_of_the_house_is_not(network: str) -> None:
    assert told(f'dns: {{allow_from: [local, "{network}"]}}\n') == []


@pytest.mark.parametrize("router", ["203.0.113.1", '"2001:db8:9::1"'])
def test_a_trusted_router_outside_of_the_house_is_told(router: str) -> None:
    (line,) = told(f"dns: {{trusted_routers: [{router}]}}\n")
    assert line.startswith("guardian.yaml:1:25: dns.trusted_routers[0]:")
    assert "taken for any device" in line


@pytest.mark.parametrize("router", ["192.168.1.1", "192.0.2.1", '"fd00::1"', '"2001:db8:7:1::1"'])
def test_a_trusted_router_of_the_house_is_not(router: str) -> None:
    assert told(f"dns: {{trusted_routers: [{router}]}}\n") == []


@pytest.mark.parametrize(("band", "warns"), [("adult", True), ("10-12", True), ("6-9", False), ("0-5", False)])
def test_a_trusted_router_that_is_freer_than_a_stranger_is_told(band: str, *, warns: bool) -> None:
    text = f'dns: {{trusted_routers: [192.168.1.20]}}\nfamily: {{unknown_devices: "6-9"}}\n{clients(band)}'
    assert [line.split(": ")[1] for line in told(text) if "router" in line] == ["clients[0].band"] * warns


def test_what_an_interface_says_of_half_the_world_makes_it_no_house(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(globals(), "OWN", ["0.0.0.0/0", "2000::/3"])
    assert len(told('dns: {allow_from: ["0.0.0.0/0", "64.0.0.0/7", "2000::/3"]}\n')) == 3


@pytest.mark.parametrize(
    ("text", "warns"),
    [
        ("lists: {embedded: false}\n", True),
        ("lists: {embedded: false, sources: [{name: one, kind: allow, path: one}]}\n", True),
        ("lists: {embedded: false, sources: [{name: one, category: ads, path: one}]}\n", False),
        ("lists: {embedded: true}\n", False),
    ],
)
def test_a_filter_without_a_list_is_told(text: str, *, warns: bool) -> None:
    assert [line.partition(": no list")[0] for line in told(text)] == ["guardian.yaml:1:19: lists.embedded"] * warns


@pytest.mark.parametrize("plain", ["udp://192.0.2.53", "tcp://192.0.2.53"])
def test_a_plain_upstream_beside_an_encrypted_one_is_told_to_be_never_asked(plain: str) -> None:
    (line,) = told(f"upstreams:\n  - {{url: 'tls://192.0.2.1'}}\n  - {{url: '{plain}'}}\n")
    assert line.startswith(f"guardian.yaml:3:11: upstreams[1].url: {plain}:53 is never asked: ")


@pytest.mark.parametrize("scheme", ["udp", "tls"])
def test_upstreams_of_one_kind_are_not(scheme: str) -> None:
    assert told(f"upstreams:\n  - {{url: '{scheme}://192.168.1.1'}}\n  - {{url: '{scheme}://192.168.1.2'}}\n") == []
