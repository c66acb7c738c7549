"""Write what the kernel says over rtnetlink, so that a test may say it in its place."""

from __future__ import annotations

import struct
from ipaddress import ip_address

DONE_KIND, ERROR_KIND = 3, 2
REACHABLE, STALE, DELAY, PROBE, FAILED, NOARP, PERMANENT = 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80
INCOMPLETE = 0x01


def attribute(kind: int, data: bytes) -> bytes:
    return struct.pack("=HH", 4 + len(data), kind) + data + bytes(-len(data) % 4)


def message(kind: int, body: bytes) -> bytes:
    return struct.pack("=IHHII", 16 + len(body), kind, 2, 1, 0) + body + bytes(-len(body) % 4)


def refusal(number: int) -> bytes:
    return message(ERROR_KIND, struct.pack("=i", -number) + bytes(16))


DONE = message(DONE_KIND, bytes(4))


def link(index: int, name: str, flags: int) -> bytes:
    return message(16, struct.pack("=BBHiII", 0, 0, 1, index, flags, 0) + attribute(3, name.encode() + b"\0"))


def address(text: str, prefix: int, *, index: int = 1, peer: str = "") -> bytes:
    packed = ip_address(text).packed
    head = struct.pack("=BBBBI", 2 if len(packed) == 4 else 10, prefix, 0, 0, index)
    other = ip_address(peer).packed if peer else packed
    return message(20, head + attribute(3, b"eth0\0") + attribute(1, other) + attribute(2, packed))


def neighbour(
    text: str, hardware: str, state: int = REACHABLE, *, kind: int = 28, index: int = 1, family: int = 0
) -> bytes:
    packed = ip_address(text).packed
    head = struct.pack("=BBHiHBB", family or (2 if len(packed) == 4 else 10), 0, 0, index, state, 0, 1)
    known = attribute(2, bytes.fromhex(hardware.replace(":", ""))) if hardware else b""
    return message(kind, head + attribute(1, packed) + known)


def route(gateway: str, *, length: int = 0, kind: int = 24, index: int = 1, hops: tuple[str, ...] = ()) -> bytes:
    packed = ip_address(gateway or hops[0]).packed
    head = struct.pack("=BBBBBBBBI", 2 if len(packed) == 4 else 10, length, 0, 0, 254, 3, 0, 1, 0)
    if gateway:
        return message(kind, head + attribute(4, struct.pack("=i", index)) + attribute(5, packed))
    ways = b""
    for hop in hops:
        way = attribute(5, ip_address(hop).packed)
        ways += struct.pack("=HBBi", 8 + len(way), 0, 0, index) + way
    return message(kind, head + attribute(9, ways))
