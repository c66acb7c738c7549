"""Decide on something for a while, and end it: what `off`, `bonus`, `lesson` and a child's `pause` share."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING

from guardian.cli.called import add_child, number_of, subject_called, whom
from guardian.cli.deciding import WHO, Decided, decide, family_of, now_of, tell
from guardian.cli.holding import measure_in_words
from guardian.cli.house import add_config, open_house
from guardian.cli.when import next_clock, read_clock, read_minutes
from guardian.family.decisions import EVERYTHING
from guardian.family.measures import end_measure, take_measure

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Sequence

    from guardian.cli.deciding import Desk
    from guardian.cli.house import House
    from guardian.family.decisions import Measure
    from guardian.family.family import Family


def add_length(parser: ArgumentParser, *, only: str) -> None:
    """Give a command its length, its end and its child; `only` says what its `--only` does, empty for none."""
    length = parser.add_mutually_exclusive_group(required=True)
    length.add_argument("minutes", nargs="?", type=read_minutes, metavar="LENGTH", help="minutes, such as 30; or 2h")
    length.add_argument("--until", type=read_clock, metavar="HH:MM", help="until this time of day instead")
    length.add_argument("--end", action="store_true", help="end it now")
    add_child(parser)
    if only:
        parser.add_argument("--only", metavar="WHAT", help=only)
    add_config(parser)
    parser.add_argument("--json", action="store_true", help="write JSON")


def decide_for_a_while(given: Namespace, kind: str, names: Sequence[str] = ()) -> int:
    """Begin a measure of this kind, or end those that are on."""
    house = open_house(given.config)
    if given.end:
        return end(house, given, kind)
    return begin(house, given, kind, given.minutes, names)


def begin(house: House, given: Namespace, kind: str, minutes: int | None, names: Sequence[str] = ()) -> int:
    """Begin a measure for so many minutes; None is until the clock shows `given.until`."""
    child = number_of(family_of(house), given.child)
    only = getattr(given, "only", None)
    subject = subject_called(house, only) if only else EVERYTHING

    def change(desk: Desk) -> int:
        until = next_clock(given.until, desk.now) if minutes is None else int(desk.now.timestamp()) + 60 * minutes
        return take_measure(desk.store, child, kind, subject, until, names, who=WHO, now=desk.now)

    decided = decide(house, change)
    measure = next(one for one in decided.family.measures if one.id == decided.result)
    whose = f" --child {quote(given.child)}" if given.child else ""
    ending = "resume" if kind == "pause" else f"{kind} --end"
    decided = decided._replace(note=f"{decided.note}; to end it: guardian {ending}{whose}")
    sentence = f"{whom(decided.family, child)}: {measure_in_words(measure, decided.now)}"
    return tell(given, decided, sentence, measure=_told(measure, given.child))


def end(house: House, given: Namespace, kind: str) -> int:
    """End the measures of a kind: the child's, or without one those of every child and of each."""
    family = family_of(house)
    child = number_of(family, given.child)
    ending = [one for one in family.measures if one.kind == kind and (given.child is None or one.child == child)]
    if not ending:
        return tell(
            given,
            Decided(None, family, now_of(family), in_force=True, note="nothing was changed"),
            f"no {kind} was on{_alone(family, child)}",
            ended=[],
        )
    decided = _end(house, ending)
    children = ", ".join(dict.fromkeys(whom(family, one.child) for one in ending))
    return tell(given, decided, f"{children}: {kind} has ended", ended=[_told(one, given.child) for one in ending])


def end_all(house: House, kind: str) -> bool:
    """End every measure of a kind, and say whether one was on."""
    ending = [one for one in family_of(house).measures if one.kind == kind]
    if ending:
        _end(house, ending)
    return bool(ending)


def _end(house: House, ending: Sequence[Measure]) -> Decided[None]:
    def change(desk: Desk) -> None:
        for measure in ending:
            end_measure(desk.store, measure.id, WHO, desk.today)

    return decide(house, change)


def _alone(family: Family, child: int | None) -> str:
    """Say that what every child has is not ended for one."""
    return "" if child is None else f" for {whom(family, child)} alone"


def _told(measure: Measure, child: str | None) -> dict[str, object]:
    return {
        "kind": measure.kind,
        "child": child,
        "subject": measure.subject,
        "until": measure.until,
        "names": list(measure.names),
    }
