"""Take over the sockets that systemd holds for guardian (sd_listen_fds(3)), by hand: three variables and a count.

Law 1: they are taken once; what guardian starts itself inherits neither the sockets nor their variables.
Law 2: what is no socket for DNS is a fault that says which; nothing handed over is left unused in silence.
"""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING, NamedTuple

from guardian.errors import StoreError
from guardian.system.ports import widen

if TYPE_CHECKING:
    from collections.abc import MutableMapping

FIRST = 3
"""SD_LISTEN_FDS_START."""
MAX_SOCKETS = 64
TLS_NAME = "tls"
"""What FileDescriptorName= must say of a stream socket over which questions come encrypted (DoT)."""
_VARIABLES = ("LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES")


class Inherited(NamedTuple):
    """The sockets that were handed over, in their order."""

    udp: tuple[socket.socket, ...] = ()
    tcp: tuple[socket.socket, ...] = ()
    tls: tuple[socket.socket, ...] = ()

    def __bool__(self) -> bool:
        """Say whether there is any: then guardian opens none itself."""
        return bool(self.udp or self.tcp or self.tls)


def inherited_sockets(environment: MutableMapping[str, str] | None = None, *, first: int = FIRST) -> Inherited:
    """Take what was handed over to this process; nothing where the variables name another one or are missing.

    `first` is the lowest descriptor. Raises StoreError where what was handed over can't be used.
    """
    told = os.environ if environment is None else environment
    pid, count, names = (told.pop(name, "") for name in _VARIABLES)
    if pid != str(os.getpid()):
        return Inherited()
    if not (count.isascii() and count.isdigit() and 1 <= int(count) <= MAX_SOCKETS):
        raise StoreError(f"LISTEN_FDS is {count!r}: systemd hands over 1 to {MAX_SOCKETS} sockets")
    spelled = names.split(":")
    kinds: dict[str, list[socket.socket]] = {"udp": [], "tcp": [], "tls": []}
    for place in range(int(count)):
        name = spelled[place] if place < len(spelled) else ""
        taken = _taken(first + place, name)
        kind = "udp" if taken.type == socket.SOCK_DGRAM else "tls" if name == TLS_NAME else "tcp"
        kinds[kind].append(taken)
    return Inherited(*map(tuple, kinds.values()))


def _taken(number: int, name: str) -> socket.socket:
    what = f"descriptor {number} ({name or 'without a name'}) of those handed over"
    try:
        taken = socket.socket(fileno=number)
    except OSError as error:
        raise StoreError(f"{what} is no socket: {error.strerror}; mend the .socket unit") from error
    listens = taken.type == socket.SOCK_STREAM and bool(taken.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN))
    if taken.family not in {socket.AF_INET, socket.AF_INET6} or not (listens or taken.type == socket.SOCK_DGRAM):
        taken.close()
        raise StoreError(f"{what} is neither a datagram nor a listening stream socket of IPv4 or IPv6; mend the unit")
    taken.set_inheritable(False)
    taken.setblocking(False)
    if taken.type == socket.SOCK_DGRAM:
        widen(taken)
    return taken
