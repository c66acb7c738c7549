"""Speak rtnetlink with the kernel (RFC 3549): ask for a whole table once, or hear of each change as it comes.

Law 1: a dump reads at most `max_bytes`, a hearing at most `max_datagrams`; nothing is sent to the network.
Law 2: what does not fit into its own length is passed over; the kernel's refusal is an OSError.
"""

from __future__ import annotations

import errno
import os
import socket
import struct
from typing import NamedTuple

from guardian.errors import StoreError

_HEAD = struct.Struct("=IHHII")
_ATTRIBUTE = struct.Struct("=HH")
_ERRNO = struct.Struct("=i")
_ERROR, _DONE = 2, 3
_REQUEST_DUMP = 0x301
_CHUNK = 65_536
_RECEIVE_BUFFER = 1 << 20
NEIGHBOURS, ADDRESSES, ROUTES = 0x4, 0x10 | 0x100, 0x40 | 0x400
"""What there is to hear of, as RTMGRP bits: of IPv4 and of IPv6."""
SECONDS = 2.0
"""How long the kernel may take over a dump; it answers at once."""


class Message(NamedTuple):
    """One message of the kernel, without its header."""

    kind: int
    """RTM_NEWADDR and the like."""
    body: bytes


class Netlink:
    """An ear for what the kernel says of this machine's network, by `groups`."""

    def __init__(self, groups: int) -> None:
        """Hear from now on; StoreError where the kernel has no ear for it."""
        try:
            self._socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE)
        except OSError as error:
            raise StoreError(f"the kernel does not tell of this machine's network: {error.strerror}") from error
        try:
            self._socket.setblocking(False)
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER)
            self._socket.bind((0, groups))
        except OSError as error:
            self._socket.close()
            raise StoreError(f"the kernel does not tell of this machine's network: {error.strerror}") from error

    def fileno(self) -> int:
        """Give the descriptor that becomes readable when there is something to hear."""
        return self._socket.fileno()

    def hear(self, *, max_datagrams: int = 64) -> list[Message] | None:
        """Give what has been said since; None where some of it is lost: then only a dump tells what is true."""
        heard: list[Message] = []
        for _ in range(max_datagrams):
            try:
                data, sender = self._socket.recvfrom(_CHUNK)
            except BlockingIOError:
                break
            except OSError as error:
                if error.errno == errno.ENOBUFS:
                    return None
                raise
            # any process of this machine may write to a netlink socket: only port 0 is the kernel
            if sender[0] == 0:
                heard += messages(data)[0]
        return heard

    def close(self) -> None:
        """Hear no longer."""
        self._socket.close()


def dump(kind: int, head: bytes, *, max_bytes: int = 1 << 20) -> list[Message]:
    """Give a whole table; `kind` is RTM_GETADDR or the like, `head` the struct that goes with it.

    Raises OSError where the kernel refuses, and where the table is longer than `max_bytes`.
    """
    found: list[Message] = []
    left = max_bytes
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE) as kernel:
        kernel.settimeout(SECONDS)
        kernel.send(_HEAD.pack(_HEAD.size + len(head), kind, _REQUEST_DUMP, 1, 0) + head)
        while left > 0:
            data = kernel.recv(_CHUNK)
            left -= len(data)
            some, done = messages(data)
            found += some
            if done:
                return found
    raise OSError(errno.EMSGSIZE, "longer than guardian is willing to read")


def messages(data: bytes) -> tuple[list[Message], bool]:
    """Take a datagram apart; True with the last one of a dump. OSError where the kernel says that it can't."""
    found: list[Message] = []
    position = 0
    while position + _HEAD.size <= len(data):
        size, kind, *_ = _HEAD.unpack_from(data, position)
        body = data[position + _HEAD.size : position + size]
        if kind == _ERROR:
            raise _refusal(body)
        if kind == _DONE or size < _HEAD.size:
            return found, True
        found.append(Message(kind, body))
        position += (size + 3) & ~3
    return found, False


def attributes(body: bytes, start: int) -> dict[int, bytes]:
    """Give the attributes of a message that begin at `start`, by their kind."""
    found: dict[int, bytes] = {}
    while start + _ATTRIBUTE.size <= len(body):
        size, kind = _ATTRIBUTE.unpack_from(body, start)
        if size < _ATTRIBUTE.size:
            break
        found[kind] = body[start + _ATTRIBUTE.size : start + size]
        start += (size + 3) & ~3
    return found


def address_text(packed: bytes) -> str:
    """Write an address of 4 or 16 octets as a listener hears it from a client: without the link of a link-local one."""
    return socket.inet_ntop(socket.AF_INET if len(packed) == 4 else socket.AF_INET6, packed)


def _refusal(message: bytes) -> OSError:
    """Read a struct nlmsgerr, which begins with a negative errno."""
    number = -_ERRNO.unpack_from(message)[0] if len(message) >= _ERRNO.size else 0
    return OSError(number, os.strerror(number) if number > 0 else "the kernel refuses without a reason")
