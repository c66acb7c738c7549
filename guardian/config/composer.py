"""Hold the composer: the parser's events to plain values, with the place of each and every fault on the way.

Law 1: whatever could expand or run (alias, anchor, tag, merge key, second document) is a fault.
Law 2: a fault doesn't stop the reading; only depth and broken syntax do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml

from guardian.config.events import Events
from guardian.config.places import Path, Place, spelled
from guardian.config.scalars import UNWRITABLE, resolve
from guardian.config.syntax import syntax_fault
from guardian.errors import Fault

if TYPE_CHECKING:
    from yaml.error import Mark

MERGE = "<<"


class Unreadable(Exception):  # noqa: N818 - a signal inside this room, never seen outside
    """Reading can't go on; the reason is already among the faults."""


class Composer:
    """One reading of one text; `faults`, `places` and `refused` grow as it goes."""

    def __init__(self, text: str, file: str, max_depth: int) -> None:
        """Read `text`, called `file` in faults; mappings and lists nest at most `max_depth` deep."""
        self._events = Events(text)
        self._file = file
        self._max_depth = max_depth
        self.faults: list[Fault] = []
        self.places: dict[Path, Place] = {}
        self.refused: set[Path] = set()

    def compose(self) -> dict[str, object]:
        """Return the document's mapping; raise Unreadable when there is none."""
        try:
            return self._document()
        except yaml.MarkedYAMLError as error:
            self.faults.append(syntax_fault(error, self._file))
        except (ValueError, OverflowError):
            # PyYAML hands "\UFFFFFFFF" to chr() unchecked.
            self._fault(self._events.get_mark(), (), "this escape names no character", "use single quotes")
        raise Unreadable

    def _document(self) -> dict[str, object]:
        events = self._events
        events.take()  # the start of the stream
        if isinstance(self._events.ahead(), yaml.StreamEndEvent):
            self._whole("the file is empty", "one line such as `state: /var/lib/guardian` is enough")
        start = events.take()
        if start.version and start.version != (1, 2):
            self._fault(start.start_mark, (), "only YAML 1.2 is read", "take the %YAML line out")
        mark = events.ahead().start_mark
        self.places[()] = _place(mark, mark)
        top = self._node((), mark, 0)
        if not isinstance(top, dict):
            self._fault(
                mark,
                (),
                "the file is not a mapping of keys to values",
                "write `key: value`, with a space after the colon",
            )
            raise Unreadable
        events.take()  # the end of the document
        if not isinstance(self._events.ahead(), yaml.StreamEndEvent):
            self._fault(events.ahead().start_mark, (), "a second document begins", "one file holds one document")
        return top

    def _node(self, path: Path, key: Mark, depth: int) -> object:
        event = self._events.take()
        mark = event.start_mark
        self.places[path] = _place(mark, key)
        if isinstance(event, yaml.AliasEvent):
            self._refuse(mark, path, f"the alias *{event.anchor} is refused", "write the value out")
            return None
        if event.anchor is not None:
            self._fault(mark, path, f"the anchor &{event.anchor} is refused", "take it out")
        if event.tag is not None:
            self._refuse(mark, path, "a tag is refused here", "take out the word behind '!'; quotes make text")
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event, mark, path)
        if depth == self._max_depth:
            self._fault(mark, (), f"more than {self._max_depth} levels deep", "nothing here needs such depth")
            raise Unreadable
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(path, depth)
        return self._sequence(path, depth)

    def _scalar(self, event: yaml.ScalarEvent, mark: Mark, path: Path) -> object:
        value: str = event.value
        if UNWRITABLE.search(value):
            self._refuse(mark, path, "a control character is refused", "write it without the escape")
            return None
        if not event.implicit[0]:
            return value
        try:
            return resolve(value)
        except ValueError as error:
            self._refuse(mark, path, str(error), "put it in quotes if it is text")
            return None

    def _sequence(self, path: Path, depth: int) -> list[object]:
        entries: list[object] = []
        while not isinstance(self._events.ahead(), yaml.SequenceEndEvent):
            entries.append(self._node((*path, len(entries)), self._events.ahead().start_mark, depth + 1))
        self._events.take()
        return entries

    def _mapping(self, path: Path, depth: int) -> dict[str, object]:
        mapping: dict[str, object] = {}
        while not isinstance(self._events.ahead(), yaml.MappingEndEvent):
            mark = self._events.ahead().start_mark
            key = self._key(path, depth)
            if key is None:
                self._skip(depth)
            elif key in mapping:
                first = self.places[*path, key]
                hint = f"line {first.key_line} has it already; keep one"
                self._fault(mark, (*path, key), "is written twice", hint)
                self._skip(depth)
            else:
                mapping[key] = self._node((*path, key), mark, depth + 1)
        self._events.take()
        return mapping

    def _key(self, path: Path, depth: int) -> str | None:
        event = self._events.ahead()
        mark = event.start_mark
        if not isinstance(event, yaml.ScalarEvent):
            self._fault(mark, path, "a key must be one word", "values that start with { or [ belong in quotes")
            self._skip(depth)
            return None
        self._events.take()
        text: str = event.value
        if event.anchor is not None or event.tag is not None:
            self._fault(mark, path, "a key has an anchor or a tag", "take it out")
            return None
        if event.implicit[0] and text == MERGE:
            self._fault(mark, path, "the merge key << is refused", "write the keys out")
            return None
        if not text or UNWRITABLE.search(text):
            self._fault(mark, path, "a key is empty or holds a control character", "give it a name")
            return None
        return text

    def _skip(self, depth: int) -> None:
        """Read a node for its faults only: its values and places are nobody's."""
        places, refused = self.places, self.refused
        self.places, self.refused = {}, set()
        self._node((), self._events.ahead().start_mark, depth + 1)
        self.places, self.refused = places, refused

    def _refuse(self, mark: Mark, path: Path, message: str, hint: str) -> None:
        self._fault(mark, path, message, hint)
        self.refused.add(path)

    def _fault(self, mark: Mark, path: Path, message: str, hint: str) -> None:
        self.faults.append(Fault(self._file, mark.line + 1, mark.column + 1, spelled(path), message, hint))

    def _whole(self, message: str, hint: str) -> None:
        self.faults.append(Fault(self._file, 0, 0, "", message, hint))
        raise Unreadable


def _place(value: Mark, key: Mark) -> Place:
    return Place(value.line + 1, value.column + 1, key.line + 1, key.column + 1)
