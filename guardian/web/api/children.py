"""Say who the children are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from guardian.family.children import ChildChange, add_child, change_child, remove_child, renew_label
from guardian.family.growing import grown
from guardian.model import Band
from guardian.web.api.adults import Added
from guardian.web.api.missing import of_child
from guardian.web.api.session import NameText
from guardian.web.principals import Right
from guardian.web.routes import PREFIX, Body, Route, Told

if TYPE_CHECKING:
    from guardian.web.routes import Call

ChildBand = Literal[Band.EARLY, Band.PRIMARY, Band.MIDDLE, Band.TEEN, Band.YOUTH]
MonthText = Annotated[str, Field(pattern=r"^(?:20\d{2}-(?:0[1-9]|1[0-2])|never)$")]
"""`2029-09`, or `never` for a class or a library computer."""


class ChildTold(Told):
    """A child."""

    id: int
    name: str
    band: Band
    """As it is today; `adult` from 18 on, without rules."""
    moves_on: str | None
    """The month in which it moves to the next band; null where it stays."""
    safe_search: str | None
    """`strict` or `off`; null for what its band does."""
    video: str | None
    """`strict`, `moderate` or `off`; null for what its band does."""


class ChildrenTold(Told):
    """All children."""

    children: list[ChildTold]


class NewChild(Body):
    """A child to add."""

    name: NameText
    """A nickname or an emoji."""
    band: ChildBand
    moves_on: MonthText | None = None
    """Null for the usual month: the middle of the band."""


class ChildEdit(Body):
    """What is to be otherwise; null leaves it."""

    name: NameText | None = None
    band: ChildBand | None = None
    moves_on: MonthText | None = None
    safe_search: Literal["strict", "off", "band"] | None = None
    """`band` for what the band does."""
    video: Literal["strict", "moderate", "off", "band"] | None = None


class LabelTold(Told):
    """What a child's own devices may call themselves over encrypted DNS."""

    label: str


async def list_children(call: Call) -> ChildrenTold:
    """Give all children."""
    family, today = await call.home.family(), await call.home.today()
    children = [grown(child, today) for child in family.children]
    return ChildrenTold(
        children=[
            ChildTold(
                id=one.id,
                name=one.name,
                band=one.band,
                moves_on=one.moves_on,
                safe_search=one.safe_search,
                video=one.video,
            )
            for one in children
        ]
    )


async def add_one_child(call: Call, body: NewChild) -> Added:
    """Add a child."""
    today, who = await call.home.today(), call.principal.who
    return Added(
        id=await call.home.decide(lambda store: add_child(store, body.name, body.band, body.moves_on, who, today))
    )


async def edit_child(call: Call, child: int, body: ChildEdit) -> None:
    """Change a child."""
    today, who = await call.home.today(), call.principal.who
    change = ChildChange(body.name, body.band, body.moves_on, body.safe_search, body.video)
    await call.home.decide(lambda store: change_child(store, child, change, who, today))


async def drop_child(call: Call, child: int) -> None:
    """Forget a child with everything of it."""
    today, who = await call.home.today(), call.principal.who
    await call.home.decide(lambda store: remove_child(store, child, who, today))


async def read_label(call: Call, child: int) -> LabelTold:
    """Give a child's label, for the settings of its devices."""
    return LabelTold(label=of_child(await call.home.family(), child).label)


async def draw_label(call: Call, child: int) -> LabelTold:
    """Draw another label; the old one means nobody from now on."""
    today, who = await call.home.today(), call.principal.who
    return LabelTold(label=await call.home.decide(lambda store: renew_label(store, child, who, today)))


_PATH = f"{PREFIX}/children"
_CHILD = f"{_PATH}/{{child}}"
ROUTES = (
    Route("GET", _PATH, Right.SEE, "All children", list_children, gives=ChildrenTold),
    Route("POST", _PATH, Right.DECIDE, "Add a child", add_one_child, body=NewChild, gives=Added, status=201),
    Route("PATCH", _CHILD, Right.DECIDE, "Change a child", edit_child, body=ChildEdit),
    Route("DELETE", _CHILD, Right.DECIDE, "Forget a child with everything of it", drop_child),
    Route("GET", f"{_CHILD}/label", Right.DECIDE, "A child's label for encrypted DNS", read_label, gives=LabelTold),
    Route("POST", f"{_CHILD}/label", Right.DECIDE, "Draw another label", draw_label, gives=LabelTold),
)
