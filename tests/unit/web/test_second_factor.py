"""Codes of authenticator apps, by the vectors of their RFCs."""

from __future__ import annotations

import base64

import pytest

from guardian.web.second_factor import STEP, address_of, code_at, is_secret, new_secret, step_of

SECRET = base64.b32encode(b"12345678901234567890").decode()
"""Of RFC 4226 appendix D and RFC 6238 appendix B."""


@pytest.mark.parametrize(
    ("count", "code"),
    list(
        enumerate(["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"])
    ),
)
def test_the_vectors_of_rfc_4226(count: int, code: str) -> None:
    assert code_at(SECRET, count) == code


@pytest.mark.parametrize(
    ("moment", "code"),
    [
        (59, "287082"),
        (1_111_111_109, "081804"),
        (1_111_111_111, "050471"),
        (1_234_567_890, "005924"),
        (2_000_000_000, "279037"),
        (20_000_000_000, "353130"),
    ],
)
def test_the_vectors_of_rfc_6238(moment: int, code: str) -> None:
    assert code_at(SECRET, moment // STEP) == code
    assert step_of(SECRET, code, moment, last=0) == moment // STEP


@pytest.mark.parametrize(("off", "fits"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_be_a_step_off_and_no_more(off: int, fits: bool) -> None:  # noqa: FBT001 - a parameter of the table
    step = 1000
    assert (step_of(SECRET, code_at(SECRET, step + off), step * STEP + 7, last=0) == step + off) is fits


def test_a_code_is_good_once_and_so_is_an_older_one_after_it() -> None:
    now = 1000 * STEP
    assert step_of(SECRET, code_at(SECRET, 1000), now, last=1000) is None
    assert step_of(SECRET, code_at(SECRET, 999), now, last=1000) is None
    assert step_of(SECRET, code_at(SECRET, 1001), now, last=1000) == 1001


@pytest.mark.parametrize(
    "code", ["", "0", "12345", "1234567", "\uff17\uff15\uff15\uff12\uff12\uff14", "abcdef", "75522 4"]
)
def test_what_is_no_code_is_wrong_and_no_fault(code: str) -> None:
    assert step_of(SECRET, code, 0, last=-1) is None


def test_secrets_differ_and_are_read_back() -> None:
    secrets = {new_secret() for _ in range(10)}
    assert len(secrets) == 10
    assert all(map(is_secret, secrets))
    assert not any(map(is_secret, ["", "AAAA", SECRET + "AAAAAAAA", SECRET.lower(), "1" * 32, "é" * 32]))


def test_the_address_for_a_qr_code_holds_a_name_that_breaks_nothing() -> None:
    assert address_of(SECRET, "Mira & Ana?x=1") == (
        f"otpauth://totp/guardian:Mira%20%26%20Ana%3Fx%3D1?secret={SECRET}&issuer=guardian"
    )
