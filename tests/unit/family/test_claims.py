"""A device says whose it is, by a code from a parent's phone; no code can be guessed, and none frees a device."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from guardian.errors import DecisionError
from guardian.family.children import add_child
from guardian.family.claims import CODE_SECONDS, DIGITS, MAX_OPEN, MAX_TRIES, claim_device, make_code
from guardian.family.devices import MAX_DEVICES, add_device, assign_device
from guardian.family.log import Did, read_log
from guardian.family.reading import read_family
from guardian.model import Band
from guardian.store.database import transaction

if TYPE_CHECKING:
    import sqlite3
    from datetime import datetime

    from guardian.family.members import Device

T = 1_795_000_000
TABLET, AGAIN = "3c:22:fb:10:20:30", "8e:00:00:00:00:01"


class Parent:
    """A parent who makes codes, and the devices where they are typed."""

    def __init__(self, store: sqlite3.Connection, today: datetime) -> None:
        self.store, self.today = store, today
        self.ana = add_child(store, "Ana", Band.PRIMARY, None, "Mira", today)
        self.ben = add_child(store, "Ben", Band.TEEN, None, "Mira", today)

    def code(self, child: int | None, now: int = T) -> str:
        return make_code(self.store, child, "Mira", now)

    def claim(self, code: str, hardware: str = TABLET, *, now: int = T, instead_of: int | None = None) -> int | None:
        return claim_device(self.store, code, hardware, "tablet", instead_of=instead_of, today=self.today, now=now)

    def own(self, child: int | None, hardware: str = TABLET) -> int:
        """Add a device on the family's page."""
        children = [] if child is None else [child]
        return add_device(
            self.store,
            "tablet",
            hardware=hardware,
            children=children,
            adult=child is None,
            who="Mira",
            today=self.today,
        )

    def devices(self) -> tuple[Device, ...]:
        return read_family(self.store).devices

    def users(self) -> list[tuple[str | None, bool, tuple[int, ...]]]:
        return [(one.hardware, one.is_adults, one.children) for one in self.devices()]


@pytest.fixture
def parent(store: sqlite3.Connection, now: datetime) -> Parent:
    return Parent(store, now)


def other(code: str) -> str:
    """Give a code that is not this one."""
    return f"{(int(code) + 1) % 10**DIGITS:0{DIGITS}d}"


def test_a_new_device_becomes_a_childs(parent: Parent) -> None:
    assert parent.claim(parent.code(parent.ana)) is not None
    assert parent.users() == [(TABLET, False, (parent.ana,))]


def test_a_new_device_becomes_an_adults(parent: Parent) -> None:
    assert parent.claim(parent.code(None)) is not None
    assert parent.users() == [(TABLET, True, ())]


def test_who_made_the_code_stands_in_the_log(parent: Parent) -> None:
    parent.claim(parent.code(parent.ana))
    line = read_log(parent.store)[0]
    assert (line.who, line.what, line.child) == ("Mira", Did.DEVICE_ADDED, parent.ana)


def test_a_code_is_eight_digits_and_may_be_typed_in_groups(parent: Parent) -> None:
    code = parent.code(parent.ana)
    assert len(code) == DIGITS
    assert code.isdigit()
    assert parent.claim(f" {code[:4]} {code[4:]}\n") is not None


def test_a_code_works_once(parent: Parent) -> None:
    code = parent.code(parent.ana)
    assert parent.claim(code) is not None
    assert parent.claim(code, AGAIN) is None
    assert parent.users() == [(TABLET, False, (parent.ana,))]


def test_a_code_is_over_after_ten_minutes(parent: Parent) -> None:
    code = parent.code(parent.ana)
    assert parent.claim(code, now=T + CODE_SECONDS) is None
    assert parent.claim(code, now=T + CODE_SECONDS - 1) is not None


@pytest.mark.parametrize("typed", ["", "1234567", "123456789", "12345678x", "١٢٣٤٥٦٧٨", "'; DROP"])
def test_what_is_no_code_claims_nothing(parent: Parent, typed: str) -> None:
    parent.code(parent.ana)
    assert parent.claim(typed) is None
    assert parent.devices() == ()


def test_ten_wrong_codes_void_every_open_one(parent: Parent) -> None:
    first, second = parent.code(parent.ana), parent.code(parent.ben)
    wrong = next(one for one in map(other, (first, second)) if one not in {first, second})
    for _ in range(MAX_TRIES):
        assert parent.claim(wrong) is None
    assert parent.claim(first) is None
    assert parent.claim(second) is None
    assert parent.claim(parent.code(parent.ana)) is not None


def test_nine_wrong_codes_leave_the_right_one_open(parent: Parent) -> None:
    code = parent.code(parent.ana)
    for _ in range(MAX_TRIES - 1):
        assert parent.claim(other(code)) is None
    assert parent.claim(code) is not None


def test_no_more_codes_are_open_than_the_bound(parent: Parent) -> None:
    for _ in range(MAX_OPEN):
        parent.code(parent.ana)
    with pytest.raises(DecisionError, match="wait ten minutes"):
        parent.code(parent.ana)
    assert parent.code(parent.ana, T + CODE_SECONDS)


def test_the_store_does_not_hold_the_code(parent: Parent) -> None:
    code = parent.code(parent.ana)
    kept = parent.store.execute("SELECT * FROM claim").fetchall()
    assert len(kept) == 1
    assert code not in str(kept)


def test_there_is_no_code_for_a_child_that_there_is_not(parent: Parent) -> None:
    with pytest.raises(DecisionError, match="no such child"):
        parent.code(99)


def test_a_code_goes_with_its_child(parent: Parent) -> None:
    code = parent.code(parent.ben)
    parent.store.execute("DELETE FROM child WHERE id = ?", (parent.ben,))
    assert parent.claim(code) is None


def test_a_childs_device_that_another_child_claims_is_used_by_both(parent: Parent) -> None:
    device = parent.own(parent.ana)
    assert parent.claim(parent.code(parent.ben)) == device
    assert parent.users() == [(TABLET, False, (parent.ana, parent.ben))]


def test_no_code_makes_a_childs_device_an_adults(parent: Parent) -> None:
    parent.own(parent.ana)
    code = parent.code(None)
    with pytest.raises(DecisionError, match="a parent changes that"):
        parent.claim(code)
    assert parent.users() == [(TABLET, False, (parent.ana,))]


def test_a_claim_that_can_t_be_leaves_its_code_open(parent: Parent) -> None:
    parent.own(parent.ana)
    code = parent.code(None)
    with pytest.raises(DecisionError), transaction(parent.store):
        parent.claim(code)
    assert parent.claim(code, AGAIN) is not None


def test_an_adults_device_comes_under_a_childs_rules_on_the_device_alone(parent: Parent) -> None:
    device = parent.own(None)
    with pytest.raises(DecisionError, match="on the device itself"):
        assign_device(parent.store, device, [parent.ana], who="Mira", today=parent.today)
    assert parent.claim(parent.code(parent.ana)) == device
    assert parent.users() == [(TABLET, False, (parent.ana,))]


def test_an_adults_device_may_be_claimed_again_by_an_adult(parent: Parent) -> None:
    device = parent.own(None)
    assert parent.claim(parent.code(None)) == device
    assert parent.users() == [(TABLET, True, ())]


def test_a_device_that_nobody_has_yet_becomes_a_childs(parent: Parent) -> None:
    device = add_device(parent.store, "tablet", hardware=TABLET, who="Mira", today=parent.today)
    assert parent.claim(parent.code(parent.ana)) == device
    assert parent.users() == [(TABLET, False, (parent.ana,))]


@pytest.mark.parametrize("whose", ["ana", None])
def test_a_device_that_changed_its_hardware_address_keeps_its_place(parent: Parent, whose: str | None) -> None:
    child = None if whose is None else parent.ana
    device = parent.own(child)
    assert parent.claim(parent.code(child), AGAIN, instead_of=device) == device
    assert parent.users() == [(AGAIN, child is None, () if child is None else (child,))]


@pytest.mark.parametrize(("owner", "claimant"), [("ana", "ben"), ("ana", None), (None, "ana")])
def test_nobody_takes_the_place_of_anothers_device(parent: Parent, owner: str | None, claimant: str | None) -> None:
    ids = {"ana": parent.ana, "ben": parent.ben, None: None}
    device = parent.own(ids[owner])
    code = parent.code(ids[claimant])
    with pytest.raises(DecisionError, match="claim this one as a new device"):
        parent.claim(code, AGAIN, instead_of=device)
    assert [one.hardware for one in parent.devices()] == [TABLET]


def test_a_house_full_of_devices_takes_no_more(parent: Parent) -> None:
    for number in range(MAX_DEVICES):
        parent.own(parent.ana, f"66:00:00:00:{number >> 8:02x}:{number & 0xFF:02x}")
    with pytest.raises(DecisionError, match="remove some"):
        parent.claim(parent.code(parent.ana))
