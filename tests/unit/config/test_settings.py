"""What an operator writes becomes settings, and what is wrong is told at its place, all at once."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import settings as budget
from hypothesis import strategies as st
from pydantic import ValidationError

from guardian.config.settings import Settings, read_settings
from guardian.config.values import PortChoice, Transport
from guardian.errors import ConfigError, Fault
from guardian.model import Band, BlockMode, Format, ListKind, Scope

WHOLE = """\
state: ./.guardian
dns:
  listen: ["127.0.0.1:1053", "[::1]:1053"]
  allow_from: [local, 192.168.1.0/24]
  block_mode: nodata
  block_ttl: 60
  ports: pool
  cache_entries: 100
  inside_names: [Plex.Direct., vpn.example]
  rate_limit: 50
  trusted_routers: [192.168.1.1, "fd00::1"]
upstreams:
  - {url: "tls://dns.quad9.net", addresses: ["9.9.9.9", "149.112.112.112"]}
  - {url: "udp://[fd00::53]"}
forward:
  - {zone: Home.LAN., upstream: "udp://192.168.1.1:5353"}
  - {zone: 192.168.1.0/24, upstream: "udp://192.168.1.1:5353"}
records:
  - {name: printer.home.lan, address: 192.168.1.9}
names: {domain: Home.LAN., leases: [dnsmasq.leases, /var/lib/kea/kea-leases4.csv]}
lists:
  embedded: false
  sources:
    - {name: example, kind: block, category: gambling, path: lists/example.txt, format: auto}
    - {name: ours, kind: allow, path: /srv/ours.txt, format: domains, match: exact}
family:
  unknown_devices: "6-9"
clients:
  - {network: 192.168.1.20/32, band: "6-9"}
  - {network: 192.168.1.0/24, band: adult}
  - {mac: 3C-22-FB-10-20-30, band: "13-15"}
"""


def read(text: str) -> Settings:
    return read_settings(text.encode(), "guardian.yaml", "/etc/guardian")


def found(text: str) -> tuple[Fault, ...]:
    """Return the faults of a text; none when it is right. Anything but a ConfigError escapes."""
    try:
        read(text)
    except ConfigError as error:
        return error.faults
    return ()


def faults(text: str) -> list[str]:
    """Return every fault of a text, as a person reads it."""
    return [str(fault) for fault in found(text)]


def test_every_key_of_the_file_arrives() -> None:
    settings = read(WHOLE)
    assert settings.state == "/etc/guardian/.guardian"
    assert [str(endpoint) for endpoint in settings.dns.listen] == ["127.0.0.1:1053", "[::1]:1053"]
    assert settings.dns.allow_from == ("local", ip_network("192.168.1.0/24"))
    assert (settings.dns.block_mode, settings.dns.block_ttl) == (BlockMode.NODATA, 60)
    assert (settings.dns.ports, settings.dns.cache_entries) == (PortChoice.POOL, 100)
    assert (settings.dns.inside_names, settings.dns.rate_limit) == (("plex.direct", "vpn.example"), 50)
    assert settings.dns.trusted_routers == (ip_address("192.168.1.1"), ip_address("fd00::1"))
    quad9, router = settings.upstreams
    assert (quad9.url.transport, quad9.url.host) == (Transport.TLS, "dns.quad9.net")
    assert [str(server) for server in quad9.servers] == [
        "tls://9.9.9.9:853 (dns.quad9.net)",
        "tls://149.112.112.112:853 (dns.quad9.net)",
    ]
    assert [str(server) for server in router.servers] == ["udp://[fd00::53]:53"]
    assert (settings.forward[0].zone, str(settings.forward[0].server)) == ("home.lan", "udp://192.168.1.1:5353")
    assert settings.forward[1].zone == "1.168.192.in-addr.arpa"
    assert (settings.records[0].name, settings.records[0].address) == ("printer.home.lan", ip_address("192.168.1.9"))
    assert settings.names.domain == "home.lan"
    assert settings.names.leases == ("/etc/guardian/dnsmasq.leases", "/var/lib/kea/kea-leases4.csv")
    assert not settings.lists.embedded
    theirs, ours = settings.lists.sources
    assert (theirs.kind, theirs.category, theirs.format, theirs.match) == (
        ListKind.BLOCK,
        "gambling",
        Format.AUTO,
        None,
    )
    assert (theirs.path, ours.path) == ("/etc/guardian/lists/example.txt", "/srv/ours.txt")
    assert (ours.kind, ours.category, ours.format, ours.match) == (ListKind.ALLOW, None, Format.DOMAINS, Scope.EXACT)
    assert settings.family.unknown_devices is Band.PRIMARY
    assert [(client.network, client.mac, client.band) for client in settings.clients] == [
        (ip_network("192.168.1.20/32"), None, Band.PRIMARY),
        (ip_network("192.168.1.0/24"), None, Band.ADULT),
        (None, "3c:22:fb:10:20:30", Band.TEEN),
    ]


def test_one_line_is_a_whole_file() -> None:
    settings = read("state: /var/lib/guardian\n")
    assert [str(endpoint) for endpoint in settings.dns.listen] == ["127.0.0.1:1053"]
    assert [str(upstream.url) for upstream in settings.upstreams] == ["tls://dns.quad9.net:853"]
    assert settings.dns.allow_from == ("local",)
    assert settings.dns.block_mode is BlockMode.NXDOMAIN
    assert (settings.dns.inside_names, settings.dns.rate_limit) == ((), 200)
    assert settings.dns.trusted_routers == ()
    assert settings.lists.embedded
    assert settings.family.unknown_devices is Band.MIDDLE


def test_a_missing_state_is_beside_the_file() -> None:
    assert read("dns: {}\n").state == "/etc/guardian/.guardian"


def test_tls_listens_on_853_of_every_address_unless_written() -> None:
    tls = read("dns: {tls: {certificate: tls.crt, key: /srv/tls.key}}\n").dns.tls
    assert tls is not None
    assert [str(endpoint) for endpoint in tls.listen] == ["0.0.0.0:853", "[::]:853"]
    assert (tls.certificate, tls.key) == ("/etc/guardian/tls.crt", "/srv/tls.key")
    assert read("state: ./state\n").dns.tls is None


def test_ports_that_the_machine_chooses_do_not_clash() -> None:
    text = "dns: {listen: [127.0.0.1:0], tls: {listen: [127.0.0.1:0], certificate: a, key: b}}\n"
    assert faults(text) == []


def test_settings_stay_as_they_were_read() -> None:
    settings = read(WHOLE)
    with pytest.raises(ValidationError, match="frozen"):
        settings.state = "/elsewhere"  # type: ignore[misc]


@pytest.mark.parametrize("written", ["null", "Null", "~", '"null"'])
def test_block_mode_null_means_the_null_address_however_it_is_written(written: str) -> None:
    assert read(f"dns: {{block_mode: {written}}}\n").dns.block_mode is BlockMode.NULL


def test_five_faults_in_one_file_are_five_lines_in_file_order() -> None:
    text = """\
dns:
  listen: ["127.0.0.1:1053", "localhost:53"]
  block_mode: nxdomian
upstream:
  - {url: "udp://9.9.9.9"}
lists:
  embedded: no
clients:
  - {network: 192.168.1.20/24, band: "6-9"}
"""
    assert faults(text) == [
        (
            "guardian.yaml:2:30: dns.listen[1]: 'localhost:53' is not an address with a port"
            ' (write 127.0.0.1:53 or "[::1]:53")'
        ),
        (
            "guardian.yaml:3:15: dns.block_mode: 'nxdomian' is not a block mode"
            " (did you mean 'nxdomain'? allowed: nxdomain, null, nodata)"
        ),
        (
            "guardian.yaml:4:1: upstream: this key is unknown"
            " (did you mean 'upstreams'?"
            " known: state, dns, upstreams, forward, records, names, lists, family, web, clients)"
        ),
        "guardian.yaml:7:13: lists.embedded: 'no' is not true or false (write true or false, without quotes)",
        (
            "guardian.yaml:9:15: clients[0].network: '192.168.1.20/24' is not where a network begins"
            " (did you mean 192.168.1.20, this device alone? or 192.168.1.0/24, the whole network?)"
        ),
    ]


def test_faults_of_the_text_and_of_its_values_are_told_together() -> None:
    text = "state: *x\ndns: {block_ttl: 0}\nstate: b\nrecords: !t []\nfamily: {unknown_devices: 5}\n"
    assert faults(text) == [
        "guardian.yaml:1:8: state: the alias *x is refused (write the value out)",
        "guardian.yaml:2:18: dns.block_ttl: 0 is too low (the lowest allowed is 1)",
        "guardian.yaml:3:1: state: is written twice (line 1 has it already; keep one)",
        "guardian.yaml:4:10: records: a tag is refused here (take out the word behind '!'; quotes make text)",
        (
            "guardian.yaml:5:27: family.unknown_devices: 5 is not an age band"
            " (allowed: 0-5, 6-9, 10-12, 13-15, 16-17, adult)"
        ),
    ]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("dns:\n", "1:5: dns: is empty: keys and values belong here (write its keys below it, indented, or take the"),
        ("dns: 1\n", "1:6: dns: 1 is not a mapping of keys to values"),
        ("records:\n", "1:9: records: is empty: a list belongs here (write [] for none, or take the line out)"),
        ("records: {}\n", "1:10: records: a mapping is not a list (write each entry on a line behind '- ')"),
        ("records: [x]\n", "1:11: records[0]: 'x' is not a mapping of keys to values"),
        ("state: 5\n", "1:8: state: 5 is not a path (write it as text in quotes)"),
        ("state: ~/x\n", "1:8: state: '~/x': ~ is not expanded (write the whole path, from /)"),
        ('state: "a\\nb"\n', "1:8: state: 'a\\nb' is not a path"),
        ("dns: {block_ttl: 3601}\n", "1:18: dns.block_ttl: 3601 is too high (the highest allowed is 3600)"),
        ('dns: {block_ttl: "60"}\n', "1:18: dns.block_ttl: '60' is not a whole number (take the quotes off)"),
        ("dns: {block_ttl: true}\n", "1:18: dns.block_ttl: true is not a whole number"),
        ("dns: {block_ttl: 1.5}\n", "1:18: dns.block_ttl: 1.5 is not a whole number"),
        ("dns: {cache_entries: 99}\n", "1:22: dns.cache_entries: 99 is too low (the lowest allowed is 100)"),
        ("dns: {ports: random}\n", "1:14: dns.ports: 'random' is not a choice of ports (allowed: fresh, pool)"),
        ("dns: {listen: []}\n", "1:15: dns.listen: needs at least 1"),
        ('dns: {listen: ["127.0.0.1:99999"]}\n', "1:16: dns.listen[0]: 99999 is not a port (allowed: 0 to 65535)"),
        ("dns: {allow_from: [lokal]}\n", "1:20: dns.allow_from[0]: 'lokal' is not a network (did you mean 'local'?"),
        ("dns: {allow_from: []}\n", "1:19: dns.allow_from: needs at least 1"),
        ("dns: {inside_names: [1.2.3.4]}\n", "1:22: dns.inside_names[0]: '1.2.3.4' is not a domain name"),
        ("dns: {trusted_routers: [router.lan]}\n", "1:25: dns.trusted_routers[0]: 'router.lan' is not an IP address"),
        (
            "dns: {trusted_routers: [192.168.1.0/24]}\n",
            "1:25: dns.trusted_routers[0]: '192.168.1.0/24' is not an IP address",
        ),
        ("dns: {rate_limit: -1}\n", "1:19: dns.rate_limit: -1 is too low (the lowest allowed is 0)"),
        ("dns: {rate_limit: 1000001}\n", "1:19: dns.rate_limit: 1000001 is too high (the highest allowed is 1000000)"),
        ("dns: {tls: {key: a}}\n", "1:12: dns.tls.certificate: is missing"),
        ("dns: {tls: {certificate: a}}\n", "1:12: dns.tls.key: is missing"),
        (
            "dns: {tls: {listen: [x], certificate: a, key: b}}\n",
            "1:22: dns.tls.listen[0]: 'x' is not an address with a port (write 127.0.0.1:853",
        ),
        ("lists: {embedded: 1}\n", "1:19: lists.embedded: 1 is not true or false"),
        ("upstreams: []\n", "1:12: upstreams: needs at least 1"),
        ("upstreams: [{}]\n", "1:13: upstreams[0].url: is missing"),
        ("upstreams: [{url: 9.9.9.9}]\n", "1:19: upstreams[0].url: '9.9.9.9' is not an upstream (write udp://ADDRESS"),
        ('upstreams: [{url: "tsl://9.9.9.9"}]\n', "1:19: upstreams[0].url: 'tsl' is not a way to ask an upstream"),
        (
            'upstreams: [{url: "tls://dns.quad9.net"}]\n',
            "1:13: upstreams[0].addresses: are missing: 'dns.quad9.net' is a name (write addresses: [\"9.9.9.9\"])",
        ),
        (
            'upstreams: [{url: "udp://9.9.9.9", addresses: [9.9.9.10]}]\n',
            "1:47: upstreams[0].addresses: do not go with an address as host (9.9.9.9) (take addresses out)",
        ),
        (
            'forward: [{zone: home.lan, upstream: "udp://router.lan"}]\n',
            "1:38: forward[0].upstream: the host 'router.lan' is a name (write its address",
        ),
        (
            'forward: [{zone: 192.168.0.0/23, upstream: "udp://9.9.9.9"}]\n',
            "1:18: forward[0].zone: '192.168.0.0/23' has no reverse zone of its own (write a line for each part",
        ),
        (
            'forward: [{zone: "fd00::/7", upstream: "udp://9.9.9.9"}]\n',
            "1:18: forward[0].zone: 'fd00::/7' is not where a network begins",
        ),
        (
            'forward: [{zone: 192.168.1.1/24, upstream: "udp://9.9.9.9"}]\n',
            "1:18: forward[0].zone: '192.168.1.1/24' is not where a network begins",
        ),
        ('forward: [{zone: ".", upstream: "udp://9.9.9.9"}]\n', "1:18: forward[0].zone: '.' is not a domain name"),
        (
            "lists: {sources: [{name: a, path: a.txt}]}\n",
            "1:19: lists.sources[0].category: is missing: a list that blocks needs one",
        ),
        (
            "lists: {sources: [{name: a, kind: blok, path: a.txt, format: host}]}\n",
            "1:35: lists.sources[0].kind: 'blok' is not a kind of list (did you mean 'block'? allowed: block, allow",
        ),
        ("clients: [{network: 10.0.0.1}]\n", "1:11: clients[0].band: is missing"),
        (
            "clients: [{band: 6-9}]\n",
            "1:11: clients[0].mac: is missing, and so is network (write network: 192.168.1.20, or mac: 3c:22:",
        ),
        (
            "clients: [{network: 10.0.0.1, mac: 3c:22:fb:10:20:30, band: 6-9}]\n",
            "1:36: clients[0].mac: does not go with network (keep one of them: an address may change, mac stays)",
        ),
        (
            "clients: [{mac: 3c:22:fb:10:20, band: 6-9}]\n",
            "1:17: clients[0].mac: '3c:22:fb:10:20' is not a hardware address (write it as 3c:22:fb:10:20:30",
        ),
        (
            "dns: {block_mod: null}\n",
            "1:7: dns.block_mod: this key is unknown (did you mean 'block_mode'? known: listen",
        ),
        ("records: [{name: a.b, adress: 1.1.1.1}]\n", "1:11: records[0].address: is missing"),
    ],
)
def test_a_fault_names_its_place_the_value_and_what_to_do(text: str, fault: str) -> None:
    assert faults(text)[0].startswith(f"guardian.yaml:{fault}")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (
            'dns:\n  listen: ["[::1]:53", "[0:0::1]:53"]\n',
            "2:24: dns.listen[1]: [::1]:53 is the listener of an earlier entry (keep one of them)",
        ),
        (
            "dns:\n  listen: [127.0.0.1:853]\n  tls: {listen: [127.0.0.1], certificate: a, key: b}\n",
            "3:18: dns.tls.listen[0]: 127.0.0.1:853 is the listener of an earlier entry (keep one of them)",
        ),
        (
            "clients:\n  - {network: 10.0.0.1/32, band: 6-9}\n  - {network: 10.0.0.1, band: adult}\n",
            "3:15: clients[1].network: 10.0.0.1/32 is the network of an earlier entry (keep one of them)",
        ),
        (
            "forward:\n  - {zone: 10.0.0.0/8, upstream: 'udp://1.1.1.1'}\n  - {zone: 10.in-addr.arpa, upstream: 'tcp://2.2.2.2'}\n",
            "3:12: forward[1].zone: 10.in-addr.arpa is the zone of an earlier entry (keep one of them)",
        ),
        (
            "clients:\n  - {mac: 3c:22:fb:10:20:30, band: 6-9}\n  - {mac: 3C22FB102030, band: adult}\n",
            "3:11: clients[1].mac: 3c:22:fb:10:20:30 is the mac of an earlier entry (keep one of them)",
        ),
        (
            'forward:\n  - {zone: a.lan, upstream: "udp://1.1.1.1"}\n  - {zone: A.lan., upstream: "udp://2.2.2.2"}\n',
            "3:12: forward[1].zone: a.lan is the zone of an earlier entry (keep one of them)",
        ),
        (
            "records:\n  - {name: a.lan, address: 10.0.0.1}\n  - {name: a.lan, address: 10.0.0.1}\n",
            "3:12: records[1].name: a.lan 10.0.0.1 is the record of an earlier entry (keep one of them)",
        ),
        (
            "lists:\n  sources:\n    - {name: a, kind: allow, path: a}\n    - {name: a, kind: allow, path: b}\n",
            "4:14: lists.sources[1].name: a is the name of an earlier entry (keep one of them)",
        ),
    ],
)
def test_two_entries_that_clash_are_told_at_the_later_one(text: str, fault: str) -> None:
    assert faults(text) == [f"guardian.yaml:{fault}"]


def test_a_clash_is_told_even_where_a_third_entry_has_a_fault_of_its_own() -> None:
    entries = ("{network: 10.0.0.1, band: 6-9}", "{network: x, band: 6-9}", "{network: 10.0.0.1, band: adult}")
    text = "clients:\n" + "".join(f"  - {entry}\n" for entry in entries)
    assert [line.split(": ")[0] for line in faults(text)] == ["guardian.yaml:3:15", "guardian.yaml:4:15"]


def test_one_name_may_have_several_addresses_and_a_smaller_network_its_own_band() -> None:
    settings = read(
        "records: [{name: a.lan, address: 10.0.0.1}, {name: a.lan, address: 10.0.0.2}]\n"
        "clients: [{network: 10.0.0.0/8, band: adult}, {network: 10.0.0.0/9, band: 6-9}]\n"
    )
    assert (len(settings.records), len(settings.clients)) == (2, 2)


def test_two_readings_know_nothing_of_each_other() -> None:
    assert read(WHOLE) == read(WHOLE)


WORDS = st.sampled_from(
    ["state", "dns", "listen", "upstreams", "url", "records", "lists", "sources", "clients", "band", "network", "x"]
)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from(["local", "10.0.0.0/8", "udp://9.9.9.9", "6-9", "", "x"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=8,
)


@budget(max_examples=40, deadline=None)
@given(st.dictionaries(WORDS, VALUES, min_size=1, max_size=4))
def test_any_document_is_settings_or_faults_with_places(value: dict[str, object]) -> None:
    def flow(node: object) -> str:
        if isinstance(node, dict):
            return "{" + ", ".join(f"{key}: {flow(item)}" for key, item in node.items()) + "}"
        if isinstance(node, list):
            return "[" + ", ".join(flow(item) for item in node) + "]"
        return f'"{node}"' if isinstance(node, str) else "null" if node is None else str(node)

    assert all(fault.line == 1 and fault.column >= 1 and fault.key for fault in found(flow(value)))


def test_where_one_upstream_is_encrypted_no_plain_one_is_asked() -> None:
    settings = read("upstreams: [{url: 'udp://192.0.2.1'}, {url: 'tls://192.0.2.2'}, {url: 'tcp://192.0.2.3'}]\n")
    assert [str(one) for one in settings.servers] == ["tls://192.0.2.2:853"]
    settings = read("upstreams: [{url: 'udp://192.0.2.1'}, {url: 'tcp://192.0.2.3'}]\n")
    assert [str(one) for one in settings.servers] == ["udp://192.0.2.1:53", "tcp://192.0.2.3:53"]
