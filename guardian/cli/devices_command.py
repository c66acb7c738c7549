"""Run `guardian devices`: whose the devices are."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from guardian.cli.called import child_called, device_called, whose
from guardian.cli.deciding import WHO, decide, family_of, show, tell
from guardian.cli.house import add_config, open_house
from guardian.cli.table import table
from guardian.cli.told import told
from guardian.control.messages import Newcomers, NewcomersFound
from guardian.family.devices import add_device, assign_device, remove_device, rename_device

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from guardian.family.family import Family
    from guardian.family.members import Device

NONE = "there are no devices yet: guardian devices add NAME --mac 3c:22:fb:10:20:30 --child CHILD"
NOBODYS = "nobody yet"


def add_arguments(parser: ArgumentParser) -> None:
    """Give the command its words and options."""
    words = parser.add_subparsers(dest="word", metavar="WORD", required=True)
    listed = words.add_parser("list", help="all devices that the family has named")
    new = words.add_parser("new", help="devices on the network that nobody has named; a running guardian knows them")
    add = words.add_parser("add", help="name a device, and say whose it is")
    add.add_argument("name", metavar="NAME")
    known = add.add_mutually_exclusive_group(required=True)
    known.add_argument("--mac", metavar="ADDRESS", help="its hardware address: it holds for each address it takes")
    known.add_argument("--network", metavar="ADDRESS", help="its address, or a network of such devices")
    assign = words.add_parser("assign", help="say anew whose a device is")
    rename = words.add_parser("rename", help="call a device otherwise")
    remove = words.add_parser("remove", help="forget a device: it is an unknown one then")
    for one in (assign, rename, remove):
        one.add_argument("device", metavar="DEVICE", help="its name, address or number")
    rename.add_argument("name", metavar="NEW")
    for one in (add, assign):
        user = one.add_mutually_exclusive_group(required=True)
        user.add_argument(
            "--child",
            action="append",
            metavar="NAME",
            help="who uses it; may be given several times, and of several children the strictest rules hold",
        )
        user.add_argument("--adult", action="store_true", help="it is an adult's: nothing is filtered there")
    for one in (listed, new, add, assign, rename, remove):
        add_config(one)
        one.add_argument("--json", action="store_true", help="write JSON")


def run(arguments: Namespace) -> int:
    """Do what the word says."""
    act = {"list": _list, "new": _new, "add": _add, "assign": _assign, "rename": _rename, "remove": _remove}
    return act[arguments.word](arguments)


def _list(given: Namespace) -> int:
    family = family_of(open_house(given.config))
    rows = [(f"{one.id}", one.name, _user(family, one), f"{one.hardware or one.network}") for one in family.devices]
    devices = {"devices": [_told(family, one) for one in family.devices]}
    return show(given, devices, list(table(("NO", "NAME", "USED BY", "KNOWN BY"), rows)), NONE)


def _new(given: Namespace) -> int:
    found = told(open_house(given.config), Newcomers(), NewcomersFound).devices
    rows = [(one.hardware, " ".join(one.addresses), one.name, "yes" if one.changing else "no") for one in found]
    lines = list(table(("HARDWARE", "ADDRESSES", "CALLS ITSELF", "DRAWN AT RANDOM"), rows))
    if lines:
        lines.append("to name one: guardian devices add NAME --mac HARDWARE --child CHILD, or --adult")
    return show(given, {"devices": [asdict(one) for one in found]}, lines, "every device here has a name")


def _add(given: Namespace) -> int:
    house = open_house(given.config)
    children = _children(family_of(house), given)
    decided = decide(
        house,
        lambda desk: add_device(
            desk.store,
            given.name,
            hardware=given.mac,
            network=given.network,
            children=children,
            adult=given.adult,
            who=WHO,
            today=desk.today,
        ),
    )
    device = _numbered(decided.family, decided.result)
    return tell(given, decided, _sentence(decided.family, device), device=_told(decided.family, device))


def _assign(given: Namespace) -> int:
    house = open_house(given.config)
    family = family_of(house)
    number, children = device_called(family, given.device).id, _children(family, given)
    decided = decide(
        house,
        lambda desk: assign_device(desk.store, number, children, adult=given.adult, who=WHO, today=desk.today),
    )
    device = _numbered(decided.family, number)
    return tell(given, decided, _sentence(decided.family, device), device=_told(decided.family, device))


def _rename(given: Namespace) -> int:
    house = open_house(given.config)
    device = device_called(family_of(house), given.device)
    decided = decide(house, lambda desk: rename_device(desk.store, device.id, given.name, WHO, desk.today))
    renamed = _numbered(decided.family, device.id)
    sentence = f"{device.name} is called {renamed.name} from now on"
    return tell(given, decided, sentence, device=_told(decided.family, renamed))


def _remove(given: Namespace) -> int:
    house = open_house(given.config)
    device = device_called(family_of(house), given.device)
    decided = decide(house, lambda desk: remove_device(desk.store, device.id, WHO, desk.today))
    return tell(given, decided, f"{device.name} is forgotten: it is an unknown device now", removed=device.name)


def _children(family: Family, given: Namespace) -> list[int]:
    return [child_called(family, name).id for name in given.child or ()]


def _numbered(family: Family, number: int) -> Device:
    return next(one for one in family.devices if one.id == number)


def _user(family: Family, device: Device) -> str:
    return "an adult" if device.is_adults else whose(family, device.children) or NOBODYS


def _sentence(family: Family, device: Device) -> str:
    return f"{device.name} ({device.hardware or device.network}): used by {_user(family, device)}"


def _told(family: Family, device: Device) -> dict[str, object]:
    return {
        "number": device.id,
        "name": device.name,
        "hardware": device.hardware,
        "network": device.network,
        "adult": device.is_adults,
        "children": [child.name for child in family.children if child.id in device.children],
    }
