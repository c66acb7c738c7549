"""A real `guardian dns` in bad hours: the upstream falls silent, one packet is poison, a part of it dies."""

from __future__ import annotations

import contextlib
import socket
import sys
import time
from typing import TYPE_CHECKING

import dns.message
import dns.query
import dns.rcode
import pytest

from tests.live.authority import ADDRESS, Behaviour
from tests.live.conftest import SECONDS, Guardian, ask

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.live.authority import Asked, Authority

GAMBLING = "gambling.guardian.example"
PATIENCE = 1.8
"""Seconds that a device waits at most (RFC 8767 section 5)."""
SLACK = 1.0
"""Seconds that a busy machine may take more."""


def errors(answer: dns.message.Message) -> list[str]:
    return [option.to_text() for option in answer.options]


def learned(guardian: Guardian, names: list[str]) -> None:
    for name in names:
        assert ask(guardian.port, name).answer


def test_names_that_were_asked_before_stay_while_the_upstream_is_silent(
    house: Path, authority: Authority, start: Callable[..., Guardian]
) -> None:
    authority.otherwise = Behaviour(ttl=1)
    guardian = start(house).ready()
    names = [f"known-{number}.example" for number in range(20)]
    learned(guardian, [*names, "last.example"])
    authority.otherwise = Behaviour(silent=True)
    # answered at once until its second is over, and by then the others' is over, too
    while not errors(ask(guardian.port, "last.example")):
        pass
    began = time.monotonic()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker:
        asker.settimeout(SECONDS)
        for number, name in enumerate(names):
            query = dns.message.make_query(name, "A", use_edns=0, id=number)
            asker.sendto(query.to_wire(), ("127.0.0.1", guardian.port))
        answers = [dns.message.from_wire(asker.recv(4096)) for _ in names]
    assert time.monotonic() - began < PATIENCE + SLACK
    assert {one.id for one in answers} == set(range(20))
    for one in answers:
        assert ADDRESS in str(one.answer)
        assert errors(one) == ["EDE 3 (Stale Answer)"]
        assert [rrset.ttl for rrset in one.answer] == [30]
    # once the resolver has given up, nobody waits any more
    deadline = time.monotonic() + SECONDS
    while (taken := _seconds_for(guardian, names[0])) > PATIENCE / 2:
        assert time.monotonic() < deadline, "each one who asks waits anew"
    assert taken < PATIENCE / 2
    # and when it is back, it is heard
    authority.otherwise = Behaviour()
    while errors(ask(guardian.port, names[0])):
        assert time.monotonic() < deadline + SECONDS, "the upstream is back, and guardian does not see it"


def _seconds_for(guardian: Guardian, name: str) -> float:
    began = time.monotonic()
    answer = ask(guardian.port, name)
    assert ADDRESS in str(answer.answer)
    assert errors(answer) == ["EDE 3 (Stale Answer)"]
    return time.monotonic() - began


LIFE = 5
RENEWING = f"""
import sys
import guardian.engine.answers
from guardian.cli.main import main

guardian.engine.answers.SHORTEST_RENEWED = {LIFE}
raise SystemExit(main(["dns", "--config", sys.argv[1]]))
"""
"""Guardian that finds so short a life worth renewing: twenty seconds would be long for a test."""


def test_what_is_asked_near_its_end_is_asked_upstream_before_it_ends(house: Path, authority: Authority) -> None:
    authority.behaviours["wanted.example"] = Behaviour(ttl=LIFE)
    with Guardian(house, program=(sys.executable, "-c", RENEWING, str(house))) as guardian:
        guardian.ready()
        _ask_until_renewed(guardian, authority)


def _ask_until_renewed(guardian: Guardian, authority: Authority) -> None:
    learned(guardian, ["wanted.example"])
    ends = time.monotonic() + LIFE

    def renewed(asked: list[Asked]) -> bool:
        return [one.name.lower() for one in asked].count("wanted.example.") == 2

    while not renewed(authority.asked):
        assert time.monotonic() < ends, "it has ended, and nobody has asked for it anew"
        began = time.monotonic()
        assert ask(guardian.port, "wanted.example").answer[0].ttl == LIFE
        assert time.monotonic() - began < SLACK
        with contextlib.suppress(AssertionError):
            authority.wait_until(renewed, 0.05)
    assert ends - time.monotonic() < LIFE / 5, "it was asked for anew long before its end"
    assert ask(guardian.port, "wanted.example").answer


# --- faults of our own ------------------------------------------------------------------------------------------------

POISONED = """
import sys
from guardian.cli.main import main
from guardian.engine.engine import Engine

walk = Engine.{method}

def poisoned(self, *words, **more):
    if b"zogu-i-helmuar" in repr(words).encode():
        raise RuntimeError(repr(words))
    return walk(self, *words, **more)

Engine.{method} = poisoned
raise SystemExit(main(["dns", "--config", sys.argv[1]]))
"""


@pytest.mark.parametrize("method", ["replay", "receive_query", "receive_answer", "receive_failure", "keep", "finish"])
def test_a_packet_that_guardian_stumbles_over_costs_no_other_one_and_is_not_told_of(
    house: Path, authority: Authority, method: str
) -> None:
    authority.behaviours["zogu-i-helmuar.fails.example"] = Behaviour(rcode=dns.rcode.SERVFAIL)
    poison = "zogu-i-helmuar.fails.example" if method == "receive_failure" else "zogu-i-helmuar.example"
    program = (sys.executable, "-c", POISONED.format(method=method), str(house))
    with Guardian(house, program=program) as guardian:
        guardian.ready()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker:
            asker.settimeout(SECONDS)
            for number in range(40):
                name = poison if number % 2 else f"{number}.{GAMBLING}"
                query = dns.message.make_query(name, "A", id=number)
                asker.sendto(query.to_wire(), ("127.0.0.1", guardian.port))
            answers = {int.from_bytes(asker.recv(4096)[:2], "big") for _ in range(20)}
        assert answers == set(range(0, 40, 2))
        line = guardian.wait_for("RuntimeError at ")
        assert "please report this" in line
        assert ADDRESS in str(ask(guardian.port, "school.example").answer)
        for trace in ("helmuar", "127.0.0.1:", "fails", "Traceback"):
            assert trace not in guardian.log()
        assert guardian.stop() == 0


DYING = """
import sys
import guardian.daemon.daemon
from guardian.cli.main import main

def die(self, *words):
    raise ValueError("zogu-i-fshehte")

guardian.daemon.daemon.FORGET_SECONDS = 0.05
guardian.daemon.daemon.{part} = die
raise SystemExit(main(["dns", "--config", sys.argv[1]]))
"""


@pytest.mark.parametrize("part", ["Engine.forget", "Daemon._published"])
def test_a_part_that_dies_ends_the_program_with_an_error(house: Path, part: str) -> None:
    with Guardian(house, program=(sys.executable, "-c", DYING.format(part=part), str(house))) as guardian:
        guardian.ready()
        if part == "Daemon._published":
            guardian.reload()
        assert guardian.process.wait(SECONDS) == 1
        guardian.wait_for("ValueError at ")
        guardian.wait_for("a part of guardian ended before its time")
        assert "zogu" not in guardian.log()
        assert "Traceback" not in guardian.log()
