"""What a DHCP server wrote of its leases, and what a hostile device may write into it."""

from __future__ import annotations

import io
from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardian.system.leases import MAX_BYTES, MAX_LEASES, TRUSTED, Lease, read_leases

DNSMASQ = b"""\
1796230000 3c:22:fb:10:20:30 192.168.1.20 Laptop 01:3c:22:fb:10:20:30
0 b8:27:eb:01:02:03 192.168.1.21 nas *
1796230000 de:ad:be:ef:00:01 192.168.1.22 * 01:de:ad:be:ef:00:01
duid 00:01:00:01:2c:aa:bb:cc:b8:27:eb:01:02:03
1796230000 12345678 fd00:7::20 laptop 00:01:00:01:aa
"""
ISC = b"""\
# The format of this file is documented in the dhcpd.leases(5) manual page.
authoring-byte-order little-endian;

lease 192.168.1.30 {
  starts 2 2026/11/24 08:00:00;
  ends 2 2026/11/24 20:00:00;
  binding state active;
  next binding state free;
  hardware ethernet 3c:22:fb:10:20:31;
  client-hostname "printer";
}
lease 192.168.1.31 {
  binding state active;
  client-hostname "tablet";
}
lease 192.168.1.32 {
  binding state active;
}
lease 192.168.1.31 {
  binding state free;
  client-hostname "tablet";
}
lease 192.168.1.30 {
  binding state active;
  client-hostname "Printer-2";
}
"""
KEA4 = b"""\
address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,user_context,pool_id
192.168.1.40,3c:22:fb:10:20:40,,3600,1796230000,1,0,0,camera.home.example.,0,,0
192.168.1.41,3c:22:fb:10:20:41,,3600,1796230000,1,0,0,declined,1,,0
192.168.1.42,3c:22:fb:10:20:42,,3600,1796230000,1,0,0,gone,0,,0
192.168.1.42,3c:22:fb:10:20:42,,0,1796230000,1,0,0,gone,0,,0
192.168.1.43,3c:22:fb:10:20:43,,3600,1796230000,1,0,0,,0,,0
"""
KEA6 = b"""\
address,duid,valid_lifetime,expire,subnet_id,pref_lifetime,lease_type,iaid,prefix_len,fqdn_fwd,fqdn_rev,hostname,hwaddr,state
fd00:7::40,00:01,3600,1796230000,1,1800,0,7,128,0,0,camera,,0
fd00:8::,00:01,3600,1796230000,1,1800,2,8,64,0,0,router2,,0
"""


def read(text: bytes) -> dict[str, str]:
    return {str(lease.address): lease.name for lease in read_leases(io.BytesIO(text))}


@pytest.mark.parametrize("ending", [b"\n", b"\r\n"])
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (DNSMASQ, {"192.168.1.20": "laptop", "192.168.1.21": "nas", "fd00:7::20": "laptop"}),
        (ISC, {"192.168.1.30": "printer-2"}),
        (KEA4, {"192.168.1.40": "camera"}),
        (KEA6, {"fd00:7::40": "camera"}),
        (b"", {}),
    ],
    ids=["dnsmasq", "isc", "kea4", "kea6", "empty"],
)
def test_each_server_s_file_gives_the_leases_that_hold(text: bytes, expected: dict[str, str], ending: bytes) -> None:
    assert read(text.replace(b"\n", ending)) == expected


HOSTILE = [
    *TRUSTED,
    "WPAD",
    "wpad.evil",
    "-x",
    "x-",
    "a_b",
    "a" * 64,
    "",
    ".",
    "..",
    "x y",
    "ë",
    "\\000",
    "<script>",
    "../../etc",
    "a\x1cb",
    "\x00",
    "*",
    '"',
    "%s",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_that_is_no_plain_label_or_that_others_trust_is_nobody_s(name: str) -> None:
    said = name.encode()
    assert read(b"0 3c:22:fb:10:20:30 192.168.1.20 " + said + b" *\n") in ({}, {"192.168.1.20": "x"})
    isc = b'lease 192.168.1.30 {\n  binding state active;\n  client-hostname "' + said + b'";\n}\n'
    assert read(isc) == {}
    kea = KEA4.partition(b"\n")[0] + b"\n192.168.1.40,,,3600,1,1,0,0," + said + b",0,,0\n"
    assert read(kea) == {}


@pytest.mark.parametrize("separator", ["\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x85", "\u2028"])
def test_a_name_can_t_put_another_device_into_the_file(separator: str) -> None:
    forged = f"x{separator}0 3c:22:fb:10:20:30 192.168.1.1 nas *"
    assert "192.168.1.1" not in read(f"0 3c:22:fb:10:20:31 192.168.1.20 {forged}\n".encode())
    row = f"x{separator}192.168.1.1,,,3600,1,1,0,0,nas,0,,0"
    assert "192.168.1.1" not in read(KEA4 + f"192.168.1.50,,,3600,1,1,0,0,{row}\n".encode())


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "224.0.0.1", "0.0.0.0", "fe80::1", "300.1.1.1", "x", ""])
def test_what_is_no_address_of_a_device_is_left_out(address: str) -> None:
    assert read(f"0 3c:22:fb:10:20:30 {address} nas *\n".encode()) == {}


def test_a_name_that_becomes_unusable_is_taken_away() -> None:
    assert read(b"0 x 192.168.1.20 nas *\n0 x 192.168.1.20 wpad *\n") == {}


def test_no_more_leases_count_than_the_bound() -> None:
    lines = b"".join(b"0 x 10.0.%d.%d host%d *\n" % (n >> 8, n & 255, n) for n in range(MAX_LEASES + 100))
    leases = read_leases(io.BytesIO(lines))
    assert len(leases) == MAX_LEASES
    assert leases[0] == Lease("host0", ip_address("10.0.0.0"))


def test_of_a_larger_file_the_end_counts_and_its_columns_are_known() -> None:
    filling = b"192.168.1.41,,,3600,1,1,0,0,old,1,,0\n" * (MAX_BYTES // 30)
    text = KEA4 + b"192.168.1.44,,,3600,1,1,0,0,early,0,,0\n" + filling + b"192.168.1.45,,,3600,1,1,0,0,late,0,,0\n"
    assert read(text) == {"192.168.1.45": "late"}


@given(st.binary(max_size=400))
def test_whatever_stands_in_the_file_it_is_read_to_its_end(data: bytes) -> None:
    for text in (data, DNSMASQ + data, ISC + data, KEA4 + data):
        for lease in read_leases(io.BytesIO(text)):
            assert lease.name.isascii()
            assert 0 < len(lease.name) < 64
