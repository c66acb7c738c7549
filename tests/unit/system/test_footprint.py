"""How much memory is this process's own."""

from __future__ import annotations

from guardian.system.footprint import own_memory


def test_what_this_process_takes_is_counted_in_mebibytes() -> None:
    before = own_memory()
    assert 5 < before < 4096
    block = bytearray(64 << 20)
    block[::4096] = b"x" * len(block[::4096])
    assert 60 <= own_memory() - before <= 70
