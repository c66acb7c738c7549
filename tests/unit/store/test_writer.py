"""One thread writes, one change after the other; who waits hears when it is on the disk."""

from __future__ import annotations

import asyncio
import functools
import sqlite3
import threading
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from guardian.errors import StoreError
from guardian.store.database import read_store
from guardian.store.writer import Writer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

pytestmark = pytest.mark.asyncio
ADD = "INSERT INTO rule (name, action) VALUES (?, 'allow')"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "family.sqlite3"


@pytest_asyncio.fixture
async def writer(path: Path) -> AsyncIterator[Writer]:
    opened = Writer(path, max_waiting=4)
    await opened.open()
    yield opened
    await opened.close()


def add(store: sqlite3.Connection, name: str) -> None:
    store.execute(ADD, (name,))


def names(path: Path) -> list[str]:
    reader = read_store(path)
    found = [name for (name,) in reader.execute("SELECT name FROM rule ORDER BY id")]
    reader.close()
    return found


async def test_what_was_written_is_there_for_everybody(writer: Writer, path: Path) -> None:
    assert await writer.write(lambda store: store.execute(ADD, ("a.example",)).lastrowid) == 1
    assert names(path) == ["a.example"]
    assert await writer.read(lambda store: store.execute("SELECT name FROM rule").fetchall()) == [("a.example",)]


async def test_changes_are_made_in_the_order_in_which_they_come(writer: Writer, path: Path) -> None:
    wanted = [f"{number}.example" for number in range(4)]
    await asyncio.gather(*(writer.write(functools.partial(add, name=name)) for name in wanted))
    assert names(path) == wanted


async def test_a_change_that_fails_leaves_nothing_and_the_next_one_is_made(writer: Writer, path: Path) -> None:
    def half(store: sqlite3.Connection) -> None:
        store.execute(ADD, ("a.example",))
        store.execute(ADD, ("",))

    with pytest.raises(sqlite3.IntegrityError):
        await writer.write(half)
    await writer.write(lambda store: store.execute(ADD, ("b.example",)))
    assert names(path) == ["b.example"]


async def test_no_more_than_so_many_changes_wait(writer: Writer, path: Path) -> None:
    go_on = threading.Event()

    def wait(store: sqlite3.Connection) -> None:
        go_on.wait(10)
        store.execute(ADD, ("a.example",))

    waiting = [asyncio.ensure_future(writer.write(wait)) for _ in range(4)]
    await asyncio.sleep(0)  # each task has begun
    with pytest.raises(StoreError, match="busy"):
        await writer.write(wait)
    go_on.set()
    await asyncio.gather(*waiting)
    assert names(path) == ["a.example"] * 4


async def test_a_change_that_has_begun_is_finished_though_nobody_waits_any_more(writer: Writer, path: Path) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def wait(store: sqlite3.Connection) -> None:
        begun.set()
        go_on.wait(10)
        store.execute(ADD, ("a.example",))

    change = asyncio.ensure_future(writer.write(wait))
    await asyncio.to_thread(begun.wait, 10)
    change.cancel()
    with pytest.raises(asyncio.CancelledError):
        await change
    go_on.set()
    await writer.write(lambda _: None)
    assert names(path) == ["a.example"]


async def test_a_writer_that_is_not_open_says_so(path: Path) -> None:
    writer = Writer(path)
    with pytest.raises(StoreError, match="not open"):
        await writer.write(lambda _: None)
    await writer.close()


async def test_a_store_that_can_not_be_opened_is_told(tmp_path: Path) -> None:
    writer = Writer(tmp_path)
    with pytest.raises(StoreError, match="can't be opened"):
        await writer.open()
    await writer.close()


async def test_nothing_is_said_to_be_kept_in_a_store_that_is_gone(writer: Writer, path: Path) -> None:
    await asyncio.to_thread(path.unlink)
    with pytest.raises(StoreError, match="gone"):
        await writer.write(lambda store: add(store, "one.example"))


async def test_nothing_is_said_to_be_kept_in_a_store_that_was_put_aside(writer: Writer, path: Path) -> None:
    await asyncio.to_thread(path.rename, path.with_name("aside.sqlite3"))
    other = Writer(path)
    await other.open()
    await other.close()
    with pytest.raises(StoreError, match="another file took its place"):
        await writer.write(lambda store: add(store, "one.example"))
    with pytest.raises(StoreError, match="another file took its place"):
        await writer.read(lambda store: store.execute("SELECT name FROM rule").fetchall())
