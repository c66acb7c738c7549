"""The tour ends, whatever happens to the guide."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from guardian.cli import demo_command
from guardian.daemon.daemon import Daemon
from guardian.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import Done


@pytest.mark.parametrize("said", ["no room for its sockets", ""])
def test_a_server_that_never_answers_ends_the_tour_with_the_reason(
    guardian: Callable[..., Done], monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    async def serve(daemon: Daemon, _: Callable[[], None]) -> None:
        daemon._listening.close()
        if said:
            raise StoreError(said)

    monkeypatch.setattr(Daemon, "serve", serve)
    tour = demo_command._tour
    monkeypatch.setattr(demo_command, "_tour", lambda folder: asyncio.wait_for(tour(folder), 10))
    done = guardian("demo")
    assert done.code == 1
    assert done.err == f"guardian: {said or 'guardian ended before it could answer'}\n"
