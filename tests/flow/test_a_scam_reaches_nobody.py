"""Malicious software is closed for the whole house, parents included, and called by its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.flow.conftest import Home


def test_everyone_is_told_of_a_threat(home: Home) -> None:
    for device in home.everyone:
        told = home.ask(device, "www.flexispy.com")
        assert (told.rcode, told.error, told.asked) == ("NXDOMAIN", (15, "malware"), ()), device
