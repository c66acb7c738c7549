"""Hold the values of a configuration: how the text of an address, a network, a name or a path is understood.

Law 1: what is not exactly right is refused with the nearest thing that is; nothing is repaired in silence.
Law 2: a name is text of lower-case A-labels (RFC 5890; underscores allowed) without the final dot, ≤ 253 characters.
Law 3: a value that has its type already is left alone, so a default and a value made in code need no text.
"""

from __future__ import annotations

import enum
import posixpath
import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, NamedTuple

from pydantic_core import core_schema

from guardian.config.faults import refusal, shown, suggestion
from guardian.model import Band, BlockMode, Format, ListKind, Scope
from guardian.wire.reverse import reverse_zone

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationInfo

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

LOCAL: Final = "local"
DNS_PORT = 53
DNS_TLS_PORT = 853
"""RFC 7858 section 3.1."""
WEB_PORT = 8080
MAX_PORT = 65535
MAX_NAME = 253
"""Characters: 255 octets of wire form (RFC 1035 section 2.3.4) without the first length and the root."""
FOLDER = "folder"
"""The key of the validation context that holds the folder of the file."""

HOST_PORT = re.compile(r"(?:\[(?P<six>[^\[\]]*)\]|(?P<host>[^:/@\[\]?#\s]*))(?::(?P<port>[0-9]{1,5}))?", re.ASCII)
LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?", re.ASCII)
NETWORK_HINT = "write an address of one device, such as 192.168.1.20, or a network, such as 192.168.1.0/24 or fd00::/8"
HARDWARE = re.compile(r"[0-9a-f]{2}([:-]?)[0-9a-f]{2}(?:\1[0-9a-f]{2}){4}", re.ASCII)
WORD = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?", re.ASCII)


class Transport(enum.StrEnum):
    """How an upstream is asked."""

    UDP = "udp"
    TCP = "tcp"
    TLS = "tls"


class PortChoice(enum.StrEnum):
    """Where questions to an upstream leave from: a new port each (RFC 5452 section 9.2), or one of a pool."""

    FRESH = "fresh"
    POOL = "pool"


class Endpoint(NamedTuple):
    """An address and a port; port 0 lets the machine choose."""

    address: Address
    port: int

    def __str__(self) -> str:
        """Read as `127.0.0.1:53` or `[::1]:53`."""
        host = f"[{self.address}]" if self.address.version == 6 else str(self.address)
        return f"{host}:{self.port}"


class UpstreamUrl(NamedTuple):
    """Where an upstream is and how it is asked."""

    transport: Transport
    host: str
    """An address as text, or a name."""
    port: int
    address: Address | None
    """The host, where it is an address."""

    def __str__(self) -> str:
        """Read as `tls://dns.quad9.net:853`."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.transport}://{host}:{self.port}"


class Server(NamedTuple):
    """Where one resolver is and how it is asked."""

    transport: Transport
    address: Address
    port: int
    name: str
    """The name that its certificate must carry: the host as written, or its address as text."""

    @property
    def endpoint(self) -> Endpoint:
        """Where it listens."""
        return Endpoint(self.address, self.port)

    @property
    def encrypted(self) -> bool:
        """Say whether nobody on the way can read or change what is asked."""
        return self.transport is Transport.TLS

    def __str__(self) -> str:
        """Read as `tls://9.9.9.9:853 (dns.quad9.net)`."""
        url = f"{self.transport}://{self.endpoint}"
        return url if self.name == str(self.address) else f"{url} ({self.name})"


@dataclass(frozen=True, slots=True, eq=False)
class Text:
    """Tell pydantic that a value is written as text, and how that is read."""

    read: Callable[[object], object]
    schema: dict[str, Any]

    def __get_pydantic_core_schema__(self, _: object, __: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        """Validate by `read` alone, whatever the annotated type."""
        text = core_schema.to_string_ser_schema()
        return core_schema.no_info_plain_validator_function(self.read, serialization=text)

    def __get_pydantic_json_schema__(self, _: core_schema.CoreSchema, __: GetJsonSchemaHandler) -> dict[str, Any]:
        """Return the JSON Schema that editors show."""
        return dict(self.schema)


@dataclass(frozen=True, slots=True)
class PathBesideFile:
    """Tell pydantic that a text is a path which starts at the folder of its file."""

    def __get_pydantic_core_schema__(self, _: object, __: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        """Validate by `read_path`."""
        return core_schema.with_info_plain_validator_function(read_path)

    def __get_pydantic_json_schema__(self, _: core_schema.CoreSchema, __: GetJsonSchemaHandler) -> dict[str, Any]:
        """Return the JSON Schema that editors show."""
        return {"type": "string", "minLength": 1}


def read_endpoint(value: object, port: int = DNS_PORT) -> Endpoint:
    """Return the endpoint in `127.0.0.1:1053` or `[::1]:1053`; without a port it is 53, or `port`."""
    if isinstance(value, Endpoint):
        return value
    text = _text(value, "an address with a port")
    form = f'write 127.0.0.1:{port} or "[::1]:{port}"'
    match = HOST_PORT.fullmatch(text)
    address = _address(match["six"] or match["host"]) if match else None
    if match is None or address is None or (match["six"] is not None) != isinstance(address, IPv6Address):
        raise refusal(f"{shown(text)} is not an address with a port", form)
    return Endpoint(address, _port(match["port"], port, lowest=0))


def read_tls_endpoint(value: object) -> Endpoint:
    """Return the endpoint, as `read_endpoint` does; without a port it is 853."""
    return read_endpoint(value, DNS_TLS_PORT)


def read_web_endpoint(value: object) -> Endpoint:
    """Return the endpoint, as `read_endpoint` does; without a port it is 8080."""
    return read_endpoint(value, WEB_PORT)


def read_upstream_url(value: object) -> UpstreamUrl:
    """Return the upstream in `udp://`, `tcp://` or `tls://HOST[:PORT]`; the port is 53, or 853 for TLS."""
    if isinstance(value, UpstreamUrl):
        return value
    text = _text(value, "an upstream")
    scheme, separator, rest = text.partition("://")
    words = [transport.value for transport in Transport]
    if not separator:
        raise refusal(f"{shown(text)} is not an upstream", "write udp://ADDRESS, tcp://ADDRESS or tls://NAME")
    if scheme.lower() not in words:
        raise refusal(f"{shown(scheme)} is not a way to ask an upstream", suggestion(scheme, words))
    transport = Transport(scheme.lower())
    match = HOST_PORT.fullmatch(rest.removesuffix("/"))
    if match is None or not (match["six"] or match["host"]):
        raise refusal(f"{shown(text)} is not an upstream", f"write {transport}://HOST:PORT; an IPv6 address in [ ]")
    port = _port(match["port"], DNS_TLS_PORT if transport is Transport.TLS else DNS_PORT, lowest=1)
    address = _address(match["six"] or match["host"])
    if match["six"] is not None and not isinstance(address, IPv6Address):
        raise refusal(f"{shown(match['six'])} is not an IPv6 address", "only an IPv6 address stands in [ ]")
    host = str(address) if address else read_name(match["host"])
    return UpstreamUrl(transport, host, port, address)


def read_name(value: object) -> str:
    """Return a domain name in lower case, without its final dot."""
    text = _text(value, "a domain name")
    name = text.lower().removesuffix(".")
    if not text.isascii():
        raise refusal(f"{shown(text)} is not a domain name in ASCII", "write its A-label form: xn--…")
    if len(name) > MAX_NAME:
        raise refusal(f"{shown(text)} is too long for a domain name", f"at most {MAX_NAME} characters")
    if _address(name) or not all(LABEL.fullmatch(label) for label in name.split(".")):
        raise refusal(f"{shown(text)} is not a domain name", "letters, digits, - and _ between dots; ≤ 63 a label")
    return name


def read_address(value: object) -> Address:
    """Return an IPv4 or IPv6 address."""
    if isinstance(value, IPv4Address | IPv6Address):
        return value
    text = _text(value, "an IP address")
    address = _address(text)
    if address is None:
        raise refusal(f"{shown(text)} is not an IP address", "write 192.168.1.9 or fd00::9, without port or length")
    return address


def read_network(value: object) -> Network:
    """Return a network; an address alone is the network of that address."""
    if isinstance(value, IPv4Network | IPv6Network):
        return value
    text = _text(value, "a network")
    try:
        network = ip_network(text, strict=False)
    except ValueError:
        raise refusal(f"{shown(text)} is not a network", NETWORK_HINT) from None
    address = ip_address(text.partition("/")[0])
    if address != network.network_address:
        hint = f"did you mean {address}, this device alone? or {network}, the whole network?"
        raise refusal(f"{shown(text)} is not where a network begins", hint)
    return network


def read_hardware(value: object) -> str:
    """Return the hardware (MAC) address of one device as `aa:bb:cc:dd:ee:ff`."""
    text = _text(value, "a hardware address")
    form = "write it as 3c:22:fb:10:20:30, as the device or the router shows it"
    if not HARDWARE.fullmatch(text.lower()):
        raise refusal(f"{shown(text)} is not a hardware address", form)
    octets = bytes.fromhex(re.sub("[:-]", "", text))
    if octets[0] & 1 or not any(octets):
        # the lowest bit of the first octet marks a group (IEEE 802)
        raise refusal(f"{shown(text)} is the hardware address of no single device", form)
    return octets.hex(":")


def read_allowed(value: object) -> Network | Literal["local"]:
    """Return a network, or the word `local`: the prefixes of this machine's own interfaces."""
    if value == LOCAL:
        return LOCAL
    if isinstance(value, str) and value.isalpha():
        raise refusal(f"{shown(value)} is not a network", suggestion(value, [LOCAL]) + " or a network")
    return read_network(value)


def read_zone(value: object) -> str:
    """Return the name of a zone; of a network, such as 192.168.1.0/24, that of its reverse zone."""
    if not (isinstance(value, str) and "/" in value):
        return read_name(value)
    network = read_network(value)
    zone = reverse_zone(network)
    if zone is None:
        lengths = "/8, /16, /24 or /32" if network.version == 4 else "a multiple of 4, such as /48 or /64"
        raise refusal(f"{shown(value)} has no reverse zone of its own", f"write a line for each part with {lengths}")
    return zone


def read_word(value: object) -> str:
    """Return a short name for people and reports: lower-case letters, digits, `.`, `_` and `-`."""
    text = _text(value, "a name")
    if not WORD.fullmatch(text):
        raise refusal(f"{shown(text)} is not a name", "lower-case letters, digits, - _ . between them; at most 64")
    return text


def read_path(value: object, info: ValidationInfo) -> str:
    """Return a path as text, made absolute against the folder in the validation context."""
    text = _text(value, "a path")
    if not text or any(ord(character) < ord(" ") for character in text):
        raise refusal(f"{shown(text)} is not a path", "write one line of text")
    if text.startswith("~"):
        raise refusal(f"{shown(text)}: ~ is not expanded", "write the whole path, from /")
    folder = (info.context or {}).get(FOLDER, "")
    return posixpath.normpath(posixpath.join(folder, text))


def _chosen(words: type[enum.StrEnum], noun: str) -> Text:
    allowed = [word.value for word in words]

    def read(value: object) -> enum.StrEnum:
        if value in allowed:
            return words(value)
        # YAML's own null is how `block_mode: null` arrives.
        if value is None and "null" in allowed:
            return words("null")
        raise refusal(f"{shown(value)} is not {noun}", suggestion(str(value), allowed))

    options: list[str | None] = [*allowed, *([None] if "null" in allowed else [])]
    return Text(read, {"enum": options})


def _text(value: object, noun: str) -> str:
    if isinstance(value, str):
        return value
    raise refusal(f"{shown(value)} is not {noun}", "" if value is None else "write it as text in quotes")


def _address(text: str) -> Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None


def _port(text: str | None, default: int, lowest: int) -> int:
    port = default if text is None else int(text)
    if not lowest <= port <= MAX_PORT:
        raise refusal(f"{port} is not a port", f"allowed: {lowest} to {MAX_PORT}")
    return port


def _string(*examples: str) -> dict[str, Any]:
    return {"type": "string", "examples": list(examples)}


EndpointText = Annotated[Endpoint, Text(read_endpoint, _string("127.0.0.1:1053", "[::1]:1053"))]
TlsEndpointText = Annotated[Endpoint, Text(read_tls_endpoint, _string("127.0.0.1:853", "[::1]:853"))]
WebEndpointText = Annotated[Endpoint, Text(read_web_endpoint, _string("127.0.0.1:8080", "[::1]:8080"))]
UpstreamText = Annotated[
    UpstreamUrl,
    Text(read_upstream_url, {**_string("tls://dns.quad9.net", "udp://192.168.1.1:53"), "pattern": "^(udp|tcp|tls)://"}),
]
AddressText = Annotated[Address, Text(read_address, _string("192.168.1.9", "fd00::9"))]
NetworkText = Annotated[Network, Text(read_network, _string("192.168.1.20/32", "fd00::/8"))]
HardwareText = Annotated[str, Text(read_hardware, _string("3c:22:fb:10:20:30"))]
AllowedText = Annotated[Network | Literal["local"], Text(read_allowed, _string(LOCAL, "192.168.1.0/24"))]
NameText = Annotated[str, Text(read_name, _string("home.lan"))]
ZoneText = Annotated[str, Text(read_zone, _string("home.lan", "192.168.1.0/24"))]
WordText = Annotated[str, Text(read_word, {"type": "string", "pattern": "^[a-z0-9]([a-z0-9._-]{0,62}[a-z0-9])?$"})]
PathText = Annotated[str, PathBesideFile()]
BandText = Annotated[Band, _chosen(Band, "an age band")]
BlockModeText = Annotated[BlockMode, _chosen(BlockMode, "a block mode")]
FormatText = Annotated[Format, _chosen(Format, "a list format")]
ScopeText = Annotated[Scope, _chosen(Scope, "a way to match")]
ListKindText = Annotated[ListKind, _chosen(ListKind, "a kind of list")]
PortChoiceText = Annotated[PortChoice, _chosen(PortChoice, "a choice of ports")]
