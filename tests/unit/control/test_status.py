"""What needs a person is told with what to do; nothing else is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from guardian.control.status import Status, UpstreamStatus, needs
from tests.unit.control.statuses import WELL

(UPSTREAM,) = WELL.upstreams


def with_set(published: str, days: int | None = 3) -> Status:
    return replace(WELL, set=replace(WELL.set, published=published, days=days))


def with_upstreams(*upstreams: UpstreamStatus) -> Status:
    return replace(WELL, upstreams=upstreams)


def test_where_all_is_well_nobody_is_needed() -> None:
    assert needs(WELL) == ()


def test_a_pause_needs_nobody_it_ends_by_itself() -> None:
    assert needs(replace(WELL, paused_minutes=9, paused_until="14:32")) == ()


def test_a_plain_upstream_that_answers_is_a_choice() -> None:
    assert needs(with_upstreams(replace(UPSTREAM, encrypted=False))) == ()


@pytest.mark.parametrize(
    ("status", "said", "to_do"),
    [
        (with_set("waiting"), "not taken in yet", "guardian reload"),
        (with_set("unusable"), "can't be used", "guardian lists compile"),
        (with_set("missing", None), "lists that ship with guardian", "guardian lists compile"),
        (with_set("in force", 31), "31 days old", "guardian lists compile"),
        (replace(WELL, family_trouble="family.sqlite3: is gone"), "is gone", "family.sqlite3"),
        (replace(WELL, clock_known=False), "what has hours stays closed", "time server"),
        (replace(WELL, reload_trouble="guardian.yaml:3:1: no"), "guardian.yaml:3:1: no", "guardian reload"),
        (with_upstreams(replace(UPSTREAM, trouble="port 853 is closed")), "port 853 is closed", ""),
        (with_upstreams(replace(UPSTREAM, state="silent")), "no upstream answers", "internet"),
        (replace(WELL, networks=replace(WELL.networks, gateway_only=True)), "can't be told apart; enter", "DHCP"),
        (
            replace(WELL, networks=replace(WELL.networks, loose=("192.168.1.0/24 is adult",))),
            "192.168.1.0/24 is adult at clients",
            "name the adults' devices",
        ),
        (
            replace(WELL, networks=replace(WELL.networks, gateway_only=True, named=3)),
            "none of the 3 that are named has its own rules",
            "DHCP",
        ),
    ],
)
def test_what_needs_a_person_is_told_with_what_to_do(status: Status, said: str, to_do: str) -> None:
    (sentence,) = needs(status)
    assert said in sentence
    assert to_do in sentence


def test_one_upstream_of_two_that_is_silent_needs_nobody_yet() -> None:
    assert needs(with_upstreams(UPSTREAM, replace(UPSTREAM, state="silent"))) == ()


def test_a_set_of_a_month_is_not_old() -> None:
    assert needs(with_set("in force", 30)) == ()
