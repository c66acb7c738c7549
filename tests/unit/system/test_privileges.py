"""Root's rights go back to whom they came from, or the start ends."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from guardian.errors import StoreError
from guardian.system import privileges
from guardian.system.privileges import Person, become

NOBODY = 65534
CHILD = """
import socket, sys
from guardian.system.privileges import Person, become
become(Person({uid}, {uid}), low_ports={low_ports})
with socket.socket() as low:
    try:
        low.bind(("127.0.0.1", 907))
        print("bound")
    except PermissionError:
        print("refused")
print(open("/proc/self/status").read())
"""
ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root has rights to give back")


class Kernel:
    """Takes every call and does nothing."""

    def __init__(self, done: list[str]) -> None:
        self._done = done

    def prctl(self, *numbers: int) -> int:
        self._done.append(f"prctl {numbers[0]} {numbers[1]}")
        return 0

    def capset(self, *_: bytes) -> int:
        self._done.append("capset")
        return 0


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return what is asked of the kernel, of which nothing happens."""
    calls: list[str] = []
    for call in ("setgroups", "setgid", "setuid"):
        monkeypatch.setattr(os, call, lambda _, call=call: calls.append(call))
    monkeypatch.setattr(privileges, "forbid_dumps", lambda: calls.append("forbid_dumps"))
    monkeypatch.setattr(privileges, "_kernel", lambda: Kernel(calls))
    return calls


def test_a_kernel_that_does_not_let_us_is_told_with_what_to_do(
    done: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "setuid", refuse)
    with pytest.raises(StoreError, match="can't go on as user 1000, who typed sudo: Operation not permitted; start"):
        become(Person(1000, 1000), low_ports=False)
    assert "forbid_dumps" not in done


@pytest.mark.parametrize("low_ports", [False, True])
def test_rights_are_cut_and_core_dumps_forbidden_again_after_the_change(done: list[str], *, low_ports: bool) -> None:
    become(Person(1000, 1000), low_ports=low_ports)
    keep, *change = done
    assert keep == f"prctl 8 {int(low_ports)}"
    assert change == ["setgroups", "setgid", "setuid", "capset", "prctl 38 1", "forbid_dumps"]


@ROOT
@pytest.mark.parametrize(("low_ports", "rights", "result"), [(True, 1 << 10, "bound"), (False, 0, "refused")])
def test_one_right_is_kept_where_it_is_needed_and_no_other(*, low_ports: bool, rights: int, result: str) -> None:
    told = subprocess.run(
        [sys.executable, "-c", CHILD.format(uid=NOBODY, low_ports=low_ports)],
        capture_output=True,
        text=True,
        timeout=20,
        check=True,
    ).stdout
    fields = dict(re.findall(r"^(\w+):\s+(.+)$", told, re.MULTILINE))
    assert told.startswith(result)
    assert [int(fields[name], 16) for name in ("CapInh", "CapPrm", "CapEff", "CapAmb")] == [0, rights, rights, 0]
    assert set(fields["Uid"].split()) == set(fields["Gid"].split()) == {str(NOBODY)}
    assert fields["NoNewPrivs"] == "1"
