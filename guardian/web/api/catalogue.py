"""Show what there is to decide on: categories, services, and search engines with a safe mode."""

from __future__ import annotations

import asyncio
from functools import cache
from typing import TYPE_CHECKING, Literal

from guardian.lists.catalog import Bilingual, Mode, read_categories
from guardian.lists.safe_search import read_safe_search
from guardian.lists.services import read_groups, read_service
from guardian.model import Action, Band
from guardian.system.files import read_text
from guardian.system.paths import blocklists
from guardian.web.principals import Right
from guardian.web.routes import PREFIX, Route, Told

if TYPE_CHECKING:
    from guardian.web.routes import Call


class CategoryTold(Told):
    """A kind of site."""

    subject: str
    """`category:games`."""
    title: Bilingual
    child: Bilingual
    """Why, said to a child."""
    parent: Bilingual
    """What an adult should know before changing it."""
    bands: dict[Band, Action]


class CategoriesTold(Told):
    """All categories, and what each band does with what no list names."""

    modes: dict[Band, Mode]
    categories: list[CategoryTold]


class ServiceTold(Told):
    """A service that can be opened or closed by itself."""

    subject: str
    """`service:tiktok`."""
    title: Bilingual
    group: str
    category: str
    least_age: int | None
    """From which age the service itself admits people, by its own terms."""


class ServicesTold(Told):
    """All services, under the headings of their groups."""

    groups: dict[str, Bilingual]
    services: list[ServiceTold]


class EngineTold(Told):
    """A search engine whose names are answered with those of its safe mode."""

    name: str
    title: Bilingual
    verified: str | None
    """The day on which somebody tried it; null where nobody has."""


class StrengthsTold(Told):
    """What a band asks of the engines."""

    search: Literal["strict", "off"]
    youtube: Literal["strict", "moderate", "off"]


class SafeSearchTold(Told):
    """Safe search."""

    engines: list[EngineTold]
    bands: dict[Band, StrengthsTold]


async def list_categories(_: Call) -> CategoriesTold:
    """Give all categories."""
    return await all_categories()


async def all_categories() -> CategoriesTold:
    """Give the table of categories; it is read once."""
    return await asyncio.to_thread(_categories)


async def list_services(_: Call) -> ServicesTold:
    """Give all services."""
    return await asyncio.to_thread(_services)


async def read_engines(_: Call) -> SafeSearchTold:
    """Give the engines, and what each band asks of them."""
    return await asyncio.to_thread(_safe_search)


@cache
def _categories() -> CategoriesTold:
    path = blocklists() / "categories.yaml"
    table = read_categories(read_text(path), str(path))
    return CategoriesTold(
        modes=table.modes,
        categories=[
            CategoryTold(
                subject=f"category:{name}", title=one.title, child=one.child, parent=one.parent, bands=one.bands
            )
            for name, one in table.categories.items()
        ],
    )


@cache
def _services() -> ServicesTold:
    folder = blocklists()
    groups = read_groups(read_text(folder / "groups.yaml"), "groups.yaml")
    services = {
        path.stem: read_service(read_text(path), path.name) for path in sorted((folder / "services").glob("*.yaml"))
    }
    return ServicesTold(
        groups={group.value: title for group, title in groups.groups.items()},
        services=[
            ServiceTold(
                subject=f"service:{name}",
                title=one.title,
                group=one.group.value,
                category=one.category,
                least_age=one.age.least if one.age else None,
            )
            for name, one in services.items()
        ],
    )


@cache
def _safe_search() -> SafeSearchTold:
    path = blocklists() / "safesearch.yaml"
    table = read_safe_search(read_text(path), str(path))
    return SafeSearchTold(
        engines=[EngineTold(name=name, title=one.title, verified=one.verified) for name, one in table.engines.items()],
        bands={Band(band): StrengthsTold(search=one.search, youtube=one.youtube) for band, one in table.bands.items()},
    )


ROUTES = (
    Route("GET", f"{PREFIX}/categories", Right.SEE, "Kinds of sites", list_categories, gives=CategoriesTold),
    Route("GET", f"{PREFIX}/services", Right.SEE, "Services that can be chosen", list_services, gives=ServicesTold),
    Route("GET", f"{PREFIX}/safe-search", Right.SEE, "Search engines", read_engines, gives=SafeSearchTold),
)
