"""When a rule with a condition speaks, by type, by name and by who asks."""

from __future__ import annotations

import pytest

from guardian.errors import ListError
from guardian.lists.conditions import MAX_TERMS, Check, Checks, Tail, in_order, is_bounded, unpack_tail
from guardian.model import Asker, Condition
from guardian.wire.names import label_offsets, to_wire

A, AAAA, HTTPS = 1, 28, 65
PHONE = Asker("192.168.1.5", frozenset({"device_phone", "user_child"}))


def holds(condition: Condition, *, name: str = "www.bet.example", qtype: int = A, asker: Asker = PHONE) -> bool:
    wire = to_wire(name)
    return Check(condition).holds(wire, label_offsets(wire), qtype, asker)


def test_an_empty_condition_always_holds() -> None:
    assert holds(Condition())
    assert holds(Condition(), asker=Asker(""))


@pytest.mark.parametrize(
    ("condition", "held"),
    [
        (Condition(types=frozenset({A, HTTPS})), {A, HTTPS}),
        (Condition(not_types=frozenset({A})), {AAAA, HTTPS}),
        (Condition(types=frozenset({A}), not_types=frozenset({A, AAAA})), {A}),
    ],
)
def test_types_that_are_named_count_before_types_that_are_not(condition: Condition, held: set[int]) -> None:
    assert {qtype for qtype in (A, AAAA, HTTPS) if holds(condition, qtype=qtype)} == held


def test_names_left_out_are_left_out_with_all_below() -> None:
    condition = Condition(outside=(to_wire("good.bet.example"), to_wire("other.example")))
    assert holds(condition, name="bet.example")
    assert holds(condition, name="verygood.bet.example")
    assert not holds(condition, name="good.bet.example")
    assert not holds(condition, name="a.b.good.bet.example")


@pytest.mark.parametrize(
    ("condition", "held"),
    [
        (Condition(clients=("192.168.1.5",)), True),
        (Condition(clients=("192.168.1.0/24",)), True),
        (Condition(clients=("192.168.1.9/24",)), True),
        (Condition(clients=("192.168.2.0/24", "fd00::/8", "tablet")), False),
        (Condition(not_clients=("192.168.1.5",)), False),
        (Condition(not_clients=("tablet",)), True),
        (Condition(clients=("192.168.1.0/24",), not_clients=("192.168.1.5",)), False),
        (Condition(clients=("192.168.1.0/24",), not_clients=("192.168.1.6",)), True),
        (Condition(tags=("device_phone", "device_tv")), True),
        (Condition(tags=("device_tv",)), False),
        (Condition(not_tags=("user_child",)), False),
        (Condition(not_tags=("device_tv",)), True),
        (Condition(tags=("device_phone",), not_tags=("user_child",)), False),
        (Condition(tags=("device_phone",), types=frozenset({AAAA})), False),
    ],
)
def test_who_asks_is_told_by_address_network_and_tags(condition: Condition, *, held: bool) -> None:
    assert holds(condition) is held


def test_clients_are_told_by_name_and_in_either_family() -> None:
    assert holds(Condition(clients=("Tablet of Ana",)), asker=Asker("Tablet of Ana"))
    assert holds(Condition(clients=("fd00::/8",)), asker=Asker("fd00::5%eth0"))
    assert holds(Condition(clients=("192.168.1.0/24",)), asker=Asker("::ffff:192.168.1.5"))
    assert not holds(Condition(clients=("192.168.1.0/24",)), asker=Asker("fd00::5"))
    assert not holds(Condition(tags=("device_phone",)), asker=Asker("192.168.1.5"))


def test_two_conditions_that_say_the_same_are_the_same() -> None:
    one = Condition(outside=(b"\1b\0", b"\1a\0"), clients=("b", "a", "a"), tags=("y", "x"))
    other = Condition(outside=(b"\1a\0", b"\1b\0"), clients=("a", "b"), tags=("x", "y", "y"))
    assert in_order(one) == in_order(other)
    assert in_order(one) != in_order(one._replace(not_tags=("x",)))


def test_a_condition_of_too_many_terms_is_too_dear() -> None:
    assert is_bounded(Condition(clients=tuple(map(str, range(MAX_TERMS)))))
    assert not is_bounded(Condition(clients=tuple(map(str, range(MAX_TERMS))), tags=("x",)))


def test_a_rule_of_a_side_table_keeps_all_that_it_says() -> None:
    tail = Tail(1023, 0x3F, 0x8F, 20_000)
    assert unpack_tail(tail.pack()) == tail


def test_a_condition_that_a_damaged_set_lacks_is_a_fault_with_what_to_do() -> None:
    checks = Checks((Condition(),))
    assert checks.hold(0, b"\0", (), A, PHONE)
    assert checks.hold(1, b"\0", (), A, PHONE)
    with pytest.raises(ListError, match="compile it again"):
        checks.hold(2, b"\0", (), A, PHONE)
