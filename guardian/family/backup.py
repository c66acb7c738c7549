"""Hold what a backup keeps of a family, written as JSON and read from it strictly.

Law 1: what is for a while is not in it (requests, measures, rules with an end, minutes left, sessions, the log), nor
       what lets anybody sign in, nor a device that nobody has named.
Law 2: a text has every key of these values, of its type, and no other; nothing in it is a path or a command.
Law 3: children are told apart by their names: a text means the same on another machine.
"""

from __future__ import annotations

import functools
import json
from types import NoneType
from typing import TYPE_CHECKING, Any, Final, NamedTuple, NoReturn, cast, get_args, get_type_hints

from guardian.errors import TrustError
from guardian.family.adults import read_adults
from guardian.family.reading import bits_of, read_family
from guardian.family.settings import kept

if TYPE_CHECKING:
    import sqlite3

VERSION: Final = 1
_VERSION_KEY: Final = "guardian"
MAX_ROWS: Final = 25_600
"""Of one kind: as many choices as 64 children may have."""


_MAX_PARTS: Final = 100_000
"""Objects and lists of a whole text, three times what any family has: looked at before they take memory."""


class SavedChild(NamedTuple):
    """A child; the fields are those of `members.Child`."""

    name: str
    band: str
    moves_on: str | None
    safe_search: str | None
    video: str | None
    label: str


class SavedAdult(NamedTuple):
    """An adult, without a password."""

    name: str
    role: str


class SavedDevice(NamedTuple):
    """A device that is an adult's or children's."""

    name: str
    hardware: str | None
    network: str | None
    adult: bool
    children: tuple[str, ...]


class SavedHours(NamedTuple):
    """Weekly hours; `days` are bits, 1 for Monday."""

    child: str | None
    subject: str
    title: str
    days: int
    starts: int
    ends: int
    on_holidays: bool


class SavedChoice(NamedTuple):
    """A category or service that one child has otherwise than its band."""

    child: str
    subject: str
    opens: bool


class SavedRule(NamedTuple):
    """A rule on a name that holds for good."""

    child: str | None
    name: str
    opens: bool
    reason: str


class SavedBudget(NamedTuple):
    """Minutes a day."""

    child: str
    subject: str
    minutes: int


class SavedHoliday(NamedTuple):
    """Days without school."""

    first: str
    last: str
    title: str


class Backup(NamedTuple):
    """What a family has decided for good."""

    children: tuple[SavedChild, ...]
    adults: tuple[SavedAdult, ...]
    devices: tuple[SavedDevice, ...]
    hours: tuple[SavedHours, ...]
    choices: tuple[SavedChoice, ...]
    rules: tuple[SavedRule, ...]
    budgets: tuple[SavedBudget, ...]
    holidays: tuple[SavedHoliday, ...]
    zone: str | None
    unknown_band: str | None


def saved(store: sqlite3.Connection) -> Backup:
    """Give what a backup keeps of a store; StoreError where it can't be read."""
    family = read_family(store)
    names = {child.id: child.name for child in family.children}
    return Backup(
        children=tuple(
            SavedChild(one.name, one.band.value, one.moves_on, one.safe_search, one.video, one.label)
            for one in family.children
        ),
        adults=tuple(SavedAdult(one.name, one.role.value) for one in read_adults(store)),
        devices=tuple(
            SavedDevice(
                one.name, one.hardware, one.network, one.is_adults, tuple(names[child] for child in one.children)
            )
            for one in family.devices
            if one.is_adults or one.children
        ),
        hours=tuple(
            SavedHours(
                names[one.child] if one.child is not None else None,
                one.subject,
                one.title,
                bits_of(one.window.days),
                one.window.start,
                one.window.end,
                one.on_holidays,
            )
            for one in family.hours
        ),
        choices=tuple(SavedChoice(names[one.child], one.subject, one.opens) for one in family.choices),
        rules=tuple(
            SavedRule(names[one.child] if one.child is not None else None, one.name, one.opens, one.reason)
            for one in family.rules
            if one.until is None
        ),
        budgets=tuple(SavedBudget(names[one.child], one.subject, one.minutes) for one in family.budgets),
        holidays=tuple(SavedHoliday(*one) for one in family.holidays),
        zone=kept(store, "zone"),
        unknown_band=kept(store, "unknown_band"),
    )


def write_backup(backup: Backup) -> bytes:
    """Give a backup as JSON."""
    return json.dumps({_VERSION_KEY: VERSION, **_plain(backup)}, ensure_ascii=False, separators=(",", ":")).encode()


def read_backup(text: bytes) -> Backup:
    """Read a backup; TrustError with the place of the first thing that is not as `write_backup` writes it.

    Whether a family may decide so is not looked at: `restore` does.
    """
    if text.count(b"{") + text.count(b"[") > _MAX_PARTS:
        raise TrustError("the backup holds more than any family has")
    try:
        value = json.loads(text, object_pairs_hook=_once, parse_constant=_no_number, parse_float=_no_number)
    except RecursionError:
        raise TrustError("the backup is nested deeper than any of guardian") from None
    except ValueError:
        raise TrustError("what this backup holds is no JSON") from None
    if not isinstance(value, dict) or type(version := value.pop(_VERSION_KEY, None)) is not int:
        raise TrustError("what this backup holds are no settings of guardian")
    if version != VERSION:
        raise TrustError(f"another guardian made this backup (its form is {version}, ours {VERSION}); install that one")
    return cast("Backup", _read_row(Backup, value, ""))


def _plain(value: object) -> Any:  # noqa: ANN401 - a value of JSON
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return {key: _plain(part) for key, part in value._asdict().items()}
    return [_plain(one) for one in value] if isinstance(value, tuple) else value


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise TrustError("a key stands twice in this backup")
    return found


def _no_number(_: str) -> NoReturn:
    raise TrustError("the backup holds a number that is not a whole one")


def _read(kind: Any, value: object, place: str) -> object:  # noqa: ANN401 - a type as written at a field
    if hasattr(kind, "_fields"):
        return _read_row(kind, value, place)
    if kind in (str, int, bool):
        if type(value) is not kind:
            raise TrustError(f"{place} is no {kind.__name__}")
        return value
    inner, other = get_args(kind)
    if other is NoneType:
        return None if value is None else _read(inner, value, place)
    if not isinstance(value, list) or len(value) > MAX_ROWS:
        raise TrustError(f"{place} is no list of at most {MAX_ROWS}")
    return tuple(_read(inner, one, f"{place}[{number}]") for number, one in enumerate(value))


def _read_row(kind: Any, value: object, place: str) -> object:  # noqa: ANN401 - one of the classes above
    if not isinstance(value, dict):
        raise TrustError(f"{place} is no object")
    types = _types(kind)
    if types.keys() != value.keys():
        raise TrustError(f"{place or 'the backup'} has other keys than {', '.join(types)}")
    return kind(**{key: _read(types[key], value[key], f"{place}.{key}".lstrip(".")) for key in types})


@functools.cache
def _types(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)
