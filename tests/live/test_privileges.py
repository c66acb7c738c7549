"""What `sudo` started gives root's rights back."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import dns.rcode
import pytest

from tests.live.conftest import ask

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.live.conftest import Guardian

NOBODY = 65534


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has rights to give back")
def test_what_sudo_started_answers_as_the_person_who_typed_it(
    house: Path, start: Callable[..., Guardian], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUDO_UID", str(NOBODY))
    monkeypatch.setenv("SUDO_GID", str(NOBODY))
    guardian = start(house).ready()
    status = Path(f"/proc/{guardian.process.pid}/status").read_text(encoding="utf-8")
    fields = dict(line.split(":", 1) for line in status.splitlines())
    assert set(fields["Uid"].split()) == {str(NOBODY)}
    assert set(fields["Gid"].split()) == {str(NOBODY)}
    assert fields["Groups"].split() == []
    assert int(fields["CapEff"], 16) == 0
    assert ask(guardian.port, "gambling.guardian.example").rcode() == dns.rcode.NXDOMAIN
