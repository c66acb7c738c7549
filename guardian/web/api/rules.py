"""Say which sites a parent opens or closes by name."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Literal

from guardian.family.protection import refuse_protected
from guardian.family.rules import add_rule, remove_rule
from guardian.system.files import read_text
from guardian.system.paths import blocklists
from guardian.web.api.adults import Added
from guardian.web.api.fields import Lasting, Number, ReasonText, SiteText
from guardian.web.principals import Right
from guardian.web.routes import PREFIX, Route, Told

if TYPE_CHECKING:
    import sqlite3

    from guardian.web.routes import Call


class RuleTold(Told):
    """A name, with all below it, that a parent opens or closes."""

    id: int
    child: int | None
    """Null for every child."""
    name: str
    action: Literal["open", "block"]
    reason: str
    until: int | None
    """Seconds of Unix time; null for good."""


class RulesTold(Told):
    """All rules."""

    rules: list[RuleTold]


class NewRule(Lasting):
    """A rule to be in force; without an end it is for good."""

    child: Number | None = None
    name: SiteText
    action: Literal["open", "block"]
    reason: ReasonText = ""


async def list_rules(call: Call) -> RulesTold:
    """Give all rules that are not over."""
    family, now = await call.home.family(), call.home.now()
    return RulesTold(
        rules=[
            RuleTold(
                id=one.id,
                child=one.child,
                name=one.name,
                action="open" if one.opens else "block",
                reason=one.reason,
                until=one.until,
            )
            for one in family.rules
            if one.until is None or one.until > now
        ]
    )


async def add_one_rule(call: Call, body: NewRule) -> Added:
    """Add a rule, in place of an earlier one on the same name."""
    now, who = await call.home.moment(), call.principal.who
    if body.action == "block":
        path = blocklists() / "protected.yaml"
        await asyncio.to_thread(lambda: refuse_protected(body.name, read_text(path), str(path)))

    def add(store: sqlite3.Connection) -> int:
        opens, until = body.action == "open", body.until(now)
        return add_rule(store, body.child, body.name, opens=opens, reason=body.reason, until=until, who=who, now=now)

    return Added(id=await call.home.decide(add))


async def drop_rule(call: Call, rule: int) -> None:
    """Remove a rule."""
    today, who = await call.home.today(), call.principal.who
    await call.home.decide(lambda store: remove_rule(store, rule, who, today))


_PATH = f"{PREFIX}/rules"
ROUTES = (
    Route("GET", _PATH, Right.SEE, "Sites that a parent opens or closes", list_rules, gives=RulesTold),
    Route("POST", _PATH, Right.DECIDE, "Open or close a site", add_one_rule, body=NewRule, gives=Added, status=201),
    Route("DELETE", f"{_PATH}/{{rule}}", Right.DECIDE, "Remove a rule", drop_rule),
)
