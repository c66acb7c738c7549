"""Somebody outside the house asks: a short no, and no help to flood others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.flow.conftest import Home


@pytest.mark.parametrize("name", ["weather.example", "1xbet.com", "printer.home.lan", "alo116.al"])
def test_a_stranger_is_refused_whatever_is_asked(home: Home, name: str) -> None:
    home.ask(home.six, name)
    home.ask(home.six, name)
    told = home.ask(home.stranger, name)
    assert (told.rcode, told.addresses, told.asked, told.message.edns) == ("REFUSED", [], (), -1)
    assert not told.message.authority
