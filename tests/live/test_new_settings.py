"""New settings on SIGHUP: in force without losing a question, or the last good ones stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

import dns.rcode

from tests.live.authority import Authority
from tests.live.conftest import BANDS, ask, write_config

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.live.conftest import Guardian


def test_a_new_band_a_new_record_and_a_new_upstream_are_in_force_after_sighup(
    house: Path, authority: Authority, start: Callable[..., Guardian]
) -> None:
    guardian = start(house).ready()
    assert ask(guardian.port, "games.guardian.example", device=BANDS["6-9"]).rcode() == dns.rcode.NOERROR
    assert ask(guardian.port, "kept.example").answer
    before = authority.names().count("kept.example")
    with Authority() as other:
        text = write_config(house.parent, other.url, unknown="10-12").read_text(encoding="utf-8")
        text = text.replace(f'{BANDS["6-9"]}/32, band: "6-9"', f'{BANDS["6-9"]}/32, band: "0-5"')
        house.write_text(text + "records:\n  - {name: printer.home.lan, address: 192.168.1.9}\n", encoding="utf-8")
        guardian.reload()
        guardian.wait_for("answering on", times=2)
        assert ask(guardian.port, "games.guardian.example", device=BANDS["6-9"]).rcode() == dns.rcode.NXDOMAIN
        assert "192.168.1.9" in ask(guardian.port, "printer.home.lan").answer[0].to_text()
        assert ask(guardian.port, "kept.example").answer
        assert other.names().count("kept.example") == 1
    assert authority.names().count("kept.example") == before


def test_settings_with_a_fault_leave_the_last_good_ones_in_force(house: Path, start: Callable[..., Guardian]) -> None:
    guardian = start(house).ready()
    house.write_text("dns: {block_mode: nxdomian}\n", encoding="utf-8")
    guardian.reload()
    said = guardian.wait_for("the last good one stays in force")
    assert "did you mean 'nxdomain'" in said
    assert ask(guardian.port, "gambling.guardian.example").rcode() == dns.rcode.NXDOMAIN
    assert ask(guardian.port, "open.example").answer
