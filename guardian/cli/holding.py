"""Say in words what holds for a child: what was decided, and what the running guardian makes of it now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from guardian.cli.called import subject_in_words
from guardian.cli.deciding import now_of
from guardian.cli.when import until_in_words, window_in_words
from guardian.control.client import NobodyAnswersError, ask
from guardian.control.messages import Standings, StandingsNow
from guardian.errors import StoreError
from guardian.family.children import AS_BAND
from guardian.family.growing import NEVER

if TYPE_CHECKING:
    from datetime import datetime

    from guardian.cli.house import House
    from guardian.control.messages import ChildNow
    from guardian.family.decisions import Budget, Hours, Measure, NameRule
    from guardian.family.family import Family
    from guardian.family.members import Child

_MEASURES = {
    "off": "{subject} is off",
    "bonus": "hours and minutes do not close {subject}",
    "lesson": "only {names} open, for a lesson,",
    "pause": "filtering pauses",
}
_WHY = {"off": "turned off", "lesson": "a lesson", "hours": "by its hours", "budget": "its minutes do not run"}


def now_of_children(house: House, family: Family) -> dict[int, str]:
    """Ask the running guardian what holds for each child now; nothing where none runs."""
    try:
        answer = ask(house.state.control, Standings())
    except NobodyAnswersError:
        return {}
    if not isinstance(answer, StandingsNow):
        raise StoreError(f"{house.state.control}: guardian answered something else; start it again")
    now = now_of(family)
    doubt = "" if answer.clock_known else "; this machine's time is in doubt"
    return {one.child: _now_in_words(one, now) + doubt for one in answer.children if one.child is not None}


def _now_in_words(child: ChildNow, now: datetime) -> str:
    closed = [
        f"{subject_in_words(one.subject)} closed ({_WHY.get(one.why, one.why)})"
        + (f" {until_in_words(one.until, now)}" if one.until else "")
        for one in child.closed
    ]
    paused = ["filtering pauses"] if child.paused else []
    paused += [f"open for a lesson: {', '.join(child.lesson)}"] if child.lesson else []
    return "; ".join([*paused, *closed]) or "as its band"


def facts_of(child: Child) -> dict[str, object]:
    """Give what a family has decided of a child itself, for JSON."""
    return {
        "number": child.id,
        "name": child.name,
        "band": child.band.value,
        "moves_on": child.moves_on or NEVER,
        "safe_search": child.safe_search or AS_BAND,
        "video": child.video or AS_BAND,
    }


def holding(family: Family, child: Child, now: datetime, holds: str | None) -> tuple[dict[str, Any], list[str]]:
    """Give everything that was decided for a child, as values and as lines."""
    mine = {None, child.id}
    devices = [one.name for one in family.devices if child.id in one.children]
    parts: dict[str, list[str]] = {
        "devices": devices,
        "hours": [hours_in_words(one) for one in family.hours if one.child in mine],
        "choices": [
            f"{subject_in_words(one.subject)} {'open' if one.opens else 'closed'}"
            for one in family.choices
            if one.child == child.id
        ],
        "names": [rule_in_words(one, now) for one in family.rules if one.child in mine],
        "for a while": [
            measure_in_words(one, now) for one in family.measures if one.child in mine and one.until > now.timestamp()
        ],
        "minutes": [budget_in_words(one) for one in family.budgets if one.child == child.id],
    }
    facts = {
        "band": f"{child.band}, {f'the next one from {child.moves_on}' if child.moves_on else 'for good'}",
        "safe search": child.safe_search or "as its band",
        "video": child.video or "as its band",
        "label": f"{child.label} (how its own devices may name it over encrypted DNS)",
        "now": holds or "no guardian runs here",
    }
    lines = [f"{child.name}"]
    lines += [f"  {title:12}{fact}" for title, fact in facts.items()]
    for title, told in parts.items():
        lines += [f"  {'' if number else title:12}{one}" for number, one in enumerate(told or ["none"])]
    values = {
        **facts_of(child),
        "label": child.label,
        "now": holds,
        **{title.replace(" ", "_"): told for title, told in parts.items()},
    }
    return values, lines


def hours_in_words(hours: Hours) -> str:
    """Write hours as `bedtime: everything, mon-fri 21:00-07:00`."""
    holidays = "" if hours.on_holidays else ", not on holidays"
    return f"{hours.title}: {subject_in_words(hours.subject)}, {window_in_words(hours.window)}{holidays}"


def rule_in_words(rule: NameRule, now: datetime) -> str:
    """Write a rule as `chess.example open until 21:30 (for school)`."""
    reason = f" ({rule.reason})" if rule.reason else ""
    return f"{rule.name} {'open' if rule.opens else 'closed'} {until_in_words(rule.until, now)}{reason}"


def measure_in_words(measure: Measure, now: datetime) -> str:
    """Write a measure as `everything is off until 21:30`."""
    words = _MEASURES[measure.kind].format(subject=subject_in_words(measure.subject), names=", ".join(measure.names))
    return f"{words} {until_in_words(measure.until, now)}"


def budget_in_words(budget: Budget) -> str:
    """Write a budget as `games: 60 minutes a day`; never how much of it is used."""
    return f"{subject_in_words(budget.subject)}: {budget.minutes} minutes a day"
