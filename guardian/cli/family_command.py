"""Run `guardian family`: what holds for the whole family, and who changed which setting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from guardian.cli.called import whom
from guardian.cli.deciding import WHO, decide, family_of, from_store, show, tell
from guardian.cli.house import add_config, open_house
from guardian.cli.table import table
from guardian.family.log import Line, read_log
from guardian.family.settings import set_setting
from guardian.model import Band

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from guardian.cli.house import House
    from guardian.family.family import Family

DEFAULT = "default"
"""Instead of a value: what holds without a decision."""
_WORDS = ("zone", "unknown")


def add_arguments(parser: ArgumentParser) -> None:
    """Give the command its words and options."""
    words = parser.add_subparsers(dest="word", metavar="WORD", required=True)
    shown = words.add_parser("show", help="the time zone, and the band of devices that nobody has named")
    put = words.add_parser("set", help="change one of these")
    put.add_argument("setting", choices=[*_WORDS], help="zone: the time zone; unknown: the band of unnamed devices")
    bands = ", ".join(Band)
    put.add_argument("value", metavar="VALUE", help=f"Europe/Tirane; or a band: {bands}; or {DEFAULT}")
    log = words.add_parser("log", help="who changed what on which day; it never holds the name of a site")
    for one in (shown, put, log):
        add_config(one)
        one.add_argument("--json", action="store_true", help="write JSON")


def run(arguments: Namespace) -> int:
    """Do what the word says."""
    return {"show": _show, "set": _set, "log": _log}[arguments.word](arguments)


def _show(given: Namespace) -> int:
    house = open_house(given.config)
    family = family_of(house)
    told = _told(house, family)
    lines = [
        f"children   {told['children']}",
        f"devices    {told['devices']}",
        f"time zone  {told['zone']}",
        f"unknown    {told['unknown_band']}: devices that nobody has named; never looser than the youngest child",
    ]
    return show(given, told, lines)


def _set(given: Namespace) -> int:
    house = open_house(given.config)
    value = None if given.value == DEFAULT else given.value
    key: Literal["zone", "unknown_band"] = "zone" if given.setting == "zone" else "unknown_band"
    decided = decide(house, lambda desk: set_setting(desk.store, key, value, WHO, desk.today))
    told = _told(house, decided.family)
    return tell(given, decided, f"{given.setting}: {told[key]}", **told)


def _log(given: Namespace) -> int:
    house = open_house(given.config)
    family = family_of(house)
    nothing: tuple[Line, ...] = ()
    log = from_store(house, read_log, nothing)
    rows = [
        (one.day, one.who, one.what.value, one.detail, "" if one.child is None else whom(family, one.child))
        for one in log
    ]
    told = [
        {"day": day, "who": who, "what": what, "detail": detail, "child": child or None}
        for day, who, what, detail, child in rows
    ]
    return show(given, {"log": told}, list(table(("DAY", "WHO", "WHAT", "", "CHILD"), rows)), "nothing was changed yet")


def _told(house: House, family: Family) -> dict[str, object]:
    return {
        "children": len(family.children),
        "devices": len(family.devices),
        "zone": family.zone,
        "unknown_band": (family.unknown_band or house.settings.family.unknown_devices).value,
    }
