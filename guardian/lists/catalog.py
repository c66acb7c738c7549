"""Hold the catalogue: which lists ship with guardian, what the categories mean, which names are protected.

Law 1: each text a person reads stands in Albanian and English.
Law 2: no category may speak of who people are, what they believe or how they vote (rights.md R23).
Law 3: each entry says where it comes from and who reviewed it (rights.md R36).
"""

from __future__ import annotations

import enum
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from guardian.config.document import read_document, validate
from guardian.model import Action, Band, Format, ListKind, Scope


class Mode(enum.StrEnum):
    """What a band does with a name that no list speaks of: opens it, or closes it."""

    BLOCKLIST = "blocklist"
    ALLOW_ONLY = "allow-only"


_Band = Annotated[Band, BeforeValidator(Band)]
_Action = Annotated[Action, BeforeValidator(Action)]
_Mode = Annotated[Mode, BeforeValidator(Mode)]
_Kind = Annotated[ListKind, BeforeValidator(ListKind)]
_Format = Annotated[Format, BeforeValidator(Format)]
_Scope = Annotated[Scope, BeforeValidator(Scope)]


class Entry(BaseModel):
    """A part of a file of blocklists/: frozen, strict, without unknown keys."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")


class Bilingual(Entry):
    """A text in both languages of the house."""

    sq: str = Field(min_length=1, max_length=500)
    en: str = Field(min_length=1, max_length=500)


class Category(Entry):
    """A kind of site, and what each band does with it by default."""

    title: Bilingual
    child: Bilingual
    """Why, said to the child in one sentence."""
    parent: Bilingual
    """What an adult should know before changing it."""
    threat: bool
    counted: bool
    never_null: bool = False
    """Its names must never be given an address, in no block mode: one would switch encrypted DNS on."""
    bands: dict[_Band, _Action] = Field(min_length=len(Band))


class Categories(Entry):
    """The file categories.yaml."""

    schema_: Literal[1] = Field(alias="schema")
    modes: dict[_Band, _Mode] = Field(min_length=len(Band))
    categories: dict[str, Category] = Field(max_length=64)


class Listed(Entry):
    """One list of the catalogue."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")
    title: Bilingual
    kind: _Kind
    category: str = ""
    path: str = Field(pattern=r"^[a-z0-9]+(/[a-z0-9][a-z0-9._-]*)*$")
    format: _Format
    match: _Scope | None = None
    licence: str
    origin: str
    added: str = Field(pattern=r"^\d{4}-\d{2}-\d{2}$")
    reviewers: list[str] = Field(max_length=16)
    undoes: Literal["list", "category"] = "list"


class Catalog(Entry):
    """The file catalog.yaml."""

    schema_: Literal[1] = Field(alias="schema")
    lists: list[Listed] = Field(max_length=1000)


class ProtectedName(Entry):
    """A name that no list, band or person may block, with its reason."""

    name: str
    class_: int = Field(alias="class", ge=1, le=8)
    reason: Bilingual
    source: str
    verified: str | None
    needs: list[str] = Field(max_length=16)
    reviewers: list[str] = Field(max_length=16)


class Protected(Entry):
    """The file protected.yaml."""

    schema_: Literal[1] = Field(alias="schema")
    entries: list[ProtectedName] = Field(max_length=10_000)


def read_categories(text: bytes, file: str) -> Categories:
    """Read categories.yaml; ConfigError with every fault."""
    return validate(Categories, read_document(text, file))


def read_catalog(text: bytes, file: str) -> Catalog:
    """Read catalog.yaml; ConfigError with every fault."""
    return validate(Catalog, read_document(text, file))


def read_protected(text: bytes, file: str) -> Protected:
    """Read protected.yaml; ConfigError with every fault."""
    return validate(Protected, read_document(text, file))
