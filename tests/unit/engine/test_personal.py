"""Rules for single devices: what one is told is no ready reply for another of the same policy."""

from __future__ import annotations

import io

from guardian.engine.engine import Engine
from guardian.lists.compiler import Compiler
from guardian.lists.domain_set import DomainSet
from guardian.lists.set_file import ListInfo
from guardian.model import Condition, ListKind, Reason, Reply, Rule
from guardian.wire.names import to_wire
from tests.unit.engine.conftest import House, generation_over

T = 1000.0
ANNA, BEN = "192.168.1.21", "192.168.1.22"


def test_a_rule_for_one_device_is_never_told_to_its_neighbour_from_memory() -> None:
    compiler, output = Compiler(io.BytesIO(), io.BytesIO()), io.BytesIO()
    for_anna = Rule(to_wire("game.example"), True, True, False, False, 1, condition=Condition(clients=(ANNA,)))
    compiler.add(ListInfo("family", "family", ListKind.BLOCK, "gambling", ""), [for_anna])
    compiler.write(output)
    engine = Engine(generation_over(DomainSet(memoryview(output.getvalue()))))
    house = House(engine)
    packet = house.packet("game.example")
    for _ in range(3):
        denied = house.ask(packet, ANNA, T)
        assert isinstance(denied, Reply)
        assert denied.reason is Reason.CATEGORY
        engine.finish(denied, packet, T)
    assert engine.replay(packet, BEN, T) is None
    assert not isinstance(house.ask(packet, BEN, T), Reply)
