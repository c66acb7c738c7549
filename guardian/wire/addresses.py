"""Tell addresses that belong inside a house from those of the world.

Law 1: an address of a house in an answer from outside is a rebinding attack, however it is wrapped: in IPv6 (RFC 4291,
       6052) or as a hint of an HTTPS record (RFC 9460).
"""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network

_FOUR = tuple(
    (int(net.network_address), int(net.netmask))
    for net in map(
        IPv4Network,
        # this host, private use (RFC 1918), loopback, link-local, limited broadcast
        (
            "0.0.0.0/8",
            "10.0.0.0/8",
            "172.16.0.0/12",
            "192.168.0.0/16",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "255.255.255.255/32",
        ),
    )
)
_SIX = tuple(
    (int(net.network_address), int(net.netmask))
    for net in map(
        IPv6Network,
        # unspecified and loopback, unique local (RFC 4193), link-local, site-local (deprecated, but still routed)
        ("::/127", "fc00::/7", "fe80::/10", "fec0::/10"),
    )
)
_WRAPPED = tuple(IPv6Network(net).network_address.packed[:12] for net in ("::ffff:0:0/96", "::/96", "64:ff9b::/96"))
"""IPv4-mapped, IPv4-compatible and NAT64: the last four octets are an IPv4 address."""


def is_private(packed: bytes) -> bool:
    """Say whether an IPv4 or IPv6 address in network order belongs inside a house; other lengths are not addresses."""
    value = int.from_bytes(packed, "big")
    if len(packed) == 4:
        return any(value & mask == start for start, mask in _FOUR)
    if len(packed) == 16:
        if packed[:12] in _WRAPPED and is_private(packed[12:]):
            return True
        return any(value & mask == start for start, mask in _SIX)
    return False
