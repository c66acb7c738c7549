"""Run `guardian children`: who the children are, and what holds for one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guardian.cli.called import child_called
from guardian.cli.deciding import WHO, decide, family_of, now_of, show, tell
from guardian.cli.holding import facts_of, holding, now_of_children
from guardian.cli.house import add_config, open_house
from guardian.cli.table import table
from guardian.family.children import AS_BAND, SAFE_SEARCH, VIDEO, ChildChange, add_child, change_child, remove_child
from guardian.family.growing import NEVER, grown
from guardian.model import Band

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from guardian.family.members import Child

BANDS = [band.value for band in Band if band is not Band.ADULT]
NONE = "there are no children yet: guardian children add NAME --band 6-9"


def add_arguments(parser: ArgumentParser) -> None:
    """Give the command its words and options."""
    words = parser.add_subparsers(dest="word", metavar="WORD", required=True)
    add = words.add_parser("add", help="add a child: a nickname or an emoji is enough")
    add.add_argument("name", metavar="NAME")
    add.add_argument("--band", required=True, choices=BANDS, help="its age band")
    _add_moves(add, "default: in the middle of the band")
    listed = words.add_parser("list", help="all children, and what holds for each now")
    shown = words.add_parser("show", help="everything that was decided for one child")
    change = words.add_parser("change", help="call a child otherwise, or give it another band")
    change.add_argument("--name", metavar="NEW", help="another name")
    change.add_argument("--band", choices=BANDS, help="another age band")
    _add_moves(change, f"or {NEVER}")
    change.add_argument("--safe-search", choices=[*SAFE_SEARCH, AS_BAND], help=f"{AS_BAND}: what the age band does")
    change.add_argument("--video", choices=[*VIDEO, AS_BAND], help="what YouTube shows")
    remove = words.add_parser("remove", help="forget a child with its devices, hours, rules and requests")
    for one in (shown, change, remove):
        one.add_argument("child", metavar="NAME")
    for one in (add, listed, shown, change, remove):
        add_config(one)
        one.add_argument("--json", action="store_true", help="write JSON")


def run(arguments: Namespace) -> int:
    """Do what the word says."""
    return {"add": _add, "list": _list, "show": _show, "change": _change, "remove": _remove}[arguments.word](arguments)


def _add_moves(parser: ArgumentParser, hint: str) -> None:
    parser.add_argument(
        "--moves", metavar="MONTH", help=f"the month of moving to the next band, such as 2029-09 ({hint})"
    )


def _add(given: Namespace) -> int:
    decided = decide(
        open_house(given.config),
        lambda desk: add_child(desk.store, given.name, Band(given.band), given.moves, WHO, desk.today),
    )
    child = next(one for one in decided.family.children if one.id == decided.result)
    sentence = f"{child.name}: band {child.band}{_moving(child)}"
    return tell(given, decided, sentence, child=facts_of(child))


def _list(given: Namespace) -> int:
    house = open_house(given.config)
    family = family_of(house)
    holds = now_of_children(house, family)
    today = now_of(family).date()
    children = [grown(child, today) for child in family.children]
    devices = {child.id: [one.name for one in family.devices if child.id in one.children] for child in children}
    rows = [
        (
            f"{child.id}",
            child.name,
            child.band.value,
            child.moves_on or NEVER,
            ", ".join(devices[child.id]) or "none",
            holds.get(child.id, "no guardian runs here"),
        )
        for child in children
    ]
    told = {
        "children": [
            {**facts_of(child), "devices": devices[child.id], "now": holds.get(child.id)} for child in children
        ]
    }
    return show(given, told, list(table(("NO", "NAME", "BAND", "MOVES ON", "DEVICES", "NOW"), rows)), NONE)


def _show(given: Namespace) -> int:
    house = open_house(given.config)
    family = family_of(house)
    child = grown(child_called(family, given.child), now_of(family).date())
    told, lines = holding(family, child, now_of(family), now_of_children(house, family).get(child.id))
    return show(given, told, lines)


def _change(given: Namespace) -> int:
    change = ChildChange(
        given.name, Band(given.band) if given.band else None, given.moves, given.safe_search, given.video
    )
    if change == ChildChange():
        return _show(given)
    house = open_house(given.config)
    number = child_called(family_of(house), given.child).id
    decided = decide(house, lambda desk: change_child(desk.store, number, change, WHO, desk.today))
    child = next(one for one in decided.family.children if one.id == number)
    sentence = f"{child.name}: band {child.band}{_moving(child)}"
    return tell(given, decided, sentence, child=facts_of(child))


def _remove(given: Namespace) -> int:
    house = open_house(given.config)
    child = child_called(family_of(house), given.child)
    decided = decide(house, lambda desk: remove_child(desk.store, child.id, WHO, desk.today))
    sentence = f"{child.name} is forgotten, with every device, hour and rule of its own"
    return tell(given, decided, sentence, removed=child.name)


def _moving(child: Child) -> str:
    return f", the next one from {child.moves_on}" if child.moves_on else " for good"
