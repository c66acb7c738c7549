"""One line of a dnsmasq configuration at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from guardian.lists.hostname import Refusal
from guardian.lists.objection import Objection
from guardian.model import Format

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize("option", ["address", "local", "server"])
@pytest.mark.parametrize(
    "target", ["", "0.0.0.0", "127.0.0.1", "::", "::1", "192.0.2.1", "2001:db8::1", "127.0.0.1#53"]
)
def test_every_form_blocks_a_name_and_all_below(told: Callable[..., list[str]], option: str, target: str) -> None:
    assert told(f"{option}=/A.example/{target}", Format.DNSMASQ) == ["block a.example and below"]


@pytest.mark.parametrize(
    ("line", "meaning"),
    [
        ("address=/a.example/#", ["block a.example and below"]),
        ("server=/a.example/#", ["open a.example and below"]),
        ("local=/a.example/#", ["open a.example and below"]),
        ("address=/a.example/b.example/0.0.0.0", ["block a.example and below", "block b.example and below"]),
        ("server=/a.example/b.example/#", ["open a.example and below", "open b.example and below"]),
        ("address=/*star.example/#", ["block star.example^"]),
        ("address=/*.a.example/#", ["block below a.example"]),
        ("address=/.a.example/", ["block a.example and below"]),
        ("address=/a.example./", ["block a.example and below"]),
        ("address=/a_b.example/ # why", ["block a_b.example and below"]),
        ("  address = /a.example/0.0.0.0\r", ["block a.example and below"]),
        ("address=/ä.example/", ["block xn--4ca.example and below"]),
        ("# address=/a.example/", []),
        ("address=/localhost/127.0.0.1", ["1 local name"]),
        ("address=/192.0.2.1/", ["1 address"]),
        ("no-resolv", ["1 ignored"]),
        ("server=192.0.2.1", ["1 ignored"]),
        ("bogus-nxdomain=192.0.2.1", ["1 ignored"]),
        ("address=/#/0.0.0.0", [f"1: {Objection.TOO_WIDE}"]),
        ("server=//", [f"1: {Objection.TOO_WIDE}"]),
        ("address=/com/", [f"1: {Refusal.SINGLE_LABEL}"]),
        ("address=/a*.example/", [f"1: {Refusal.STAR}"]),
        ("address=/*com/", [f"1: {Objection.WHOLE_LABEL}"]),
        ("address=/*a*b.example/", [f"1: {Refusal.STAR}"]),
        ("address=/a.example", [f"1: {Objection.NOT_DNSMASQ}"]),
        ("a.example", [f"1: {Objection.NOT_DNSMASQ}"]),
        ("0.0.0.0 a.example", [f"1: {Objection.NOT_DNSMASQ}"]),
    ],
)
def test_what_a_line_means(told: Callable[..., list[str]], line: str, meaning: list[str]) -> None:
    assert told(line, Format.DNSMASQ) == meaning


def test_a_bad_name_costs_only_itself(told: Callable[..., list[str]]) -> None:
    assert told("local=/a.example/com/b.example/", Format.DNSMASQ) == [
        "block a.example and below",
        "block b.example and below",
        f"1: {Refusal.SINGLE_LABEL}",
    ]
