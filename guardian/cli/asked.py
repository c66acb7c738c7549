"""Hold how a name that a person typed becomes a name on the wire, or what to type instead.

Law 1: what is no name is refused with the name that was meant: judged as it stands, it would be called open.
"""

from __future__ import annotations

import re

from guardian.errors import WireError
from guardian.lists.hostname import Refusal, is_address, to_a_labels
from guardian.wire.names import to_wire

_EXAMPLE = "ask for a name, such as wikipedia.org"
_PORT = re.compile(r"[^:/?@]+:[0-9]*")
_SCHEME = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]*:)?/{2,}|https?:/?", re.IGNORECASE)


def wire_asked(text: str) -> bytes:
    """Give the wire form of a name as it was typed; spaces around it fall away.

    Raises WireError where it is none: nothing, a web address, an address, or what `to_wire` refuses.
    """
    name = text.strip()
    if not name:
        raise WireError(f"{text!r} is empty; {_EXAMPLE}")
    if len(name.split()) > 1:
        raise WireError(f"{text!r} has a space in it, and names have none; {_EXAMPLE}")
    if ":" in name and is_address(name.encode("utf-8", "replace")):
        raise WireError(f"{text!r} is an address, not a name: devices open it without asking; {_EXAMPLE}")
    if any(mark in name for mark in ":/?@\\"):
        host = _host(name)
        kind = "a name with a port" if _PORT.fullmatch(name) else "a web address"
        raise WireError(f"{text!r} is {kind}, not a name; {f'ask for: {host}' if host else _EXAMPLE}")
    if name.isascii():
        return to_wire(name)
    mapped = to_a_labels(name.encode("utf-8", "replace"))
    if isinstance(mapped, Refusal):
        raise WireError(f"{text!r}: {mapped}; {_EXAMPLE}")
    return to_wire(mapped.decode("ascii"))


def ending_missed(text: str) -> str:
    """Say what was probably meant by a single label; empty for any other name."""
    name = text.strip().removesuffix(".")
    return f"{name!r} has no ending; did you mean {name}.com?" if name and len(name.split(".")) == 1 else ""


def _host(address: str) -> str:
    """Give the host of a web address as it stands there (RFC 3986 section 3.2)."""
    rest = _SCHEME.sub("", address, count=1) if _SCHEME.match(address) else address
    authority = re.split(r"[/?#\\]", rest, maxsplit=1)[0]
    return authority.rpartition("@")[2].partition(":")[0].strip("[]")
