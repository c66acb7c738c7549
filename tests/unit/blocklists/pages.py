"""Write the schemas and the parts of documents that repeat the data: `python -m tests.unit.blocklists.pages`.

Law 1: a part stands between `<!-- NAME: … -->` and `<!-- /NAME -->`; what is around it is a person's.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from guardian.config.schema import schema_text
from guardian.lists.catalog import Catalog, Categories, Mode, Protected, read_categories
from guardian.lists.public import PublicLists, read_public
from guardian.lists.safe_search import SafeSearch
from guardian.lists.services import Groups, Service, read_groups, read_service
from guardian.model import Band

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import BaseModel

ROOT: Final = Path(__file__).resolve().parents[3]
CATEGORIES: Final = read_categories((ROOT / "blocklists" / "categories.yaml").read_bytes(), "categories.yaml")
PUBLIC: Final = read_public((ROOT / "blocklists" / "public.yaml").read_bytes(), "public.yaml")
GROUPS: Final = read_groups((ROOT / "blocklists" / "groups.yaml").read_bytes(), "groups.yaml").groups
SERVICES: Final = {
    path.stem: read_service(path.read_bytes(), path.name)
    for path in sorted((ROOT / "blocklists" / "services").glob("*.yaml"))
}
MODELS: Final[dict[str, type[BaseModel]]] = {
    "catalog.yaml": Catalog,
    "categories.yaml": Categories,
    "groups.yaml": Groups,
    "protected.yaml": Protected,
    "public.yaml": PublicLists,
    "safesearch.yaml": SafeSearch,
    "services/*.yaml": Service,
}
"""What each file of blocklists/ is read as."""


def schema_of(file: str) -> Path:
    """Return where the schema of a file lies: services/*.yaml have schema/services.json."""
    return ROOT / "blocklists" / "schema" / f"{file.partition('/')[0].removesuffix('.yaml')}.json"


def parts() -> dict[tuple[str, str], str]:
    """Give the text of each part by its document and name."""
    return {
        ("docs/categories.md", "bands"): _lines(_bands(CATEGORIES)),
        ("docs/categories.md", "reasons"): _lines(_reasons(CATEGORIES)),
        ("docs/public-lists.md", "lists"): _lines(_public(PUBLIC)),
        ("docs/public-lists.md", "left out"): _lines(_left_out(PUBLIC)),
        ("docs/services.md", "services"): _lines(_services(SERVICES)),
    }


def stored(document: str, part: str) -> str:
    """Return a part as the document has it."""
    return _marked(part).search((ROOT / document).read_text(encoding="utf-8"))[2]  # type: ignore[index]


def write() -> None:
    """Put every part into its document, and every schema into its file."""
    for file, model in MODELS.items():
        schema_of(file).write_text(schema_text(model), encoding="utf-8")
    for (document, part), text in parts().items():
        path = ROOT / document
        old = path.read_text(encoding="utf-8")
        path.write_text(_marked(part).sub(lambda found, text=text: found[1] + text + found[3], old), encoding="utf-8")  # type: ignore[misc]


def _marked(part: str) -> re.Pattern[str]:
    return re.compile(rf"(<!-- {part}: [^\n]*-->\n)(.*?)(<!-- /{part} -->)", re.DOTALL)


def _lines(lines: Iterator[str]) -> str:
    return "".join(line + "\n" for line in lines)


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _bands(table: Categories) -> Iterator[str]:
    yield _row("category", *(f"`{band}`" for band in Band))
    yield "|" + "---|" * (1 + len(Band))
    modes = ("closed" if table.modes[band] is Mode.ALLOW_ONLY else "open" for band in Band)
    yield _row("*a name on no list*", *modes)
    for id_, one in table.categories.items():
        yield _row(f"`{id_}`: {one.title.en}", *(one.bands[band].value for band in Band))


def _reasons(table: Categories) -> Iterator[str]:
    for id_, one in table.categories.items():
        marks = ["a danger", "counted"] if one.threat else ["counted" if one.counted else "never counted"]
        yield f"### {one.title.sq} · {one.title.en} (`{id_}`)"
        yield f"- **Fëmijës / to the child**: {one.child.sq} · *{one.child.en}*"
        yield f"- **Prindit / to the parent**: {one.parent.sq} · *{one.parent.en}*"
        yield f"- {', '.join(marks)}"
        yield ""


def _public(public: PublicLists) -> Iterator[str]:
    yield _row("list", "category", "names (copy of)", "recommended", "licence", "why")
    yield "|" + "---|" * 6
    for one in public.lists:
        size = f"{one.size.names} ({one.size.on})" if one.size else "?"
        recommended = ", ".join(f"`{band}`" for band in one.bands) or "by choice"
        name = f"[{one.title.en}]({one.urls[0]})<br>`{one.id}`, [{one.publisher}]({one.homepage})"
        yield _row(name, f"`{one.category}`", size, recommended, one.licence, one.why.en)


def _left_out(public: PublicLists) -> Iterator[str]:
    yield _row("list", "why not")
    yield "|" + "---|" * 2
    for one in public.left_out:
        yield _row(f"[{one.title}]({one.homepage})" if one.homepage else one.title, one.why.en)


def _services(services: dict[str, Service]) -> Iterator[str]:
    for group, title in GROUPS.items():
        yield f"### {title.sq} · {title.en}"
        yield _row("service", "category", "its own age", "names", "stays open")
        yield "|" + "---|" * 5
        for id_, one in services.items():
            if one.group is group:
                named = one.title.en if one.title.sq == one.title.en else f"{one.title.sq} · {one.title.en}"
                age = f"[{one.age.least}]({one.age.source})" if one.age else "?"
                names = " ".join(f"`{name}`" for name in one.names)
                shared = "<br>".join(f"`{host.name}`: {host.reason.en}" for host in one.shared)
                yield _row(f"{named}<br>`{id_}`", f"`{one.category}`", age, names, shared)
        yield ""


if __name__ == "__main__":
    write()
