"""Answer as AdGuard Home's API does, as far as Home Assistant's integration asks it (adguardhome 0.x and 1.x).

Law 1: protection off is a pause of at most LONGEST minutes: nothing that comes this way closes guardian down for good.
Law 2: what guardian does not keep is not there: no query log, no statistics of who asked for what.
Law 3: what a family decides for each child is not switched here: on is true already, off is refused in words.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Final

from pydantic import ConfigDict, Field

from guardian.control.messages import SHORTEST_PAUSE, HowAreYou, Pause, Paused, Resume, Resumed
from guardian.control.status import Status
from guardian.errors import DecisionError
from guardian.family.decisions import EVERYTHING
from guardian.family.log import Did, note
from guardian.web.errors import ProblemError
from guardian.web.principals import Right
from guardian.web.routes import Body, Route, Told

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from guardian.web.routes import Call

PREFIX = "/control"
LONGEST = 60
"""Minutes of a pause, also where none are named."""
SPEAKS = "v0.107.68"
"""The release of AdGuard Home whose API this is a part of; the clients ask for at least that."""
LIST_HOURS = 24
"""How often lists are looked at anew."""
SAFE_SEARCH: Final = "safesearch"
FEATURES: Final = frozenset({"parental", "safebrowsing", SAFE_SEARCH})
"""What has a switch of its own there, and is on here."""
_PAUSE_WORD = f"pause {EVERYTHING}"


class Sent(Body):
    """The base of what these clients send: keys that are not looked at may stand there."""

    model_config = ConfigDict(extra="ignore")


class AdguardSwitch(Sent):
    """A switch."""

    enabled: bool


class AdguardProtection(AdguardSwitch):
    """The main switch."""

    duration: Annotated[int, Field(ge=0, le=2**53)] = 0
    """Milliseconds after which protection comes back; 0 for the longest pause there is."""


class AdguardDns(Sent):
    """The main switch, as 0.x has it."""

    protection_enabled: bool


class AdguardAsked(Sent):
    """Which part of the query log; it is empty in each."""


class AdguardStatus(Told):
    """How guardian is doing."""

    version: str = SPEAKS
    running: bool = True
    language: str = "en"
    protection_enabled: bool
    protection_disabled_duration: int
    """Milliseconds until it comes back; 0 while it is on."""
    dns_addresses: list[str] = Field(default_factory=list)
    """Not told here; nor are the ports."""
    dns_port: int = 0
    http_port: int = 0
    dhcp_available: bool = False


class AdguardFilter(Told):
    """All lists that are in force, as one."""

    id: int = 1
    name: str = "guardian"
    url: str = ""
    enabled: bool = True
    rules_count: int
    """Names in them."""


class AdguardFiltering(Told):
    """The lists."""

    enabled: bool = True
    interval: int = LIST_HOURS
    filters: list[AdguardFilter]
    whitelist_filters: list[AdguardFilter] = Field(default_factory=list)
    user_rules: list[str] = Field(default_factory=list)


class AdguardEnabled(Told):
    """Whether something is on."""

    enabled: bool


class AdguardStats(Told):
    """Statistics; guardian gives none, so each is 0."""

    num_dns_queries: int = 0
    num_blocked_filtering: int = 0
    num_replaced_safebrowsing: int = 0
    num_replaced_safesearch: int = 0
    num_replaced_parental: int = 0
    avg_processing_time: float = 0.0
    time_units: str = "hours"
    dns_queries: list[int] = Field(default_factory=list)
    blocked_filtering: list[int] = Field(default_factory=list)
    replaced_safebrowsing: list[int] = Field(default_factory=list)
    replaced_parental: list[int] = Field(default_factory=list)
    top_queried_domains: list[dict[str, int]] = Field(default_factory=list)
    top_blocked_domains: list[dict[str, int]] = Field(default_factory=list)
    top_clients: list[dict[str, int]] = Field(default_factory=list)


class AdguardKept(Told):
    """What is kept: nothing, for no time."""

    enabled: bool = False
    interval: int = 0
    anonymize_client_ip: bool = True
    ignored: list[str] = Field(default_factory=list)


class AdguardLog(Told):
    """The query log, which is always empty."""

    data: list[str] = Field(default_factory=list)
    oldest: str = ""


class AdguardUpdate(Told):
    """Whether there is a newer version; guardian is updated as its machine is."""

    disabled: bool = True


async def adguard_status(call: Call) -> AdguardStatus:
    """Ask the running filter."""
    left = (await call.home.ask(HowAreYou(), Status)).paused_minutes
    return AdguardStatus(protection_enabled=left is None, protection_disabled_duration=(left or 0) * 60_000)


async def adguard_protection(call: Call, body: AdguardProtection) -> None:
    """Let filtering pause, or end the pause."""
    await _switch(call, on=body.enabled, minutes=-(-body.duration // 60_000) or LONGEST)


async def adguard_dns_config(call: Call, body: AdguardDns) -> None:
    """Do the same as 0.x says it."""
    await _switch(call, on=body.protection_enabled, minutes=LONGEST)


async def adguard_filtering(call: Call) -> AdguardFiltering:
    """Give all lists as one: which there are is for the family's own pages."""
    status = await call.home.ask(HowAreYou(), Status)
    return AdguardFiltering(filters=[AdguardFilter(rules_count=status.set.names)])


async def adguard_filtering_config(_: Call, body: AdguardSwitch) -> None:
    """Filter, as is done already."""
    _stays(on=True, wanted=body.enabled)


async def adguard_feature(_: Call, feature: str) -> AdguardEnabled:
    """Give whether a feature is on; for whom, the family decides."""
    _known(feature)
    return AdguardEnabled(enabled=True)


async def adguard_feature_on(_: Call, feature: str) -> None:
    """Switch on what is on."""
    _known(feature)


async def adguard_feature_off(_: Call, feature: str) -> None:
    """Refuse it."""
    _known(feature)
    _stays(on=True, wanted=False)


async def adguard_safe_search(_: Call, body: AdguardSwitch) -> None:
    """Switch on what is on, as 1.x says it."""
    _stays(on=True, wanted=body.enabled)


async def adguard_stats(_: Call) -> AdguardStats:
    """Give no figures."""
    return AdguardStats()


async def adguard_stats_info(_: Call) -> AdguardKept:
    """Say that none are kept."""
    return AdguardKept()


async def adguard_stats_config(_: Call) -> AdguardKept:
    """Say it to 1.x."""
    return AdguardKept()


async def adguard_stats_change(_: Call, body: AdguardSwitch) -> None:
    """Keep none."""
    _stays(on=False, wanted=body.enabled)


async def adguard_stats_reset(_: Call) -> None:
    """Forget what is not there."""


async def adguard_log(_: Call, query: AdguardAsked) -> AdguardLog:  # noqa: ARG001 - empty for every question
    """Give an empty log."""
    return AdguardLog()


async def adguard_log_info(_: Call) -> AdguardKept:
    """Say that none is kept."""
    return AdguardKept()


async def adguard_log_config(_: Call) -> AdguardKept:
    """Say it to 1.x."""
    return AdguardKept()


async def adguard_log_set(_: Call, body: AdguardSwitch) -> None:
    """Keep none, as 0.x asks for it."""
    _stays(on=False, wanted=body.enabled)


async def adguard_log_change(_: Call, body: AdguardSwitch) -> None:
    """Keep none, as 1.x asks for it."""
    _stays(on=False, wanted=body.enabled)


async def adguard_log_clear(_: Call) -> None:
    """Forget what is not there."""


async def adguard_update(_: Call) -> AdguardUpdate:
    """Say that updates do not come this way."""
    return AdguardUpdate()


async def _switch(call: Call, *, on: bool, minutes: int) -> None:
    today, who = await call.home.today(), call.principal.who
    if not on:
        await call.home.ask(Pause(max(SHORTEST_PAUSE, min(minutes, LONGEST))), Paused)
        await call.home.keep(lambda store: note(store, Did.MEASURE_TAKEN, who, today, _PAUSE_WORD))
    elif (await call.home.ask(Resume(), Resumed)).was_paused:
        await call.home.keep(lambda store: note(store, Did.MEASURE_ENDED, who, today, _PAUSE_WORD))


def _known(feature: str) -> None:
    if feature not in FEATURES:
        raise ProblemError(HTTPStatus.NOT_FOUND, "there is nothing here")


def _stays(*, on: bool, wanted: bool) -> None:
    """DecisionError where something shall become other than it is."""
    if wanted == on:
        return
    if on:
        raise DecisionError(
            "this is decided for each child, on guardian's own pages; protection off pauses filtering"
            f" for up to {LONGEST} minutes"
        )
    raise DecisionError("guardian keeps neither a query log nor statistics, so there is nothing to switch on")


def _get(path: str, summary: str, handler: Callable[..., Awaitable[object]], gives: type[Told]) -> Route:
    return Route("GET", f"{PREFIX}/{path}", Right.ADGUARD, summary, handler, gives=gives)


def _set(
    path: str,
    summary: str,
    handler: Callable[..., Awaitable[object]],
    body: type[Sent] | None = None,
    method: str = "POST",
) -> Route:
    return Route(method, f"{PREFIX}/{path}", Right.ADGUARD, summary, handler, body=body)


ROUTES = (
    _get("status", "How guardian is doing", adguard_status, AdguardStatus),
    _set("protection", "A pause, and its end", adguard_protection, AdguardProtection),
    _set("dns_config", "A pause, and its end, as 0.x asks", adguard_dns_config, AdguardDns),
    _get("filtering/status", "The lists", adguard_filtering, AdguardFiltering),
    _set("filtering/config", "Filtering on, as it is", adguard_filtering_config, AdguardSwitch),
    _get("{feature:text}/status", "Whether it is on", adguard_feature, AdguardEnabled),
    _set("{feature:text}/enable", "On, as it is", adguard_feature_on),
    _set("{feature:text}/disable", "Refused", adguard_feature_off),
    _set(f"{SAFE_SEARCH}/settings", "On, as it is", adguard_safe_search, AdguardSwitch, "PUT"),
    _get("stats", "No figures", adguard_stats, AdguardStats),
    _get("stats_info", "That none are kept, for 0.x", adguard_stats_info, AdguardKept),
    _get("stats/config", "That none are kept", adguard_stats_config, AdguardKept),
    _set("stats/config/update", "None, as it is", adguard_stats_change, AdguardSwitch, "PUT"),
    _set("stats_reset", "Nothing to forget", adguard_stats_reset),
    Route(
        "GET", f"{PREFIX}/querylog", Right.ADGUARD, "Always empty", adguard_log, query=AdguardAsked, gives=AdguardLog
    ),
    _get("querylog_info", "That none is kept, for 0.x", adguard_log_info, AdguardKept),
    _get("querylog/config", "That none is kept", adguard_log_config, AdguardKept),
    _set("querylog_config", "None, as it is, for 0.x", adguard_log_set, AdguardSwitch),
    _set("querylog/config/update", "None, as it is", adguard_log_change, AdguardSwitch, "PUT"),
    _set("querylog_clear", "Nothing to forget", adguard_log_clear),
    Route("POST", f"{PREFIX}/version.json", Right.ADGUARD, "No updates this way", adguard_update, gives=AdguardUpdate),
)
