"""A home without sockets: the lists that ship with guardian, three more, seven devices, and a world to ask.

Law 1: all but the sockets is the real thing: settings, lists, compiled set, policies, engine, wire.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import dns.flags
import dns.message
import dns.rcode
import pytest

from guardian.config.settings import read_settings
from guardian.daemon.generation import generation_of
from guardian.daemon.parts import Parts
from guardian.engine.engine import Engine
from guardian.lists.catalog import read_categories
from guardian.lists.domain_set import DomainSet
from guardian.lists.safe_search import read_safe_search
from guardian.model import Answer, Ask, Hold
from guardian.system.paths import State, blocklists
from guardian.update.compilation import Workshop, compile_in_memory
from guardian.wire.names import to_text
from guardian.wire.question import read_query

if TYPE_CHECKING:
    from collections.abc import Callable

    from guardian.engine.generation import Generation
    from guardian.model import AskKey

DEVICES = {
    "192.168.1.5": "0-5",
    "192.168.1.6": "6-9",
    "192.168.1.10": "10-12",
    "192.168.1.13": "13-15",
    "192.168.1.16": "16-17",
    "192.168.1.40": "adult",
}
CONFIG = f"""\
dns: {{allow_from: ["192.168.1.0/24"]}}
records:
  - {{name: printer.home.lan, address: 192.168.1.9}}
lists:
  sources:
    - {{name: too-wide, category: gambling, path: too-wide.txt}}
    - {{name: hostile, category: malware, path: hostile.txt}}
    - {{name: our-own, kind: allow, path: our-own.txt}}
    - {{name: ads-of-others, category: ads, path: ads-of-others.txt, format: hosts}}
family: {{unknown_devices: "0-5"}}
clients:
{"".join(f'  - {{network: {address}/32, band: "{band}"}}' + chr(10) for address, band in DEVICES.items())}
"""
TOO_WIDE = "org.al\ncambridge.org\nplay.example\nclub.example\n"
OUR_OWN = "chess.club.example\nspyzie.com\n"
ADS = "0.0.0.0 use-application-dns.net\n0.0.0.0 ads.example\n"
"""A hosts list as many are: the name that keeps a browser at home stands among the advertisers."""
HOSTILE = "alo116.al\nwww.alo116.al\n0.0.0.0 sq.wikipedia.org\n"


@dataclass(frozen=True)
class Told:
    """What a device was told, read by dnspython."""

    message: dns.message.Message
    asked: tuple[AskKey, ...]
    """What the world was asked meanwhile."""

    @property
    def rcode(self) -> str:
        return dns.rcode.to_text(self.message.rcode())

    @property
    def error(self) -> tuple[int, str] | None:
        """The extended error: its code and text."""
        for option in self.message.options:
            if option.otype == 15:
                data = option.to_wire()
                assert data is not None
                return int.from_bytes(data[:2], "big"), data[2:].decode()
        return None

    @property
    def addresses(self) -> list[str]:
        return [record.to_text() for answer in self.message.answer for record in answer]


@dataclass
class Home:
    """The engine of a home, and a world in which every name has one address but those that do not exist."""

    engine: Engine
    gone: frozenset[str] = frozenset({"nothing.example"})
    ttl: int = 60
    now: float = 1000.0
    asked: list[AskKey] = field(default_factory=list)
    says: dict[tuple[str, int], Answer] = field(default_factory=dict)
    """What the world says of a name and type, where that is something else."""

    little = "192.168.1.5"
    six = "192.168.1.6"
    teen = "192.168.1.13"
    parent = "192.168.1.40"
    guest = "192.168.1.200"
    stranger = "203.0.113.9"
    everyone = (*DEVICES, guest)

    def ask(self, device: str, name: str, qtype: int = 1, *, edns: bool = True) -> Told:
        """Let a device ask for a name."""
        wire = b"".join(bytes((len(label),)) + label.encode() for label in name.split(".")) + b"\0"
        opt = b"\0" + struct.pack("!HHIH", 41, 1232, 0, 0) if edns else b""
        packet = struct.pack("!HHHHHH", 7, 0x0100, 1, 0, 0, edns) + wire + struct.pack("!HH", qtype, 1) + opt
        before = len(self.asked)
        message = dns.message.from_wire(self.send(packet, device))
        assert message.flags & dns.flags.QR
        assert message.question[0].name.to_text(omit_final_dot=True) == name
        return Told(message, tuple(self.asked[before:]))

    def send(self, packet: bytes, device: str) -> bytes:
        """Do with a packet what a listener and a resolver do."""
        ready = self.engine.replay(packet, device, self.now)
        if ready is not None:
            return ready
        outcome = self.engine.receive_query(read_query(packet, device), self.now)
        if isinstance(outcome, Ask):
            self.asked.append(outcome.key)
            outcome = self.engine.receive_answer(outcome, self._world(outcome.key), self.now)
        assert not isinstance(outcome, Hold)
        return self.engine.finish(outcome, packet, self.now)

    def _world(self, key: AskKey) -> Answer:
        if (to_text(key.name), key.qtype) in self.says:
            return self.says[to_text(key.name), key.qtype]
        if to_text(key.name) in self.gone:
            return Answer(3, authentic=False, truncated=False, counts=(0, 0), body=b"", ttl=self.ttl)
        body = b"\xc0\x0c" + struct.pack("!HHIH4B", 1, 1, self.ttl, 4, 192, 0, 2, 1)
        return Answer(0, authentic=False, truncated=False, counts=(1, 0), body=body, ttl=self.ttl)


@pytest.fixture(scope="session")
def decided(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Generation]:
    """Return what makes all that the home decides by from a configuration; reading the lists takes a while, so once."""
    folder = tmp_path_factory.mktemp("home")
    for name, text in (("too-wide", TOO_WIDE), ("our-own", OUR_OWN), ("hostile", HOSTILE), ("ads-of-others", ADS)):
        (folder / f"{name}.txt").write_text(text, "utf-8")
    shipped = blocklists()
    settings = read_settings(CONFIG.encode(), "guardian.yaml", str(folder))
    categories = read_categories((shipped / "categories.yaml").read_bytes(), "categories.yaml")
    safe_search = read_safe_search((shipped / "safesearch.yaml").read_bytes(), "safesearch.yaml")
    compiled = compile_in_memory(Workshop(shipped, settings.lists))

    def decide(text: str) -> Generation:
        settings = read_settings(text.encode(), "guardian.yaml", str(folder))
        parts = Parts(settings, State(Path(settings.state)), categories, safe_search, lambda: compiled)
        return generation_of(parts, DomainSet(compiled))

    return decide


@pytest.fixture(scope="session")
def rules(decided: Callable[[str], Generation]) -> Generation:
    """Return all that the home decides by."""
    return decided(CONFIG)


@pytest.fixture
def home(rules: Generation) -> Home:
    """Return a home in which nobody has asked anything yet."""
    return Home(Engine(rules))


@pytest.fixture
def blank_home(decided: Callable[[str], Generation]) -> Home:
    """Return the same home, where blocked names have the address 0.0.0.0."""
    return Home(Engine(decided(CONFIG.replace("dns: {", "dns: {block_mode: 'null', "))))
