"""A family that decides by chance, held to plain dicts: whatever it does, its store says the same as they do."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from guardian.errors import DecisionError
from guardian.family.budgets import set_budget, start_budget, stop_budget
from guardian.family.children import ChildChange, add_child, change_child, remove_child
from guardian.family.choices import choose
from guardian.family.decisions import Hours
from guardian.family.devices import add_device, assign_device, remove_device
from guardian.family.hours import DAY, Window
from guardian.family.log import read_log
from guardian.family.measures import end_measure, take_measure
from guardian.family.reading import read_family
from guardian.family.requests import answer, ask, forget_request, read_requests
from guardian.family.retention import tidy
from guardian.family.rules import add_rule, remove_rule
from guardian.family.schedules import remove_hours, set_hours
from guardian.model import Band
from guardian.store.database import scratch_store

START = datetime(2026, 11, 24, 15, 30, tzinfo=ZoneInfo("Europe/Tirane"))
BANDS = ("0-5", "6-9", "10-12", "13-15", "16-17")
MONTHS = (72, 48, 36, 36, 24)
NAMES = ("Ana", "Beni", "🦊", "Dea")
SITES = ("chess.com", "lichess.org", "kiwix.org")
SUBJECTS = ("category:games", "service:tiktok")
KINDS = ("off", "pause", "bonus", "lesson")
picks = st.integers(0, 10**6)
"""Which of what is there; taken modulo how many there are."""


class AFamily(RuleBasedStateMachine):
    """Each rule makes one decision twice: in the store, and in the dicts."""

    def __init__(self) -> None:
        """Begin with nobody."""
        super().__init__()
        self.store = scratch_store()
        self.now = START
        self.children: dict[int, dict[str, Any]] = {}
        self.devices: dict[int, dict[str, Any]] = {}
        self.hours: dict[int, Hours] = {}
        self.choices: dict[tuple[int, str], bool] = {}
        self.named: dict[int, tuple[int | None, str, bool, int | None]] = {}
        self.measures: dict[int, tuple[int | None, str, str, int]] = {}
        self.budgets: dict[tuple[int, str], dict[str, Any]] = {}
        self.requests: dict[int, dict[str, Any]] = {}

    def teardown(self) -> None:
        """Close the store."""
        self.store.close()

    def child(self, pick: int) -> int:
        return sorted(self.children)[pick % len(self.children)]

    def child_or_all(self, pick: int) -> int | None:
        return None if pick % 3 == 0 or not self.children else self.child(pick // 3)

    def seconds(self) -> int:
        return int(self.now.timestamp())

    def month(self) -> int:
        return 12 * self.now.year + self.now.month - 1

    @rule(name=st.sampled_from(NAMES), band=st.integers(0, 4))
    def a_child_is_added(self, name: str, band: int) -> None:
        if any(child["name"] == name for child in self.children.values()):
            with pytest.raises(DecisionError):
                add_child(self.store, name, Band(BANDS[band]), None, "Mira", self.now)
            return
        child = add_child(self.store, name, Band(BANDS[band]), None, "Mira", self.now)
        assert child not in self.children
        self.children[child] = {"name": name, "band": band, "next": self.month() + MONTHS[band] // 2}

    @precondition(lambda self: self.children)
    @rule(pick=picks, band=st.integers(0, 4))
    def a_child_has_another_band(self, pick: int, band: int) -> None:
        child = self.child(pick)
        change_child(self.store, child, ChildChange(band=Band(BANDS[band])), "Mira", self.now)
        self.children[child] |= {"band": band, "next": self.month() + MONTHS[band] // 2}

    @precondition(lambda self: self.children)
    @rule(pick=picks)
    def a_child_is_removed(self, pick: int) -> None:
        child = self.child(pick)
        remove_child(self.store, child, "Mira", self.now)
        self.forget(child, adult=False)

    def forget(self, child: int, *, adult: bool) -> None:
        del self.children[child]
        for number, device in list(self.devices.items()):
            if device["children"] == {child}:
                if adult:
                    device |= {"children": set(), "adult": True}
                else:
                    del self.devices[number]
            device["children"].discard(child)
        self.hours = {number: one for number, one in self.hours.items() if one.child != child}
        self.named = {number: one for number, one in self.named.items() if one[0] != child}
        self.measures = {number: one for number, one in self.measures.items() if one[0] != child}
        self.choices = {key: one for key, one in self.choices.items() if key[0] != child}
        self.budgets = {key: one for key, one in self.budgets.items() if key[0] != child}
        self.requests = {number: one for number, one in self.requests.items() if one["child"] != child}

    @rule(octet=st.integers(0, 9), pick=picks, whose=st.sampled_from(["adult", "nobody", "one", "all"]))
    def a_device_is_added(self, octet: int, pick: int, whose: str) -> None:
        users = self.users(pick, whose)
        address = f"192.168.1.{octet}"
        if any(device["address"] == address for device in self.devices.values()):
            with pytest.raises(DecisionError):
                self.add_device(address, users, whose)
            return
        device = self.add_device(address, users, whose)
        assert device not in self.devices
        self.devices[device] = {
            "address": address,
            "children": users,
            "adult": whose == "adult",
            "arrived": self.month(),
        }

    def users(self, pick: int, whose: str) -> set[int]:
        if whose == "all":
            return set(self.children)
        return {self.child(pick)} if whose == "one" and self.children else set()

    def add_device(self, address: str, users: set[int], whose: str) -> int:
        return add_device(
            self.store, "x", network=address, children=users, adult=whose == "adult", who="Mira", today=self.now
        )

    @precondition(lambda self: self.devices)
    @rule(pick=picks, whose=st.sampled_from(["adult", "nobody", "one", "all"]), tapped=st.booleans())
    def a_device_is_assigned(self, pick: int, whose: str, *, tapped: bool) -> None:
        number = sorted(self.devices)[pick % len(self.devices)]
        users, adult, device = self.users(pick, whose), whose == "adult", self.devices[number]
        try:
            assign_device(self.store, number, users, adult=adult, on_device=tapped, who="Mira", today=self.now)
        except DecisionError:
            assert device["adult"]
            assert users
            assert not tapped
        else:
            device |= {"children": users, "adult": adult}

    @precondition(lambda self: self.devices)
    @rule(pick=picks)
    def a_device_is_removed(self, pick: int) -> None:
        number = sorted(self.devices)[pick % len(self.devices)]
        remove_device(self.store, number, "Mira", self.now)
        del self.devices[number]

    @rule(
        pick=picks,
        days=st.frozensets(st.integers(0, 6), min_size=1),
        start=st.integers(0, DAY - 1),
        end=st.integers(0, DAY),
        again=st.booleans(),
    )
    def hours_are_set(self, pick: int, days: frozenset[int], start: int, end: int, *, again: bool) -> None:
        number = sorted(self.hours)[pick % len(self.hours)] if again and self.hours else 0
        window = Window(days, start, end)
        hours = Hours(number, self.child_or_all(pick), "everything", "", window, on_holidays=bool(pick % 2))
        kept = set_hours(self.store, hours, "Mira", self.now)
        assert kept == number or (not number and kept not in self.hours)
        self.hours[kept] = hours._replace(id=kept)

    @precondition(lambda self: self.hours)
    @rule(pick=picks)
    def hours_are_removed(self, pick: int) -> None:
        number = sorted(self.hours)[pick % len(self.hours)]
        remove_hours(self.store, number, "Mira", self.now)
        del self.hours[number]

    @precondition(lambda self: self.children)
    @rule(pick=picks, subject=st.sampled_from(SUBJECTS), action=st.sampled_from(["open", "block", None]))
    def a_choice_is_made(self, pick: int, subject: str, action: Any) -> None:  # noqa: ANN401 - one of three
        child = self.child(pick)
        choose(self.store, child, subject, action, "Mira", self.now)
        self.choices.pop((child, subject), None)
        if action:
            self.choices[child, subject] = action == "open"

    @rule(pick=picks, site=st.sampled_from(SITES), opens=st.booleans(), hours=st.one_of(st.none(), st.integers(1, 99)))
    def a_rule_is_added(self, pick: int, site: str, hours: int | None, *, opens: bool) -> None:
        child = self.child_or_all(pick)
        until = None if hours is None else self.seconds() + 3600 * hours
        number = add_rule(self.store, child, site, opens=opens, until=until, who="Mira", now=self.now)
        self.rule_holds(number, (child, site, opens, until))

    def rule_holds(self, number: int, one: tuple[int | None, str, bool, int | None]) -> None:
        assert number not in self.named
        self.named = {key: other for key, other in self.named.items() if other[:2] != one[:2]} | {number: one}

    @precondition(lambda self: self.named)
    @rule(pick=picks)
    def a_rule_is_removed(self, pick: int) -> None:
        number = sorted(self.named)[pick % len(self.named)]
        remove_rule(self.store, number, "Mira", self.now)
        del self.named[number]

    @rule(pick=picks, kind=st.sampled_from(KINDS), hours=st.integers(1, 12))
    def a_measure_is_taken(self, pick: int, kind: str, hours: int) -> None:
        child, until = self.child_or_all(pick), self.seconds() + 3600 * hours
        sites = ["kiwix.org"] if kind == "lesson" else []
        number = take_measure(self.store, child, kind, "everything", until, sites, who="Mira", now=self.now)
        assert number not in self.measures
        self.measures = {key: one for key, one in self.measures.items() if one[:2] != (child, kind)}
        self.measures[number] = (child, kind, "everything", until)

    @precondition(lambda self: self.measures)
    @rule(pick=picks)
    def a_measure_ends(self, pick: int) -> None:
        number = sorted(self.measures)[pick % len(self.measures)]
        end_measure(self.store, number, "Mira", self.now)
        del self.measures[number]

    @precondition(lambda self: self.children)
    @rule(pick=picks, subject=st.sampled_from(SUBJECTS), minutes=st.integers(30, 90))
    def a_budget_is_set(self, pick: int, subject: str, minutes: int) -> None:
        child = self.child(pick)
        set_budget(self.store, child, subject, minutes, "Mira", self.now)
        if (child, subject) not in self.budgets:
            self.budgets[child, subject] = {"minutes": minutes, "used": 0, "since": None, "day": None}
        budget = self.budgets[child, subject]
        self.count(budget)
        # what was used beyond a smaller limit is not owed later
        budget["used"] = min(budget["used"], 60 * minutes) if not budget["since"] else budget["used"]
        budget["minutes"] = minutes

    @precondition(lambda self: self.budgets)
    @rule(pick=picks, minutes=st.integers(0, 40), start=st.booleans())
    def a_child_starts_or_stops_its_minutes(self, pick: int, minutes: int, *, start: bool) -> None:
        self.now += timedelta(minutes=minutes)
        child, subject = key = sorted(self.budgets)[pick % len(self.budgets)]
        budget = self.budgets[key]
        self.count(budget)
        left = 60 * budget["minutes"] - budget["used"]
        if not start:
            assert stop_budget(self.store, child, subject, self.now) == left
            budget["since"] = None
        elif left:
            assert start_budget(self.store, child, subject, self.now) == left
            budget["since"] = self.seconds()
        else:
            with pytest.raises(DecisionError):
                start_budget(self.store, child, subject, self.now)

    def count(self, budget: dict[str, Any]) -> None:
        """Move what ran since it was last looked at into what is used; another day begins anew."""
        if budget["day"] != self.now.date():
            budget |= {"used": 0, "since": None, "day": self.now.date()}
        if budget["since"]:
            limit = 60 * budget["minutes"]
            used = min(budget["used"] + self.seconds() - budget["since"], limit)
            # used up they run no more
            budget |= {"used": used, "since": self.seconds() if used < limit else None}

    @precondition(lambda self: self.children)
    @rule(pick=picks, site=st.sampled_from(SITES))
    def a_child_asks(self, pick: int, site: str) -> None:
        child = self.child(pick)
        mine = [one for one in self.requests.values() if one["child"] == child]
        same = [one["id"] for one in mine if one["about"] == site and one["answer"] is None]
        if not same and len(mine) == 10:
            with pytest.raises(DecisionError):
                ask(self.store, child, "open", site, "", self.now)
            return
        number = ask(self.store, child, "open", site, "", self.now)
        assert [number] == same or number not in self.requests
        one = {"id": number, "child": child, "about": site, "answer": None, "made": self.now.date()}
        self.requests.setdefault(number, one)

    @precondition(lambda self: self.requests)
    @rule(pick=picks, yes=st.booleans())
    def a_parent_answers(self, pick: int, *, yes: bool) -> None:
        number = sorted(self.requests)[pick % len(self.requests)]
        request = self.requests[number]
        until = self.seconds() + 900
        answer(self.store, number, yes=yes, words="hm", until=until, who="Mira", now=self.now)
        request["answer"] = "yes" if yes else "no"
        if yes:
            newest = max(one.id for one in read_family(self.store).rules)
            self.rule_holds(newest, (request["child"], request["about"], True, until))

    @precondition(lambda self: self.requests)
    @rule(pick=picks)
    def a_child_saw_the_answer(self, pick: int) -> None:
        number = sorted(self.requests)[pick % len(self.requests)]
        forget_request(self.store, number, self.requests.pop(number)["child"])

    @rule(days=st.sampled_from([0, 1, 6, 30, 200, 700]), hours=st.integers(0, 23))
    def time_goes_by(self, days: int, hours: int) -> None:
        self.now += timedelta(days=days, hours=hours)
        tidy(self.store, self.now)
        self.named = {key: one for key, one in self.named.items() if one[3] is None or one[3] > self.seconds()}
        self.measures = {key: one for key, one in self.measures.items() if one[3] > self.seconds()}
        week_ago = self.now.date() - timedelta(days=7)
        self.requests = {key: one for key, one in self.requests.items() if one["made"] > week_ago}
        for child, one in list(self.children.items()):
            while one["next"] <= self.month() and one["band"] < 5:
                one["band"] += 1
                one["next"] += MONTHS[one["band"]] if one["band"] < 5 else 0
            if one["band"] == 5:
                self.forget(child, adult=True)
        for number, device in list(self.devices.items()):
            waits = not device["adult"] and not device["children"]
            if waits and device["arrived"] <= self.month() - 3:
                del self.devices[number]

    @invariant()
    def the_store_says_the_same(self) -> None:
        family = read_family(self.store)
        assert {child.id: (child.name, child.band.value, child.moves_on) for child in family.children} == {
            number: (one["name"], BANDS[one["band"]], f"{one['next'] // 12}-{one['next'] % 12 + 1:02}")
            for number, one in self.children.items()
        }
        assert {device.id: (device.network, device.is_adults, set(device.children)) for device in family.devices} == {
            number: (one["address"], one["adult"], one["children"]) for number, one in self.devices.items()
        }
        assert {hours.id: hours for hours in family.hours} == self.hours
        assert {(one.child, one.subject): one.opens for one in family.choices} == self.choices
        assert {one.id: (one.child, one.name, one.opens, one.until) for one in family.rules} == self.named
        assert {one.id: (one.child, one.kind, one.subject, one.until) for one in family.measures} == self.measures
        assert {(one.child, one.subject): one.minutes for one in family.budgets} == {
            key: one["minutes"] for key, one in self.budgets.items()
        }
        assert {one.id: (one.child, one.about, one.answer) for one in read_requests(self.store)} == {
            number: (one["child"], one["about"], one["answer"]) for number, one in self.requests.items()
        }

    @invariant()
    def the_log_has_no_name_of_a_site_or_a_child(self) -> None:
        told = " ".join(f"{line.what} {line.detail}" for line in read_log(self.store, at_most=50))
        assert not any(word in told for word in (*SITES, *NAMES, "192.168"))


@pytest.mark.parametrize(
    ("families", "decisions"), [pytest.param(8, 40), pytest.param(300, 60, marks=pytest.mark.thorough)]
)
def test_whatever_a_family_decides_its_store_says_the_same(families: int, decisions: int) -> None:
    run_state_machine_as_test(AFamily, settings=settings(max_examples=families, stateful_step_count=decisions))
