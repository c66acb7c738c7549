"""What `sudo` started gives root's rights back, and what runs is closed to all but root."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import dns.rcode
import pytest

from tests.live.conftest import PROGRAM, Guardian, ask, publish
from tests.live.test_listen import WHY_NOT, in_machine, machine, served

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.live.town import Device

NOBODY = 65534
CAP_NET_BIND_SERVICE = 1 << 10
__all__ = ["machine"]


def as_nobody(*words: str) -> tuple[str, ...]:
    """Give the words that run a program as a user without rights; of a test that is one, the words alone."""
    return words if os.geteuid() else ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", *words)


def test_no_other_program_of_its_user_may_look_into_its_memory(house: Path, compiled: Path) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        publish(compiled, folder / "state")
        config = folder / "guardian.yaml"
        config.write_bytes(house.read_bytes())
        tried = subprocess.run(as_nobody(*PROGRAM, "--version"), capture_output=True, timeout=20, check=False)
        if tried.returncode:
            pytest.skip("this checkout is closed to a user without rights")
        with Guardian(config, program=as_nobody(*PROGRAM, "dns", "--config", str(config))) as guardian:
            guardian.ready()
            process = Path(f"/proc/{guardian.process.pid}")
            user = re.search(r"^Uid:\s+(\d+)", (process / "status").read_text(encoding="utf-8"), re.MULTILINE)
            assert user
            assert int(user[1]) != 0
            # proc(5): what is not dumpable belongs to root there
            assert (process / "mem").stat().st_uid == 0


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


@pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT or "-")
def test_what_sudo_started_at_port_53_of_every_address_listens_at_later_ones_too(machine: Device, house: Path) -> None:
    sudo = {"SUDO_UID": str(NOBODY), "SUDO_GID": str(NOBODY)}
    with in_machine(machine, house, environment=sudo) as guardian:
        guardian.ready()
        status = Path(f"/proc/{guardian.process.pid}/status").read_text(encoding="utf-8")
        fields = dict(line.split(":", 1) for line in status.splitlines())
        assert set(fields["Uid"].split()) == {str(NOBODY)}
        assert int(fields["CapEff"], 16) == CAP_NET_BIND_SERVICE
        machine.ip("address", "add", "10.9.0.1/24", "dev", "lo")
        guardian.wait_for("also answering on 10.9.0.1")
        assert served(machine, "10.9.0.1")
