"""Run `guardian demo`: a tour of blocked, allowed and protected names that needs no internet.

Law 1: real packets go over loopback to a real `guardian dns`; nothing of the tour is staged but the internet behind it.
"""

from __future__ import annotations

import asyncio
import json
import logging
import socket
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypedDict

from guardian.cli.house import shipped_categories, shipped_safe_search
from guardian.cli.progress import Progress
from guardian.config.settings import Client, Dns, Settings, Upstream
from guardian.config.values import Endpoint, PortChoice, read_endpoint, read_network, read_upstream_url
from guardian.daemon.daemon import Daemon
from guardian.daemon.parts import Parts
from guardian.errors import StoreError
from guardian.model import AskKey, Band
from guardian.server.authority import ADDRESS, Authority
from guardian.system.paths import State, blocklists
from guardian.update.compilation import Workshop, publish
from guardian.wire import codes
from guardian.wire.names import to_wire
from guardian.wire.upstream import write_question

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

DEVICES = {Band.EARLY: "127.0.0.11", Band.PRIMARY: "127.0.0.12", Band.TEEN: "127.0.0.14", Band.ADULT: "127.0.0.16"}
"""A device on loopback for each band of the tour."""
_SECONDS = 5


class Stop(NamedTuple):
    """One name of the tour."""

    name: str
    why: str


TOUR = (
    Stop("wikipedia.org", "learning: open at every age"),
    Stop("alo116.al", "a helpline: no list, band or person can block it"),
    Stop("gambling.guardian.example", "gambling: closed to every child"),
    Stop("adult.guardian.example", "adult content: closed to every child"),
    Stop("malware.guardian.example", "malicious software: closed to everybody"),
    Stop("social.guardian.example", "social media: by age"),
    Stop("games.guardian.example", "games: by age"),
    Stop("a-site-nobody-listed.example", "unknown: open, but not to the youngest"),
)


class SeenStop(TypedDict):
    """What the tour saw at a stop."""

    name: str
    why: str
    bands: dict[str, str]
    """`open` or `closed`, by band."""


class Seen(TypedDict):
    """What the whole tour saw."""

    names: int
    lists: int
    stops: list[SeenStop]
    asked: int
    """How many questions reached the internet behind it."""


def add_arguments(parser: ArgumentParser) -> None:
    """Give the command its options."""
    parser.add_argument("--json", action="store_true", help="write JSON")


def run(arguments: Namespace) -> int:
    """Walk the tour and print it."""
    logging.basicConfig(level=logging.WARNING, format="guardian: %(message)s")
    with tempfile.TemporaryDirectory(prefix="guardian-demo-") as folder:
        seen = asyncio.run(_tour(Path(folder)))
    if arguments.json:
        print(json.dumps(seen, indent=2, ensure_ascii=False))
    else:
        _print(seen)
    return 0


def _print(seen: Seen) -> None:
    print(f"{seen['names']} names of {seen['lists']} lists that ship with guardian are compiled.")
    print(f"\n{'':42}" + "".join(f"{band:>10}" for band in DEVICES))
    for stop in seen["stops"]:
        print(f"{stop['name']:42}" + "".join(f"{found:>10}" for found in stop["bands"].values()) + f"   {stop['why']}")
    print(f"\nThe internet behind it was asked {seen['asked']} times; a closed name never leaves the house.")
    print("Nothing was written about who asked what. Next: make run")


async def _tour(folder: Path) -> Seen:
    loop = asyncio.get_running_loop()
    authority = Authority()
    authority.start(loop)
    try:
        return await _guided(folder, authority)
    finally:
        authority.close(loop)


async def _guided(folder: Path, authority: Authority) -> Seen:
    parts = _parts(folder, authority.port)
    compiled = publish(Workshop(blocklists(), parts.settings.lists), parts.state, Progress("reading"))
    daemon = Daemon(parts)
    ready = asyncio.Event()
    serving = asyncio.create_task(daemon.serve(ready.set))
    try:
        await _first(ready, serving)
        stops = await _walk(daemon.endpoint)
    finally:
        daemon.stop()
        await asyncio.gather(serving, return_exceptions=True)
    serving.result()
    return Seen(names=compiled.summary.names, lists=len(compiled.lists), stops=stops, asked=authority.asked)


async def _first(ready: asyncio.Event, serving: asyncio.Task[None]) -> None:
    """Wait until guardian is ready; what it raises where it ends before that."""
    waiting = asyncio.create_task(ready.wait())
    await asyncio.wait([waiting, serving], return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if serving.done():
        serving.result()
        raise StoreError("guardian ended before it could answer")


def _parts(folder: Path, port: int) -> Parts:
    clients = tuple(Client(network=read_network(address), band=band) for band, address in DEVICES.items())
    settings = Settings(
        state=str(folder),
        dns=Dns(listen=(read_endpoint("127.0.0.1:0"),), ports=PortChoice.FRESH),
        upstreams=(Upstream(url=read_upstream_url(f"udp://127.0.0.1:{port}")),),
        clients=clients,
    )
    shipped = blocklists()
    tables = shipped_categories(shipped), shipped_safe_search(shipped)
    return Parts(settings, State(folder), *tables, lambda: memoryview(b""))


async def _walk(guardian: Endpoint) -> list[SeenStop]:
    progress = Progress("asking for")
    seen = []
    for stop in TOUR:
        progress(stop.name)
        bands = {
            band.value: await asyncio.to_thread(_ask, stop.name, address, guardian) for band, address in DEVICES.items()
        }
        seen.append(SeenStop(name=stop.name, why=stop.why, bands=bands))
    progress("")
    return seen


def _ask(name: str, device: str, guardian: Endpoint) -> str:
    """Ask for a name from one device's address; what came back in a word."""
    key = AskKey(to_wire(name), codes.A, codes.IN, dnssec_ok=False, checking_disabled=False, group=0)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker:
        asker.settimeout(_SECONDS)
        asker.bind((device, 0))
        asker.sendto(write_question(key, 1, 0), (str(guardian.address), guardian.port))
        try:
            message = asker.recv(codes.OUR_PAYLOAD)
        except TimeoutError as error:
            raise StoreError(f"no answer from guardian within {_SECONDS} s; is loopback up?") from error
    if message[3] & 0xF == codes.NXDOMAIN or ADDRESS.packed not in message:
        return "closed"
    return "open"
