"""Find who or what is meant by a word: a child, a device, a category or a service.

Law 1: a word that names nothing, or two things, is refused with the words that would do.
"""

from __future__ import annotations

from argparse import Action, ArgumentError
from difflib import get_close_matches
from typing import TYPE_CHECKING

from guardian.config.values import read_hardware, read_network
from guardian.errors import DecisionError
from guardian.family.decisions import EVERYTHING

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Collection

    from guardian.cli.house import House
    from guardian.family.family import Family
    from guardian.family.members import Child, Device


def add_child(
    parser: ArgumentParser, what: str = "for this child; without it, for every child and every device without a name"
) -> None:
    """Give a command its `--child NAME`."""
    parser.add_argument("--child", action=OneChild, metavar="NAME", help=what)


class OneChild(Action):
    """Take one child and refuse a second one: dropping the first in silence would leave it without what was decided."""

    def __call__(
        self, parser: ArgumentParser, namespace: Namespace, values: object, option_string: str | None = None
    ) -> None:
        """Keep the name."""
        del parser, option_string
        if getattr(namespace, self.dest) is not None:
            raise ArgumentError(self, "one child at a time; type the command once for each, or leave it out for all")
        setattr(namespace, self.dest, values)


def child_called(family: Family, word: str) -> Child:
    """Give the child with this name, or number."""
    for child in family.children:
        if child.name.casefold() == word.strip().casefold():
            return child
    for child in family.children:
        if f"{child.id}" == word.strip():
            return child
    names = ", ".join(child.name for child in family.children)
    known = f"children: {names}" if names else "there are no children yet: guardian children add NAME --band 6-9"
    raise DecisionError(f"no child is called {word}; {known}")


def number_of(family: Family, word: str | None) -> int | None:
    """Give the number of the child with this name; None where every child is meant."""
    return None if word is None else child_called(family, word).id


def whose(family: Family, children: Collection[int]) -> str:
    """Give the names of children, in the order in which they were added."""
    return ", ".join(child.name for child in family.children if child.id in children)


def whom(family: Family, child: int | None) -> str:
    """Say for whom a decision is."""
    return "every child" if child is None else whose(family, [child])


def device_called(family: Family, word: str) -> Device:
    """Give the device with this name, hardware address, address or number."""
    known_by = _known_by(word)
    named = [one for one in family.devices if one.name.casefold() == word.strip().casefold()]
    found = named or [one for one in family.devices if known_by & {one.hardware, one.network, f"{one.id}"}]
    if len(found) == 1:
        return found[0]
    if found:
        numbers = ", ".join(f"{one.id} ({one.hardware or one.network})" for one in found)
        raise DecisionError(f"{len(found)} devices are called {word}; name one by its number: {numbers}")
    names = ", ".join(one.name for one in family.devices)
    known = f"devices: {names}" if names else "there are no devices yet: guardian devices add NAME --mac … --child …"
    raise DecisionError(f"no device is called {word}; {known}")


def _known_by(word: str) -> set[str | None]:
    found: set[str | None] = {word.strip()}
    for read in (read_hardware, lambda text: read_network(text).network_address):
        try:
            found.add(f"{read(word.strip())}")
        except ValueError:
            continue
    return found


def subject_called(house: House, word: str) -> str:
    """Give what a decision is about: `games` is `category:games`, `tiktok` is `service:tiktok`."""
    kind, colon, name = word.strip().lower().rpartition(":")
    if name == EVERYTHING and not colon:
        return EVERYTHING
    known = known_subjects(house)
    kinds = [one for one, names in known.items() if name in names and kind in {"", one}]
    if len(kinds) == 1:
        return f"{kinds[0]}:{name}"
    if kinds:
        raise DecisionError(f"{word} is a category and a service; write category:{name} or service:{name}")
    raise DecisionError(_unknown_subject(word, name, known["category"], known["service"]))


def _unknown_subject(word: str, name: str, categories: list[str], services: list[str]) -> str:
    near = get_close_matches(name, [*categories, *services], 1)
    meant = f"; did you mean {near[0]}?" if near else ""
    return (
        f"{word!r} is no category and no service{meant} (categories: {', '.join(categories)};"
        " services: docs/services.md)"
    )


def is_subject(word: str) -> bool:
    """Say whether a word is a category or a service rather than a name of a site, which has a dot in it."""
    return "." not in word and "/" not in word


def subject_in_words(subject: str) -> str:
    """Write a subject for people: `everything`, `games`, `tiktok`."""
    return subject.rpartition(":")[2]


def known_subjects(house: House) -> dict[str, list[str]]:
    """Give the names of all categories and of all services, by their kind."""
    services = sorted(path.stem for path in (house.folder / "services").glob("*.yaml"))
    return {"category": sorted(house.categories.categories), "service": services}
