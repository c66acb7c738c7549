"""Run `guardian run`: compile the lists, start the web beside, then answer DNS in the foreground.

Law 1: what is decided for the person is said before it holds: another upstream, another listener, older lists.
Law 2: compiling is a process of its own, so that its memory is given back before answering begins.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from guardian.cli.deciding import family_of
from guardian.cli.house import add_config, config_file, open_house
from guardian.config.values import DNS_PORT, Endpoint
from guardian.errors import EXIT_CONFIG, StoreError
from guardian.system.interfaces import own_addresses
from guardian.system.privileges import behind_sudo

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from guardian.cli.house import House

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
    options = [*_upstream(house), *(f"--listen={one}" for one in listeners if arguments.lan)]
    code = _compile(config)
    if code == EXIT_CONFIG:
        return code
    if code:
        _say("the lists could not be compiled; the last good set goes on")
    if not arguments.lan:
        first = house.settings.dns.listen[0]
        _say(f"try it: dig @{first.address} -p {first.port} gambling.guardian.example")
    _ask_for_children(house)
    start_web(house, config)
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


def start_web(house: House, config: str) -> None:
    """Start `guardian web` beside us, as the person behind sudo; it ends when we do, and we don't when it does."""
    if not house.settings.web.listen:
        return
    ours, theirs = os.pipe()
    # what we become holds this end open until it ends, whatever ends it
    os.set_inheritable(theirs, True)
    person = behind_sudo()
    owner: dict[str, Any] = {} if person is None else {"user": person.uid, "group": person.gid, "extra_groups": []}
    try:
        subprocess.Popen([*_SELF, "web", "--beside", "--config", config], stdin=ours, **owner)  # noqa: S603 - ourselves
    except OSError as error:
        _say(f"the web could not be started: {error.strerror}; names are answered all the same")
    os.close(ours)


def _upstream(house: House) -> list[str]:
    """Say whom open names are asked of, and whether somebody on the way can read them."""
    wanted = os.environ.get("GUARDIAN_UPSTREAM")
    if wanted:
        _say(f"asking {wanted}, as GUARDIAN_UPSTREAM says")
        return ["--upstream", wanted]
    servers = house.settings.servers
    asked = ", ".join(map(str, servers))
    _say(f"asking {asked}, encrypted" if servers[0].encrypted else f"asking {asked} in plain text")
    return []


def _ask_for_children(house: House) -> None:
    # a store that can't be read is told of by who answers by it
    with contextlib.suppress(StoreError):
        if not family_of(house).children:
            _say("no child is named yet: guardian children add NAME --band 6-9")


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
