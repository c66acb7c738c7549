"""Hold safe search: which name of an engine is answered with which other name of it, and for which age band.

Law 1: a rewrite is of one name exactly; what is below it is left alone.
Law 2: no name is rewritten twice, and no target is rewritten: one step, always the same one.
Law 3: the engine `youtube` follows its own column of the bands; every other engine follows `search`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final, Literal, NamedTuple

from pydantic import BeforeValidator, Field

from guardian.config.document import read_document, validate
from guardian.config.values import BandText, NameText
from guardian.errors import ConfigError
from guardian.lists.catalog import Bilingual, Entry
from guardian.model import Band
from guardian.wire.names import to_wire

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from guardian.config.document import Document
    from guardian.errors import Fault

YOUTUBE: Final = "youtube"
"""The engine with a column of its own."""

# pydantic reads these when the program runs, so they are named where a linter sees it.
_Names = Annotated[list[NameText], Field(min_length=1, max_length=512)]
_Title = Annotated[Bilingual, Field()]

Strength = Literal["strict", "moderate", "off"]
"""How much an engine hides."""


_STRICTEST: Final = ("strict", "moderate", "off")


class Asked(NamedTuple):
    """A band, and what a family has decided otherwise for one child of it."""

    band: Band
    search: str | None = None
    """`strict` or `off`; None for what the band does."""
    youtube: str | None = None
    """A Strength; None for what the band does."""


class Target(Entry):
    """The names that an engine answers with its filter on; a name alone is the strict one."""

    strict: NameText
    moderate: NameText | None = None

    def of(self, strength: str) -> str | None:
        """Give the name for one strength; None leaves the engine as it is."""
        if strength == "off":
            return None
        return self.strict if strength == "strict" else self.moderate


def _spread(value: object) -> object:
    return {"strict": value} if isinstance(value, str) else value


class _NameAlone:
    """Says to an editor that the mapping may be written as a name alone."""

    def __get_pydantic_json_schema__(self, inner: object, schema_of: Callable[[object], object]) -> dict[str, object]:
        """Return the JSON Schema that editors show."""
        return {"anyOf": [{"type": "string"}, schema_of(inner)]}


class Engine(Entry):
    """One search engine."""

    title: _Title
    names: _Names
    target: Annotated[Target, BeforeValidator(_spread), _NameAlone()]
    verified: str | None = Field(pattern=r"^\d{4}-\d{2}-\d{2}$")
    """The day somebody tried it live; None where nobody has."""
    source: str = Field(min_length=1)


class Strengths(Entry):
    """What one band asks of the engines."""

    search: Literal["strict", "off"]
    youtube: Strength


class SafeSearch(Entry):
    """The file safesearch.yaml."""

    schema_: Literal[1] = Field(alias="schema")
    engines: dict[str, Engine] = Field(max_length=64)
    bands: dict[BandText, Strengths] = Field(min_length=len(Band))

    def rewrites(self, band: Band) -> dict[bytes, bytes]:
        """Give for each name that this band has rewritten the name to answer with, both in wire form."""
        return self.strictest([Asked(band)])

    def strictest(self, asked: Sequence[Asked]) -> dict[bytes, bytes]:
        """Give the same for a device of several children: of what is asked for them the strictest counts."""
        search = min((one.search or self.bands[one.band].search for one in asked), key=_STRICTEST.index)
        youtube = min((one.youtube or self.bands[one.band].youtube for one in asked), key=_STRICTEST.index)
        found: dict[bytes, bytes] = {}
        for name, engine in self.engines.items():
            target = engine.target.of(youtube if name == YOUTUBE else search)
            if target is not None:
                found.update(dict.fromkeys(map(to_wire, engine.names), to_wire(target)))
        return found


def read_safe_search(text: bytes, file: str) -> SafeSearch:
    """Read safesearch.yaml.

    Raises:
        ConfigError: every fault of the entries; or, where each is sound by itself, every clash between them.
    """
    document = read_document(text, file)
    table = validate(SafeSearch, document)
    faults = [*_clashes(table, document), *_unanswered(table, document)]
    if faults:
        raise ConfigError(sorted(faults, key=lambda fault: (fault.line, fault.column)))
    return table


def _clashes(table: SafeSearch, document: Document) -> list[Fault]:
    """Find the names that are rewritten twice and the targets that are rewritten."""
    faults = []
    owners: dict[str, str] = {}
    for engine, entry in table.engines.items():
        for index, name in enumerate(entry.names):
            if name in owners:
                message = f"{name} is rewritten by {owners[name]} already"
                faults.append(document.fault(("engines", engine, "names", index), message, "keep one of them"))
            owners.setdefault(name, engine)
    for engine, entry in table.engines.items():
        for target in (entry.target.strict, entry.target.moderate):
            if target in owners:
                message = f"{target} is itself a name that {owners[target]} rewrites"
                faults.append(document.fault(("engines", engine, "target"), message, "take it out of those names"))
    return faults


def _unanswered(table: SafeSearch, document: Document) -> list[Fault]:
    """Find the bands that ask of YouTube what no target gives: it would stay unfiltered in silence."""
    youtube = table.engines.get(YOUTUBE)
    return [
        document.fault(
            ("bands", band.value, "youtube"),
            f"no target of the engine {YOUTUBE} is {strengths.youtube}",
            f"write it in engines.{YOUTUBE}.target",
        )
        for band, strengths in table.bands.items()
        if strengths.youtube != "off" and (youtube is None or youtube.target.of(strengths.youtube) is None)
    ]
