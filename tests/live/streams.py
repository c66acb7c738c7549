"""Ask a real `guardian dns` over streams, as a client with its own habits would.

Law 1: every wait has its end, SECONDS.
"""

from __future__ import annotations

import select
import socket
import ssl
import struct
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import dns.message

if TYPE_CHECKING:
    import trustme

    from tests.live.conftest import Guardian

SECONDS = 20
NAME = "guardian.example"
"""What the certificates here are for."""
_LISTENING = "0A"
"""The state of a TCP socket that listens, as /proc/net/tcp writes it."""


def connect(port: int, device: str = "127.0.0.1") -> socket.socket:
    """Connect one device; the caller closes it."""
    stream = socket.create_connection(("127.0.0.1", port), SECONDS, source_address=(device, 0))
    stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return stream


def question(name: str, identity: int = 0, qtype: str = "A") -> bytes:
    """Give one question behind its length."""
    wire = dns.message.make_query(name, qtype, use_edns=0, id=identity).to_wire()
    return struct.pack("!H", len(wire)) + wire


def answer(stream: socket.socket) -> dns.message.Message:
    """Read one answer."""
    (size,) = struct.unpack("!H", exactly(stream, 2))
    return dns.message.from_wire(exactly(stream, size))


def exactly(stream: socket.socket, size: int) -> bytes:
    """Read so many octets; EOFError where the stream ends before."""
    data = bytearray()
    while len(data) < size:
        piece = stream.recv(size - len(data))
        if not piece:
            raise EOFError
        data += piece
    return bytes(data)


def is_over(stream: socket.socket) -> bool:
    """Wait until guardian closes the stream; False where it says something instead."""
    try:
        return stream.recv(1) == b""
    except ConnectionError:
        return True


def ask_over_tcp(port: int, name: str, *, device: str = "127.0.0.1", qtype: str = "A") -> dns.message.Message:
    """Ask one question on a connection of its own."""
    with connect(port, device) as stream:
        stream.sendall(question(name, qtype=qtype))
        return answer(stream)


def descriptors(guardian: Guardian) -> int:
    """Count the files and sockets that guardian has open."""
    return len(list(Path(f"/proc/{guardian.process.pid}/fd").iterdir()))


def resident(guardian: Guardian) -> int:
    """Give the KiB of memory that guardian occupies."""
    status = Path(f"/proc/{guardian.process.pid}/status").read_text("ascii")
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS:")))


def tls_port(guardian: Guardian) -> int:
    """Give the port on which guardian listens beside the one that it answers on over TCP."""
    held = {str(link.readlink()) for link in Path(f"/proc/{guardian.process.pid}/fd").iterdir() if link.is_symlink()}
    rows = [line.split() for line in Path("/proc/net/tcp").read_text("ascii").splitlines()[1:]]
    ports = {int(row[1][-4:], 16) for row in rows if row[3] == _LISTENING and f"socket:[{row[9]}]" in held}
    (other,) = ports - {guardian.port}
    return other


def wait_for_ends(streams: list[socket.socket], seconds: float) -> list[socket.socket]:
    """Watch until guardian has ended all of them, or so many seconds; give those that are still open."""
    until = time.monotonic() + seconds
    poll = select.poll()
    left = {one.fileno(): one for one in streams}
    for descriptor in left:
        poll.register(descriptor, select.POLLRDHUP)
    while left and (rest := until - time.monotonic()) > 0:
        for descriptor, _ in poll.poll(rest * 1000):
            poll.unregister(descriptor)
            del left[descriptor]
    return list(left.values())


class Private(NamedTuple):
    """A guardian that speaks TLS, and what a device needs to believe it."""

    guardian: Guardian
    port: int
    authority: Path
    """The file of the certificate authority that devices trust."""
    certificate: Path
    key: Path

    def context(self) -> ssl.SSLContext:
        """Give what a device needs to believe the certificate."""
        return ssl.create_default_context(cafile=str(self.authority))

    def connect(self) -> ssl.SSLSocket:
        """Connect a device; the caller closes it."""
        return self.context().wrap_socket(connect(self.port), server_hostname=NAME)


def certify(ca: trustme.CA, certificate: Path, key: Path) -> None:
    """Write a new certificate for NAME and the names below it, and its key."""
    made = ca.issue_cert(NAME, f"*.{NAME}")
    key.write_bytes(made.private_key_pem.bytes())
    certificate.write_bytes(b"".join(one.bytes() for one in made.cert_chain_pems))
