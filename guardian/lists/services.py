"""Hold what one service is, as a volunteer writes it: one file a service, that a family can close or open by itself.

Law 1: a name belongs to the service alone; what other services need too is `shared`, with its reason, and stays open.
Law 2: the groups are twelve headings to find a service by; what a band does with it says its category.
"""

from __future__ import annotations

import enum
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from guardian.config.document import read_document, validate
from guardian.lists.catalog import Bilingual, Entry


class Group(enum.StrEnum):
    """A heading under which families look for a service; titles stand in groups.yaml."""

    SOCIAL = "social"
    FORUMS = "forums"
    MESSAGING = "messaging"
    STRANGERS = "strangers"
    VIDEO = "video"
    LIVE = "live"
    MUSIC = "music"
    GAMES = "games"
    STORES = "stores"
    AI = "ai"
    COMPANIONS = "companions"
    SHOPPING = "shopping"


_Group = Annotated[Group, BeforeValidator(Group)]


class LeastAge(Entry):
    """From which age the service itself admits people, by its own terms."""

    least: int = Field(ge=3, le=18)
    """Years."""
    source: str = Field(min_length=1, max_length=200)


class SharedHost(Entry):
    """A host that the service uses and that stays open, be it below a name of the service."""

    name: str
    reason: Bilingual


class Service(Entry):
    """A file of services/; its id is the file's name."""

    schema_: Literal[1] = Field(alias="schema")
    title: Bilingual
    group: _Group
    category: str
    age: LeastAge | None
    """None where the service says nothing, or nobody has looked."""
    names: list[str] = Field(min_length=1, max_length=200)
    """Each covers itself and everything below it."""
    shared: list[SharedHost] = Field(default=[], max_length=50)
    origin: str
    added: str = Field(pattern=r"^\d{4}-\d{2}-\d{2}$")
    reviewers: list[str] = Field(max_length=16)
    verified: str | None
    """The day on which somebody saw that the names do it; None as long as nobody has."""


class Groups(Entry):
    """The file groups.yaml."""

    schema_: Literal[1] = Field(alias="schema")
    groups: dict[_Group, Bilingual] = Field(min_length=len(Group))


def read_service(text: bytes, file: str) -> Service:
    """Read a file of services/; ConfigError with every fault."""
    return validate(Service, read_document(text, file))


def read_groups(text: bytes, file: str) -> Groups:
    """Read groups.yaml; ConfigError with every fault."""
    return validate(Groups, read_document(text, file))
