"""A process that has forbidden it leaves no picture of its memory."""

from __future__ import annotations

import ctypes
import subprocess
import sys
from types import SimpleNamespace

import pytest

from guardian.errors import StoreError
from guardian.system.memory import forbid_dumps

TELL = """
import ctypes, resource
from guardian.system.memory import forbid_dumps
dumpable = lambda: ctypes.CDLL(None).prctl(3, 0, 0, 0, 0)
before = dumpable()
forbid_dumps()
print(before, dumpable(), *resource.getrlimit(resource.RLIMIT_CORE))
"""


def test_the_kernel_is_told_to_write_no_core_file() -> None:
    done = subprocess.run([sys.executable, "-c", TELL], capture_output=True, text=True, timeout=20, check=True)
    assert done.stdout.split() == ["1", "0", "0", "0"]


def test_a_kernel_that_refuses_is_a_fault_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctypes, "CDLL", lambda *_, **__: SimpleNamespace(prctl=lambda *_: -1))
    monkeypatch.setattr("resource.setrlimit", lambda *_: None)
    with pytest.raises(StoreError, match="core dumps can't be forbidden"):
        forbid_dumps()
