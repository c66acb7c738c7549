"""A pause begins, is renewed, goes through a reload and ends, without a socket and without waiting."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from guardian.cli.house import shipped_categories, shipped_safe_search
from guardian.config.settings import Settings
from guardian.daemon import pausing as module
from guardian.daemon.generation import generation_of, policies_of
from guardian.daemon.parts import Parts
from guardian.daemon.pausing import Pausing
from guardian.engine.engine import Engine
from guardian.engine.explanation import explain, question_of
from guardian.lists.domain_set import DomainSet
from guardian.system.paths import State, blocklists
from guardian.update.compilation import Workshop, compile_in_memory
from guardian.wire.names import to_wire

if TYPE_CHECKING:
    from pathlib import Path

    from guardian.engine.generation import Generation

GAMBLING = question_of(to_wire("gambling.guardian.example"), 1, "127.0.0.1")


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Parts:
    """Return the parts of a house that has nothing of its own."""
    shipped = blocklists()
    folder: Path = tmp_path_factory.mktemp("state")
    settings = Settings(state=str(folder))
    tables = shipped_categories(shipped), shipped_safe_search(shipped)
    compiled = compile_in_memory(Workshop(shipped, settings.lists))
    return Parts(settings, State(folder), *tables, lambda: compiled)


@pytest.fixture
def usual(parts: Parts) -> Generation:
    """Return what decides outside a pause."""
    return generation_of(parts, DomainSet(parts.embedded()))


def is_closed(generation: Generation) -> bool:
    return explain(GAMBLING, generation, "13-15").verdict == "block"


def test_a_pause_opens_and_its_end_closes(parts: Parts, usual: Generation) -> None:
    async def story() -> None:
        engine = Engine(usual)
        pausing = Pausing(engine)
        assert (pausing.on, pausing.until, pausing.minutes_left(), pausing.end()) == (False, None, None, False)
        until = await pausing.begin(15, parts)
        assert not is_closed(engine.generation)
        assert is_closed(pausing.usual_generation())
        assert (pausing.on, pausing.until, pausing.minutes_left()) == (True, until, 15)
        assert pausing.end()
        assert is_closed(engine.generation)
        assert (pausing.on, pausing.until, pausing.minutes_left()) == (False, None, None)

    asyncio.run(story())


def test_its_time_ends_it_and_a_second_pause_sets_another(
    parts: Parts, usual: Generation, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story() -> None:
        loop = asyncio.get_running_loop()
        calls: list[tuple[float, object]] = []
        called = loop.call_later

        def call_later(delay: float, call: object, *words: object) -> asyncio.TimerHandle:
            calls.append((delay, call))
            return called(delay, call, *words)  # type: ignore[arg-type]

        monkeypatch.setattr(loop, "call_later", call_later)
        engine = Engine(usual)
        pausing = Pausing(engine)
        await pausing.begin(60, parts)
        await pausing.begin(5, parts)
        assert [delay for delay, _ in calls] == [3600, 300]
        assert pausing.minutes_left() == 5
        # the second one's timer
        assert calls[-1][1] == pausing.end
        pausing.end()
        assert is_closed(engine.generation)

    asyncio.run(story())


def test_what_changes_meanwhile_stays_when_it_ends(parts: Parts, usual: Generation) -> None:
    async def story() -> None:
        engine = Engine(usual)
        pausing = Pausing(engine)
        await pausing.begin(15, parts)
        inside = frozenset({to_wire("work.example")})
        engine.replace(replace(engine.generation, inside_names=inside))
        pausing.end()
        assert engine.generation.inside_names == inside
        assert is_closed(engine.generation)

    asyncio.run(story())


def test_a_reload_during_it_keeps_it_and_its_end_brings_the_new_rules(parts: Parts, usual: Generation) -> None:
    async def story() -> None:
        engine = Engine(usual)
        pausing = Pausing(engine)
        await pausing.begin(15, parts)
        fresh = generation_of(parts, DomainSet(parts.embedded()))
        engine.replace(pausing.applied(fresh, policies_of(parts, fresh.domains, paused=True)))
        assert not is_closed(engine.generation)
        pausing.end()
        assert engine.generation.policies is fresh.policies

    asyncio.run(story())


def test_a_reload_that_outlasts_it_brings_the_usual_rules(parts: Parts, usual: Generation) -> None:
    async def story() -> None:
        engine = Engine(usual)
        pausing = Pausing(engine)
        await pausing.begin(15, parts)
        fresh = generation_of(parts, DomainSet(parts.embedded()))
        loose = policies_of(parts, fresh.domains, paused=True)
        pausing.end()
        engine.replace(pausing.applied(fresh, loose))
        assert is_closed(engine.generation)

    asyncio.run(story())


def test_too_little_memory_leaves_filtering_on(
    parts: Parts, usual: Generation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise MemoryError

    async def story() -> None:
        monkeypatch.setattr(module, "policies_of", full)
        engine = Engine(usual)
        pausing = Pausing(engine)
        with pytest.raises(MemoryError):
            await pausing.begin(15, parts)
        assert not pausing.on
        assert is_closed(engine.generation)

    asyncio.run(story())
