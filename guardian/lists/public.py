"""Hold the well-known public lists: whose each is, what it closes, for whom it is right, and which were left out.

Law 1: nothing here is fetched by being here; a household chooses.
Law 2: what nobody has seen is `null`: a size without a copy, a licence or an address without a reader.
Law 3: a list that was weighed and left out stays here with its reason, so that nobody proposes it twice.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from guardian.config.document import read_document, validate
from guardian.lists.catalog import Bilingual, Entry
from guardian.model import Band, Format, Scope

_Band = Annotated[Band, BeforeValidator(Band)]
_Format = Annotated[Format, BeforeValidator(Format)]
_Scope = Annotated[Scope, BeforeValidator(Scope)]
_Day = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]
_Url = Annotated[str, Field(pattern=r"^https://[!-~]{4,300}$")]


class Size(Entry):
    """How many names a copy held, and how old the copy was."""

    names: int = Field(ge=1)
    on: _Day


class PublicList(Entry):
    """A list that somebody else publishes."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")
    title: Bilingual
    publisher: str
    homepage: _Url
    urls: list[_Url] = Field(min_length=1, max_length=4)
    """Where it is published, the publisher's own place first, then mirrors."""
    licence: str
    """By its SPDX name, or in the publisher's words."""
    format: _Format
    match: _Scope | None
    """What a plain name covers; None where the form says so itself."""
    category: str
    size: Size | None
    language: str = Field(pattern=r"^(|[a-z]{2})$")
    """Of the people it is made for, by its ISO 639-1 code; empty for everybody."""
    undoes: Literal["list", "category"]
    why: Bilingual
    bands: list[_Band] = Field(max_length=len(Band))
    """For whom we recommend it; empty: right for some homes, so nobody gets it unasked."""
    verified: _Day | None
    """The day on which somebody held publisher, licence, form and size to a copy; no address has been fetched yet."""


class LeftOut(Entry):
    """A list that was weighed and not taken, with the reason."""

    title: str
    homepage: _Url | None
    why: Bilingual


class PublicLists(Entry):
    """The file public.yaml."""

    schema_: Literal[1] = Field(alias="schema")
    lists: list[PublicList] = Field(max_length=500)
    left_out: list[LeftOut] = Field(max_length=500)


def read_public(text: bytes, file: str) -> PublicLists:
    """Read public.yaml; ConfigError with every fault."""
    return validate(PublicLists, read_document(text, file))
