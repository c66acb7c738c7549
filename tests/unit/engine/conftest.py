"""A small house without sockets: five devices, three lists, and packets as devices write them."""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass, replace
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING, Final

import dns.message
import pytest

from guardian.engine.engine import Engine
from guardian.engine.generation import Generation
from guardian.engine.household import UNKNOWN, Household, Named
from guardian.lists.compiler import Compiler
from guardian.lists.domain_set import DomainSet
from guardian.lists.set_file import ListInfo
from guardian.model import Answer, Ask, Band, BlockMode, Hold, ListKind, Rule
from guardian.policy.bands import BandRules
from guardian.policy.policy import Policy
from guardian.wire.answers import Scribe
from guardian.wire.names import to_wire
from guardian.wire.own import own_answers
from guardian.wire.question import read_query

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from guardian.model import Reply

TEEN: Final = BandRules(
    Band.TEEN, allow_only=False, closed=frozenset({"gambling", "malware", "bypass"}), threats=frozenset({"malware"})
)
RULES: Final = {
    "0-5": TEEN._replace(band=Band.EARLY, allow_only=True),
    "13-15": TEEN,
    "adult": TEEN._replace(band=Band.ADULT, closed=frozenset({"malware"})),
    UNKNOWN: TEEN._replace(band=Band.MIDDLE),
}
LISTS: Final = {
    ("protected", ListKind.PROTECTED, ""): ("help.bet.example",),
    ("stories", ListKind.ALLOW, ""): ("stories.example",),
    ("bets", ListKind.BLOCK, "gambling"): ("bet.example", "win.example"),
    ("malware", ListKind.BLOCK, "malware"): ("evil.example",),
    ("bypass", ListKind.BLOCK, "bypass"): ("canary.example", "relay.example"),
}
REWRITES: Final = {to_wire("www.search.example"): to_wire("safe.search.example")}
"""Safe search, for minors."""
DEVICES: Final = {"192.168.1.5": "0-5", "192.168.1.13": "13-15", "192.168.1.40": "adult"}


@dataclass(frozen=True)
class House:
    """An engine, and the ways to speak to it."""

    engine: Engine
    little: str = "192.168.1.5"
    teen: str = "192.168.1.13"
    parent: str = "192.168.1.40"
    guest: str = "192.168.1.99"
    outsider: str = "203.0.113.9"

    @staticmethod
    def packet(name: str, qtype: int = 1, *, identity: int = 7, qclass: int = 1, options: bytes | None = b"") -> bytes:
        """Write a question; without `options` it has no OPT."""
        wire = b"".join(bytes((len(label),)) + label.encode() for label in name.split(".") if label) + b"\0"
        opt = b"" if options is None else b"\0" + struct.pack("!HHIH", 41, 1232, 0, len(options)) + options
        return (
            struct.pack("!HHHHHH", identity, 0x0100, 1, 0, 0, bool(opt))
            + wire
            + struct.pack("!HH", qtype, qclass)
            + opt
        )

    def told(self, name: str, client: str, qtype: int = 1, *, now: float = 0.0) -> dns.message.Message:
        """Give what a client is told at once, as dnspython reads it."""
        message = self.listen(self.packet(name, qtype), client, now)
        assert isinstance(message, bytes), f"{name} is asked upstream"
        return dns.message.from_wire(message)

    def asked(self, name: str, client: str, qtype: int = 1, *, now: float = 0.0) -> Ask:
        """Give what an upstream must be asked."""
        ask = self.ask(self.packet(name, qtype), client, now)
        assert isinstance(ask, Ask), f"{name} is answered at once"
        return ask

    def hear(self, name: str, client: str, answer: Answer, qtype: int = 1, *, now: float = 0.0) -> dns.message.Message:
        """Ask what must lead to an Ask, and give what the client is told of the upstream's answer."""
        return dns.message.from_wire(self.resolve(self.packet(name, qtype), client, answer, now))

    def ask(self, packet: bytes, client: str, now: float = 0.0) -> Reply | Ask:
        """Ask past the ready replies, as a device that is known or has waited."""
        outcome = self.engine.receive_query(read_query(packet, client), now, waited=True)
        assert not isinstance(outcome, Hold)
        return outcome

    def listen(self, packet: bytes, client: str, now: float = 0.0) -> bytes | Ask:
        """Do with a packet what a listener does."""
        ready = self.engine.replay(packet, client, now)
        if ready is not None:
            return ready
        outcome = self.ask(packet, client, now)
        return outcome if isinstance(outcome, Ask) else self.engine.finish(outcome, packet, now)

    def resolve(self, packet: bytes, client: str, answer: Answer, now: float = 0.0) -> bytes:
        """Ask what must lead to an Ask, and let the upstream answer it."""
        ask = self.ask(packet, client, now)
        assert isinstance(ask, Ask)
        return self.engine.finish(self.engine.receive_answer(ask, answer, now), packet, now)


def answer(octet: int = 1, *, ttl: int = 60, rcode: int = 0) -> Answer:
    """Give an upstream's answer: 192.0.2.`octet`, or a denial."""
    body = b"" if rcode else b"\xc0\x0c" + struct.pack("!HHIH4B", 1, 1, ttl, 4, 192, 0, 2, octet)
    return Answer(rcode, authentic=False, truncated=False, counts=(0 if rcode else 1, 0), body=body, ttl=ttl)


def compiled(lists: Mapping[tuple[str, ListKind, str], Sequence[str]]) -> DomainSet:
    compiler, output = Compiler(io.BytesIO(), io.BytesIO()), io.BytesIO()
    for (identity, kind, category), names in lists.items():
        info = ListInfo(identity, identity, kind, category, "")
        compiler.add(info, (Rule(to_wire(name), True, True, False, False, 1) for name in names))
    compiler.write(output)
    return DomainSet(memoryview(output.getvalue()))


def generation_over(domains: DomainSet, mode: BlockMode = BlockMode.NXDOMAIN) -> Generation:
    return Generation(
        domains=domains,
        policies={profile: Policy(rules, domains.lists, domains.rows()) for profile, rules in RULES.items()},
        household=Household(
            inside=[ip_network("192.168.1.0/24"), ip_network("fd00::/64"), ip_network("10.0.0.0/8")],
            operator=Named({ip_network(f"{address}/32"): profile for address, profile in DEVICES.items()}),
        ),
        scribe=Scribe(mode=mode, block_ttl=10, topics=[info.category for info in domains.lists], never_null=["bypass"]),
        records={to_wire("printer.home"): own_answers(to_wire("printer.home"), [ip_address("192.168.1.9")])},
        zones={to_wire("lan"): 1, to_wire("school.lan"): 2},
        rewrites={profile: REWRITES for profile in RULES if profile != "adult"},
        inside_names=frozenset({to_wire("vpn.example")}),
    )


@pytest.fixture(scope="session")
def generation() -> Generation:
    """Return what every house of these tests decides by."""
    return generation_over(compiled(LISTS))


@pytest.fixture(scope="session")
def stricter(generation: Generation) -> Generation:
    """Return the same house after a new list has come: news.example is gambling, too."""
    domains = compiled(LISTS | {("more", ListKind.BLOCK, "gambling"): ("news.example",)})
    return replace(generation_over(domains), household=generation.household)


@pytest.fixture(scope="session")
def without_addresses(generation: Generation) -> Generation:
    """Return the same house where a blocked name has the address 0.0.0.0."""
    return generation_over(generation.domains, BlockMode.NULL)


@pytest.fixture
def house(generation: Generation) -> House:
    """Return a house in which nobody has asked anything yet."""
    return House(Engine(generation))
