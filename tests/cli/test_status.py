"""How guardian is doing, as a person reads it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from guardian.cli import status_command
from guardian.cli.status_command import lines
from tests.unit.control.statuses import WELL

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import Done


def test_a_fact_a_line_and_short() -> None:
    assert list(lines(WELL)) == [
        "guardian 0.1.0 (pure Python), running for 3 h 20 min",
        "answers on  192.168.1.2:53",
        "            [fd00::2]:53",
        "lists       2638 names of 208 lists (b236baef1f14), 3 days old",
        "            your oldest: our-list, 400 days",
        "upstreams   tls://9.9.9.9:853 (dns.quad9.net): answers, encrypted",
        "networks    2 networks of this machine may ask",
        "filtering   on",
        "memory      26 MiB",
    ]


def test_a_pause_a_plain_upstream_and_a_router_are_said() -> None:
    status = replace(
        WELL,
        minutes=1500,
        paused_minutes=9,
        paused_until="14:32",
        upstreams=(replace(WELL.upstreams[0], encrypted=False, state="silent"),),
        networks=replace(WELL.networks, local=0, gateway_only=True),
        set=replace(WELL.set, days=None, oldest=()),
    )
    text = "\n".join(lines(status))
    for said in (
        "running for 1 d 1 h",
        "paused until 14:32 (`guardian resume` ends it)",
        "silent, plain: who carries it can read every name",
        "those in dns.allow_from and clients may ask, all questions come from the router",
        "compiled in memory",
    ):
        assert said in text


@pytest.mark.parametrize(("trouble", "code", "last"), [("", 0, "all is well"), ("mend it", 1, "to do       the last")])
def test_it_ends_with_1_where_something_needs_a_person(
    guardian: Callable[..., Done], monkeypatch: pytest.MonkeyPatch, trouble: str, code: int, last: str
) -> None:
    monkeypatch.setattr(status_command, "told", lambda *_: replace(WELL, reload_trouble=trouble))
    done = guardian("status")
    assert done.code == code
    assert done.out.splitlines()[-1].startswith(last)
    told = guardian("status", "--json").json
    assert (told["ok"], bool(told["needs"])) == (not trouble, bool(trouble))


def test_it_is_coloured_at_a_terminal_alone_and_never_where_no_color_is_set(
    guardian: Callable[..., Done], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(status_command, "told", lambda *_: replace(WELL, reload_trouble="no"))
    assert "\x1b" not in guardian("status").out
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[1mto do" in guardian("status").out
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in guardian("status").out
