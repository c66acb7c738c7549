"""What people are told of upstreams."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from guardian.config.settings import read_settings
from guardian.daemon.upstreams import DECIDE, LEFT, groups_of, status_of, tell_change
from guardian.resolver.states import UpstreamState

if TYPE_CHECKING:
    import pytest

TEXT = b"""\
upstreams: [{url: "udp://192.0.2.1"}, {url: "tls://192.0.2.2"}, {url: "tls://dns.example", addresses: ["192.0.2.3"]}]
forward: [{zone: home.lan, upstream: "udp://192.168.1.1"}]
"""
SETTINGS = read_settings(TEXT, "guardian.yaml", "/etc/guardian")
BLOCKED = "port 853 does not answer: it may be blocked on this network"
SECURE = UpstreamState("tls://192.0.2.2:853", encrypted=True, state="silent", trouble=BLOCKED, group=0)
PLAIN = UpstreamState("udp://192.0.2.1:53", encrypted=False, state="silent", trouble="it does not answer", group=0)


def said(state: UpstreamState, up: int, caplog: pytest.LogCaptureFixture) -> str:
    with caplog.at_level(logging.INFO, "guardian"):
        tell_change(SETTINGS, state, up)
    (line,) = caplog.messages
    assert "\n" not in line
    return line


def test_the_groups_are_the_default_without_plain_ones_beside_encrypted_and_then_the_zones() -> None:
    assert [[str(one) for one in group] for group in groups_of(SETTINGS)] == [
        ["tls://192.0.2.2:853", "tls://192.0.2.3:853 (dns.example)"],
        ["udp://192.168.1.1:53"],
    ]


def test_the_last_upstream_to_fall_silent_is_told_with_what_works_and_what_an_adult_can_decide(
    caplog: pytest.LogCaptureFixture,
) -> None:
    line = said(SECURE, 0, caplog)
    for part in ("no upstream works", LEFT, "tls://192.0.2.2:853", BLOCKED, DECIDE):
        assert part in line


def test_of_a_plain_upstream_it_is_not_said_that_it_is_never_asked_in_plain_text(
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert DECIDE not in said(PLAIN, 0, caplog)


def test_while_others_answer_that_is_said(caplog: pytest.LogCaptureFixture) -> None:
    line = said(SECURE, 1, caplog)
    assert line == f"tls://192.0.2.2:853 does not work: {BLOCKED}; other upstreams are asked meanwhile"


def test_a_zone_without_its_resolver_is_named(caplog: pytest.LogCaptureFixture) -> None:
    line = said(PLAIN._replace(group=1), 0, caplog)
    assert "home.lan" in line
    assert "no upstream works" not in line


def test_one_that_answers_again_is_told_in_few_words(caplog: pytest.LogCaptureFixture) -> None:
    assert said(SECURE._replace(state="answers", trouble=""), 1, caplog) == "tls://192.0.2.2:853 answers again"


def test_status_says_what_is_wrong_and_what_an_adult_can_decide() -> None:
    assert status_of(SECURE).trouble == f"{BLOCKED}; {DECIDE}"
    assert status_of(PLAIN).trouble == "it does not answer"
    assert status_of(SECURE._replace(state="answers", trouble="")).trouble == ""
