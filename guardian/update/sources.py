"""Gather the lists that a set is made of: those that ship with guardian, then the operator's own.

Law 1: the protected names always come first; no setting leaves them out.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from guardian.errors import ConfigError, Fault, WireError
from guardian.lists.catalog import read_catalog, read_protected
from guardian.lists.services import read_service
from guardian.lists.set_file import ListInfo
from guardian.model import Format, ListKind, Rule, Scope
from guardian.system.files import read_text
from guardian.wire.names import to_wire

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from guardian.config.settings import Lists, Source

YIELDING: Final = frozenset({5, 6})
"""Classes of protected names that a family's hours may close: news and rights, learning (rights.md 3.2)."""


@dataclass(frozen=True, slots=True)
class ListFile:
    """A list to read: what it is, and where it lies."""

    info: ListInfo
    path: Path
    form: Format
    scope: Scope | None


def protected_rules(folder: Path) -> Iterator[tuple[ListInfo, list[Rule]]]:
    """Give the protected names, each with all below it and the further hosts it needs, in two lists.

    The second has those that a family's hours may close. Raises ConfigError where protected.yaml is damaged: nothing is
    compiled without it.
    """
    path = folder / "protected.yaml"
    protected = read_protected(read_text(path), str(path))
    for identity, title, yields in (
        ("protected", "Protected names", False),
        ("protected-by-day", "Protected names that hours may close", True),
    ):
        info = ListInfo(identity, title, ListKind.PROTECTED, "", f"guardian: {path.name}", yields=yields)
        # an entry of the other list keeps its number for messages
        named = ((one.name, *one.needs) if (one.class_ in YIELDING) is yields else () for one in protected.entries)
        yield info, list(_suffixes(named, str(path), "entries"))


def service_rules(folder: Path, lists: Lists) -> Iterator[tuple[ListInfo, list[Rule]]]:
    """Give each service, a list of its category: its names, and what it shares as exceptions of its own.

    Raises ConfigError where a file is damaged.
    """
    for path in sorted((folder / "services").glob("*.yaml")) if lists.embedded else ():
        service = read_service(read_text(path), str(path))
        origin = f"guardian: services/{path.name}"
        info = ListInfo(path.stem, service.title.en, ListKind.BLOCK, service.category, origin, service.added)
        yield (
            info,
            [
                *_suffixes(((name,) for name in service.names), str(path), "names"),
                *(
                    rule._replace(exception=True)
                    for rule in _suffixes(((host.name,) for host in service.shared), str(path), "shared")
                ),
            ],
        )


def list_files(folder: Path, lists: Lists) -> list[ListFile]:
    """Give the lists to read, in the order in which they decide; ConfigError where the catalogue is damaged."""
    return [*(_embedded(folder) if lists.embedded else ()), *map(_own, lists.sources)]


def _embedded(folder: Path) -> Iterator[ListFile]:
    path = folder / "catalog.yaml"
    for entry in read_catalog(read_text(path), str(path)).lists:
        info = ListInfo(entry.id, entry.title.en, entry.kind, entry.category, f"guardian: {entry.path}", entry.added)
        info = info._replace(undoes=entry.undoes)
        yield ListFile(info, folder / entry.path, entry.format, entry.match)


def _own(source: Source) -> ListFile:
    info = ListInfo(source.name, source.name, source.kind, source.category or "", source.path)
    return ListFile(info, Path(source.path), source.format, source.match)


def _suffixes(entries: Iterable[Iterable[str]], file: str, key: str) -> Iterator[Rule]:
    faults = []
    for number, names in enumerate(entries, start=1):
        for name in names:
            try:
                yield Rule(to_wire(name), suffix=True, exact=True, exception=False, important=False, line=number)
            except WireError as error:
                faults.append(Fault(file, 0, 0, f"{key}[{number - 1}]", str(error)))
    if faults:
        raise ConfigError(faults)
