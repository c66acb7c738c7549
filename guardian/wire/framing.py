"""Cut a stream into messages: each follows its length in two octets (RFC 1035 section 4.2.2, RFC 7766 section 8).

Law 1: never more than one unfinished message is held; one longer than `max_message` is refused before it is read.
"""

from __future__ import annotations

from guardian.errors import WireError
from guardian.wire.codes import MAX_MESSAGE

_LENGTH = 2


def framed(message: bytes) -> bytes:
    """Put the length in front of a message of at most MAX_MESSAGE octets."""
    return len(message).to_bytes(_LENGTH, "big") + message


class Framing:
    """What came of a stream and is no whole message yet."""

    __slots__ = ("_max_message", "_rest")

    def __init__(self, max_message: int = MAX_MESSAGE) -> None:
        """Begin a stream whose messages have `max_message` octets at most."""
        self._max_message = max_message
        self._rest = b""

    @property
    def unfinished(self) -> bool:
        """Part of a message, or of its length, is there."""
        return bool(self._rest)

    def feed(self, data: bytes) -> list[bytes]:
        """Take in what came, in whatever pieces; give the messages that are whole now.

        Raises WireError where a length is beyond the bound: nothing after it can be read.
        """
        if self._rest:
            data = self._rest + data
        messages = []
        start, end = 0, len(data)
        while end - start >= _LENGTH:
            body = start + _LENGTH
            length = data[start] << 8 | data[start + 1]
            if length > self._max_message:
                raise WireError(f"a message of {length} octets; at most {self._max_message} are taken")
            if end - body < length:
                break
            start = body + length
            messages.append(data[body:start])
        self._rest = data[start:]
        return messages
