"""What is stored of a password, and what is no password."""

from __future__ import annotations

import pytest

from guardian.errors import DecisionError
from guardian.web.passwords import check_choice, digest_of, is_same

GOOD = "kafe me qumësht në mëngjes"


def test_a_password_is_known_again_and_no_other_is() -> None:
    digest = digest_of(GOOD)
    assert is_same(GOOD, digest)
    assert not is_same(GOOD + " ", digest)
    assert not is_same("", digest)


def test_one_password_twice_is_stored_differently_and_never_as_it_is() -> None:
    first, second = digest_of(GOOD), digest_of(GOOD)
    assert first != second
    assert GOOD not in first
    assert first.startswith("scrypt-32768-8-1$")


def test_nobody_has_no_password() -> None:
    assert not is_same("", None)
    assert not is_same(GOOD, None)


def test_a_digest_that_would_cost_more_than_ours_is_not_worked_out() -> None:
    assert not is_same(GOOD, digest_of(GOOD).replace("scrypt-32768-", "scrypt-1073741824-"))


@pytest.mark.parametrize(
    "password", ["", "short", "1234", "aaaaaaaaaaaaaaa", "abababababab", "MiraMiraMira", "miramira11", "x" * 201]
)
def test_what_is_easily_guessed_is_refused_in_words(password: str) -> None:
    with pytest.raises(DecisionError, match="four words in a row are good"):
        check_choice(password, "Mira")


def test_a_name_of_one_letter_forbids_no_password_that_has_it() -> None:
    check_choice(GOOD, "k")
