"""Tell addresses that belong inside a house from those of the world.

Law 1: an address of a house in an answer from outside is a rebinding attack, however it is wrapped: in IPv6 (RFC 4291,
       6052) or as a hint of an HTTPS record (RFC 9460).
"""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network

_NETWORKS: dict[int, tuple[IPv4Network, ...] | tuple[IPv6Network, ...]] = {
    # this host, private use (RFC 1918), loopback, link-local, limited broadcast
    4: tuple(
        map(
            IPv4Network,
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
    ),
    # unspecified and loopback, unique local (RFC 4193), link-local, site-local (deprecated, but still routed), and the
    # house's own NAT64 (RFC 8215)
    16: tuple(map(IPv6Network, ("::/127", "fc00::/7", "fe80::/10", "fec0::/10", "64:ff9b:1::/48"))),
}
_MASKS = {width: [(int(net.network_address), int(net.netmask)) for net in nets] for width, nets in _NETWORKS.items()}
_WRAPPED = tuple(
    IPv6Network(net)[0].packed[:12] for net in ("::ffff:0:0/96", "::/96", "64:ff9b::/96", "::ffff:0:0:0/96")
)
"""IPv4-mapped, -compatible and -translated, and NAT64: the last four octets are an IPv4 address."""
_6TO4 = b"\x20\x02"
"""What 6to4 begins with; the four octets behind it are an IPv4 address (RFC 3056)."""
_FIRST_OCTETS = {
    width: {octet for net in nets for octet in range(net[0].packed[0], net[-1].packed[0] + 1)}
    for width, nets in _NETWORKS.items()
}
_FIRST_OCTETS[16].add(_6TO4[0])
"""What they begin with; the wrapped ones with 0, as the loopback address. Most others begin otherwise."""


def is_private(packed: bytes) -> bool:
    """Say whether an IPv4 or IPv6 address in network order belongs inside a house; other lengths are not addresses."""
    width = len(packed)
    if width not in _MASKS or packed[0] not in _FIRST_OCTETS[width]:
        return False
    if width == 16 and packed[:12] in _WRAPPED and is_private(packed[12:]):
        return True
    if packed[:2] == _6TO4 and width == 16:
        return is_private(packed[2:6])
    value = int.from_bytes(packed, "big")
    return any(value & mask == start for start, mask in _MASKS[width])
