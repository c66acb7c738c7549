"""Run `guardian run`: compile the lists, then answer DNS in the foreground.

Law 1: what is decided for the person is said before it holds: another upstream, another listener, older lists.
Law 2: compiling is a process of its own, so that its memory is given back before answering begins.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING

from guardian.cli.house import add_config, config_file, open_house, unserved_upstreams
from guardian.config.loops import asks_itself
from guardian.config.values import DNS_PORT, Endpoint
from guardian.errors import EXIT_CONFIG, StoreError
from guardian.system.interfaces import own_addresses
from guardian.system.privileges import behind_sudo

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Sequence

    from guardian.cli.house import House
    from guardian.config.values import Address

RESOLV_CONF = Path("/etc/resolv.conf")
_SELF = (sys.executable, "-m", "guardian.cli")


def add_arguments(parser: ArgumentParser) -> None:
    """Give the command its options."""
    add_config(parser)
    parser.add_argument(
        "--lan", action="store_true", help="serve the house: port 53 on this machine's addresses (root)"
    )


def run(arguments: Namespace) -> int:
    """Set everything up and become `guardian dns`."""
    config = config_file(arguments.config)
    house = open_house(config)
    listeners = _lan() if arguments.lan else house.settings.dns.listen
    options = [*_upstream(house, listeners), *(f"--listen={one}" for one in listeners if arguments.lan)]
    code = _compile(config)
    if code == EXIT_CONFIG:
        return code
    if code:
        _say("the lists could not be compiled; the last good set goes on")
    if not arguments.lan:
        first = house.settings.dns.listen[0]
        _say(f"try it: dig @{first.address} -p {first.port} gambling.guardian.example")
    sys.stdout.flush()
    return os.execv(sys.executable, [*_SELF, "dns", "--config", config, *options])  # noqa: S606 - ourselves


def _compile(config: str) -> int:
    """Compile as the person behind sudo, so that the state is theirs."""
    words = [*_SELF, "lists", "compile", "--starting", "--config", config]
    person = behind_sudo()
    try:
        if person is None:
            return subprocess.run(words, check=False).returncode  # noqa: S603 - ourselves
        return subprocess.run(words, check=False, user=person.uid, group=person.gid, extra_groups=[]).returncode  # noqa: S603
    except OSError as error:
        raise StoreError(f"{sys.executable}: can't be run by user {person}: {error.strerror}") from error


def _upstream(house: House, listeners: Sequence[Endpoint]) -> list[str]:
    """Find an upstream that this version can ask, and say which."""
    wanted = os.environ.get("GUARDIAN_UPSTREAM")
    if wanted:
        return ["--upstream", wanted]
    faults = unserved_upstreams(house)
    if not faults:
        return []
    own = _own_resolver(listeners)
    for fault in faults:
        _say(str(fault))
    shown = f"[{own}]" if own.version == 6 else str(own)
    _say(f"asking this machine's own resolver, {shown}, in plain text; GUARDIAN_UPSTREAM=udp://ADDRESS sets another")
    return ["--upstream", f"udp://{shown}"]


def _own_resolver(listeners: Sequence[Endpoint]) -> Address:
    """Give the first resolver of this machine that is not guardian, who would ask itself."""
    try:
        text = RESOLV_CONF.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise StoreError(f"{RESOLV_CONF}: {error.strerror}; set GUARDIAN_UPSTREAM=udp://ADDRESS") from error
    for word in re.findall(r"^[ \t]*nameserver[ \t]+(\S+)", text, re.MULTILINE):
        try:
            address = ip_address(word)
        except ValueError:
            continue
        if not (
            getattr(address, "scope_id", None) or asks_itself(Endpoint(address, DNS_PORT), listeners, own_addresses)
        ):
            return address
    raise StoreError(f"{RESOLV_CONF} names no resolver besides guardian; set GUARDIAN_UPSTREAM=udp://ADDRESS")


def _lan() -> list[Endpoint]:
    """Listen on port 53 of this machine's addresses, and say what to set on a phone."""
    if os.geteuid():
        raise StoreError("--lan serves port 53, which needs root; start with sudo")
    addresses = [one for one in own_addresses() if not (one.is_loopback or one.is_link_local)]
    if not addresses:
        raise StoreError("this machine has no address on a network; connect it first")
    _say("on a phone: Wi-Fi settings, your network, DNS: manual, and enter")
    for address in addresses:
        _say(f"    {address}")
    _say("for the whole house: enter the same as DNS server in your router's DHCP (and IPv6) settings")
    return [Endpoint(one, DNS_PORT) for one in addresses]


def _say(sentence: str) -> None:
    print(f"guardian: {sentence}", file=sys.stderr)
