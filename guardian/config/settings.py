"""Hold the settings of this machine: guardian.yaml as frozen, checked values.

Law 1: every key has a default, so `state: /var/lib/guardian` is a whole file; an unknown key is a fault.
Law 2: what the file alone can show is judged here; whether a port, a list or a category is there is for others to find.
Law 3: a rule over several entries is judged entry by entry, so that one fault never hides another.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from guardian.config.document import read_document, validate
from guardian.config.faults import refusal
from guardian.config.once import Once
from guardian.config.values import (
    FOLDER,
    LOCAL,
    AddressText,
    AllowedText,
    BandText,
    BlockModeText,
    EndpointText,
    FormatText,
    HardwareText,
    ListKindText,
    NameText,
    NetworkText,
    PathText,
    PortChoice,
    PortChoiceText,
    ScopeText,
    Server,
    TlsEndpointText,
    UpstreamText,
    UpstreamUrl,
    WebEndpointText,
    WordText,
    ZoneText,
    read_address,
    read_endpoint,
    read_tls_endpoint,
    read_upstream_url,
    read_web_endpoint,
)
from guardian.model import Band, BlockMode, Format, ListKind


class Section(BaseModel):
    """A part of the file: frozen, strict, without unknown keys."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", use_attribute_docstrings=True)


class Tls(Section):
    """DNS over TLS (RFC 7858), for phones that ask no other way in private."""

    listen: Annotated[
        tuple[Annotated[TlsEndpointText, Once("the listener", lambda one: str(one) if one.port else None)], ...],
        Field(strict=False, min_length=1, max_length=64),
    ] = (read_tls_endpoint("0.0.0.0:853"), read_tls_endpoint("[::]:853"))
    """Addresses and ports where devices ask, over TLS."""
    certificate: PathText
    """The file of the certificate, with its chain: what proves to a device who answers."""
    key: PathText
    """The file of the certificate's key."""


class Dns(Section):
    """How questions come in and how a blocked name is answered."""

    listen: Annotated[
        tuple[Annotated[EndpointText, Once("the listener", str)], ...], Field(strict=False, min_length=1, max_length=64)
    ] = (read_endpoint("127.0.0.1:1053"),)
    """Addresses and ports where devices ask, over UDP and TCP."""
    tls: Tls | None = None
    """Where devices ask over TLS, too; without it none do."""
    allow_from: Annotated[tuple[AllowedText, ...], Field(strict=False, min_length=1, max_length=256)] = (LOCAL,)
    """Who may ask: networks, or local for the prefixes of this machine's own interfaces."""
    block_mode: BlockModeText = BlockMode.NXDOMAIN
    """How a blocked name is answered."""
    block_ttl: Annotated[int, Field(ge=1, le=3600)] = 10
    """How long a device keeps a blocked answer, in seconds."""
    ports: PortChoiceText = PortChoice.FRESH
    """The source ports of questions to upstreams: fresh for each, or a pool."""
    cache_entries: Annotated[int, Field(ge=100, le=1_000_000)] = 8000
    """How many answers are kept in memory."""
    inside_names: Annotated[tuple[NameText, ...], Field(strict=False, max_length=256)] = ()
    """Names that may have private addresses, with all below them, although the world answers them."""
    rate_limit: Annotated[int, Field(ge=0, le=1_000_000)] = 200
    """How many questions a second one device may ask; a burst of ten seconds' worth passes. 0: no limit."""
    trusted_routers: Annotated[tuple[AddressText, ...], Field(strict=False, max_length=16)] = ()
    """Addresses whose word is taken for which device asks, by the EDNS option that dnsmasq's add-mac sends."""


class Upstream(Section):
    """A resolver that is asked what this house can't answer itself."""

    url: UpstreamText
    """Which transport, host and port: udp://, tcp:// or tls://."""
    addresses: Annotated[tuple[AddressText, ...], Field(strict=False, max_length=8, validate_default=True)] = ()
    """The addresses of a host that is a name: guardian asks nobody to find its own upstream."""

    @field_validator("addresses")
    @classmethod
    def _fit_host(cls, addresses: tuple[AddressText, ...], info: ValidationInfo) -> tuple[AddressText, ...]:
        url: UpstreamUrl | None = info.data.get("url")
        if url is not None and url.address is None and not addresses:
            raise refusal(f"are missing: {url.host!r} is a name", 'write addresses: ["9.9.9.9"]')
        if url is not None and url.address is not None and addresses:
            raise refusal(f"do not go with an address as host ({url.host})", "take addresses out")
        return addresses

    @property
    def servers(self) -> tuple[Server, ...]:
        """Whom to ask, in the order written."""
        addresses = (self.url.address,) if self.url.address is not None else self.addresses
        return tuple(Server(self.url.transport, address, self.url.port, self.url.host) for address in addresses)


class Forward(Section):
    """A zone that another resolver answers; its answers may hold private addresses."""

    zone: ZoneText
    """The zone's own name; all names below it belong to it. A network means its reverse zone."""
    upstream: UpstreamText
    """Who answers it; the host is an address."""

    @field_validator("upstream")
    @classmethod
    def _need_address(cls, upstream: UpstreamUrl) -> UpstreamUrl:
        if upstream.address is None:
            raise refusal(f"the host {upstream.host!r} is a name", "write its address, as in udp://192.168.1.1:53")
        return upstream

    @property
    def server(self) -> Server:
        """Whom to ask."""
        url = self.upstream
        return Server(url.transport, read_address(url.host), url.port, url.host)


class Record(Section):
    """A name of this house; several records with one name give it several addresses."""

    name: NameText
    """The device's full name."""
    address: AddressText
    """One of its addresses."""


class Names(Section):
    """The names that devices gave when they asked for an address."""

    domain: NameText = "home.arpa"
    """The domain of this house; what is not known in it is answered here, and never asked outside."""
    leases: Annotated[tuple[PathText, ...], Field(strict=False, max_length=8)] = ()
    """The lease files of this machine's DHCP server: dnsmasq, ISC dhcpd or Kea."""


class Source(Section):
    """A list on this machine."""

    name: WordText
    """What reports and explanations call it."""
    kind: ListKindText = ListKind.BLOCK
    """What it is for."""
    category: Annotated[WordText | None, Field(validate_default=True)] = None
    """Which category its names belong to; a list that blocks needs one."""
    path: PathText
    """The file, plain or gzip."""
    format: FormatText = Format.AUTO
    """How its text is written."""
    match: ScopeText | None = None
    """What a plain name covers; without it, what the format says."""

    @field_validator("category")
    @classmethod
    def _fit_kind(cls, category: str | None, info: ValidationInfo) -> str | None:
        if category is None and info.data.get("kind") is ListKind.BLOCK:
            raise refusal("is missing: a list that blocks needs one", "write for example category: gambling")
        return category


class Lists(Section):
    """What is blocked, allowed and protected."""

    embedded: bool = True
    """Read the lists that come with guardian."""
    sources: Annotated[
        tuple[Annotated[Source, Once("the name", lambda source: source.name, ("name",))], ...],
        Field(strict=False, max_length=512),
    ] = ()
    """Lists of this machine's own."""


class Family(Section):
    """What holds until the family has decided for itself."""

    unknown_devices: BandText = Band.MIDDLE
    """The age band of a device that nobody has named."""


class Web(Section):
    """Where the family decides: the API, by browsers and programs."""

    listen: Annotated[
        tuple[Annotated[WebEndpointText, Once("the listener", lambda one: str(one) if one.port else None)], ...],
        Field(strict=False, max_length=64),
    ] = (read_web_endpoint("127.0.0.1:8080"),)
    """Addresses and ports where browsers ask; none: `guardian run` starts no web."""
    names: Annotated[tuple[NameText, ...], Field(strict=False, max_length=16)] = ()
    """Further names by which this machine is asked; its addresses, localhost and guardian.home.arpa need no naming."""


class Client(Section):
    """A device, or a network of devices, and its age band: an address wins over mac, mac over a wider network."""

    network: NetworkText | None = None
    """An address or a network."""
    mac: Annotated[HardwareText | None, Field(validate_default=True)] = None
    """The hardware address of a device, in place of network: it holds for each address that the device takes."""
    band: BandText
    """The age band of who uses it."""

    @field_validator("mac")
    @classmethod
    def _stand_alone(cls, mac: str | None, info: ValidationInfo) -> str | None:
        if "network" in info.data and (mac is None) == (info.data["network"] is None):
            if mac is None:
                raise refusal("is missing, and so is network", "write network: 192.168.1.20, or mac: 3c:22:fb:10:20:30")
            raise refusal("does not go with network", "keep one of them: an address may change, mac stays")
        return mac


class Settings(Section):
    """The whole file; made by `read_settings`, which alone judges that no two entries clash."""

    state: Annotated[PathText, Field(validate_default=True)] = "./.guardian"
    """Where guardian keeps what it compiles."""
    dns: Dns = Dns()
    """How questions come in and how a blocked name is answered."""
    upstreams: Annotated[tuple[Upstream, ...], Field(strict=False, min_length=1, max_length=16)] = (
        Upstream(
            url=read_upstream_url("tls://dns.quad9.net"),
            addresses=(read_address("9.9.9.9"), read_address("149.112.112.112")),
        ),
    )
    """Who is asked what this house can't answer itself; Quad9 over TLS unless written."""
    forward: Annotated[
        tuple[Annotated[Forward, Once("the zone", lambda forward: forward.zone, ("zone",))], ...],
        Field(strict=False, max_length=256),
    ] = ()
    """Zones that other resolvers answer."""
    records: Annotated[
        tuple[Annotated[Record, Once("the record", lambda record: f"{record.name} {record.address}", ("name",))], ...],
        Field(strict=False, max_length=4096),
    ] = ()
    """Names of this house."""
    names: Names = Names()
    """The names that devices gave when they asked for an address."""
    lists: Lists = Lists()
    """What is blocked, allowed and protected."""
    family: Family = Family()
    """What holds until the family has decided for itself."""
    web: Web = Web()
    """Where the family decides."""
    clients: Annotated[
        tuple[
            Annotated[
                Client,
                Once("the network", lambda client: client.network, ("network",)),
                Once("the mac", lambda client: client.mac, ("mac",)),
            ],
            ...,
        ],
        Field(strict=False, max_length=1024),
    ] = ()
    """Devices and their age bands; an address wins over mac, mac over a wider network, a narrower over a wider one."""

    @property
    def servers(self) -> tuple[Server, ...]:
        """Whom to ask by default; where one is encrypted, the encrypted ones alone."""
        servers = [server for upstream in self.upstreams for server in upstream.servers]
        return tuple(server for server in servers if server.encrypted) or tuple(servers)


def read_settings(text: bytes, file: str, folder: str) -> Settings:
    """Return the settings in a file's text.

    Args:
        text: the bytes of the file.
        file: what faults call the file.
        folder: the absolute folder of the file, where its relative paths start.

    Raises:
        ConfigError: every fault at once, in file order, each with line, column and what to do.
    """
    return validate(Settings, read_document(text, file), {FOLDER: folder})
