"""Hold what goes by on the wire, as the kernel sees it, and keep it from who listens.

Law 1: a filter in the kernel picks the packets, so that a busy machine drops none; `packets` fails where it did.
Law 2: a capture needs root; a filter on a socket of one's own does not.
"""

from __future__ import annotations

import ctypes
import socket
import struct
from typing import NamedTuple, Self

_ETH_P_IP = 0x0800
_BUFFER = 16 * 2**20
_SO_ATTACH_FILTER = 26
_SO_RCVBUFFORCE = 33
_SOL_PACKET = 263
_PACKET_STATISTICS = 6
# classic BPF: load a half word at X + k, load X with the length of the IP header, jump if equal, return
_LOAD, _HEADER, _IS, _RETURN = 0x48, 0xB1, 0x15, 0x06
_WHOLE = 0xFFFF


NOTHING = struct.pack("HBBI", _RETURN, 0, 0, 0)
"""The filter that lets no packet through."""


def filter_packets(receiver: socket.socket, program: bytes) -> None:
    """Let a socket receive only what a filter lets through."""
    held = ctypes.create_string_buffer(program)
    size = len(program) // len(NOTHING)
    receiver.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, struct.pack("HP", size, ctypes.addressof(held)))


class Packet(NamedTuple):
    """One IPv4 packet."""

    protocol: int
    source: int
    target: int
    """Ports."""
    payload: bytes
    """What follows the ports."""


class Capture:
    """Every IPv4 packet from or to one of some ports, on every interface."""

    def __init__(self, *ports: int) -> None:
        """Begin. Raises PermissionError where this is not root."""
        self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(_ETH_P_IP))
        self._socket.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, _BUFFER)
        filter_packets(self._socket, _program(ports))
        self._socket.setblocking(False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def packets(self) -> list[Packet]:
        """Give what has gone by since the last time."""
        found = []
        while True:
            try:
                octets = self._socket.recv(65_535)
            except BlockingIOError:
                break
            start = (octets[0] & 0xF) * 4
            source, target = struct.unpack_from("!HH", octets, start)
            found.append(Packet(octets[9], source, target, octets[start + 4 :]))
        _, dropped = struct.unpack("II", self._socket.getsockopt(_SOL_PACKET, _PACKET_STATISTICS, 8))
        assert dropped == 0, f"{dropped} packets went by unseen"
        return found


def _program(ports: tuple[int, ...]) -> bytes:
    steps = [(_HEADER, 0, 0, 0)]
    tests = 2 * len(ports)
    done = 0
    for offset in (0, 2):
        steps.append((_LOAD, 0, 0, offset))
        for port in ports:
            done += 1
            # over the tests that are left, the second load and the refusal
            steps.append((_IS, tests - done + (1 if offset == 0 else 0) + 1, 0, port))
    steps += [(_RETURN, 0, 0, 0), (_RETURN, 0, 0, _WHOLE)]
    return b"".join(struct.pack("HBBI", *step) for step in steps)
