"""Root's rights go back to whom they came from, or the start ends."""

from __future__ import annotations

import os

import pytest

from guardian.errors import StoreError
from guardian.system import privileges
from guardian.system.privileges import Person, become


def test_a_kernel_that_does_not_let_us_is_told_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    for call in ("setgroups", "setgid", "setuid"):
        monkeypatch.setattr(os, call, refuse)
    with pytest.raises(StoreError, match="can't go on as user 1000, who typed sudo: Operation not permitted; start"):
        become(Person(1000, 1000))


def test_core_dumps_are_forbidden_again_after_the_change(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    for call in ("setgroups", "setgid", "setuid"):
        monkeypatch.setattr(os, call, lambda _, call=call: done.append(call))
    monkeypatch.setattr(privileges, "forbid_dumps", lambda: done.append("forbid_dumps"))
    become(Person(1000, 1000))
    assert done == ["setgroups", "setgid", "setuid", "forbid_dumps"]
