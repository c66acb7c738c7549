"""What is sealed opens for who knows the passphrase, whole or not at all."""

from __future__ import annotations

import hashlib

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from guardian.errors import TrustError
from guardian.trust import sealed
from guardian.trust.sealed import MAGIC, MAX_SEALED, seal, unseal

PLAIN = b'{"children": "\xf0\x9f\xa6\x8a"}'
WORDS = "katër fjalë të gjata"


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a guess cost little: what is tested here is not how dear it is."""
    monkeypatch.setattr(sealed, "_COST", 10)
    monkeypatch.setattr(sealed, "_LEAST_COST", 10)


def test_the_passphrase_opens_what_it_sealed() -> None:
    assert unseal(seal(PLAIN, WORDS), WORDS) == PLAIN


def test_the_form_is_the_one_that_the_document_describes() -> None:
    """The table of docs/backup.md, followed by hand."""
    made = seal(PLAIN, "dhe\u0308mbe\u0308t e gjata")
    head, rest = made[:48], made[48:]
    assert (head[:16], head[16]) == (b"guardian backup\n", 1)
    words = "dh\u00ebmb\u00ebt e gjata".encode()
    key = hashlib.scrypt(words, salt=head[20:36], n=2 ** head[17], r=head[18], p=head[19], maxmem=2**26, dklen=32)
    assert AESGCM(key).decrypt(head[36:48], rest, head) == PLAIN


def test_an_empty_text_is_sealed_too() -> None:
    assert unseal(seal(b"", WORDS), WORDS) == b""


def test_a_sealed_file_shows_nothing_of_what_it_holds() -> None:
    text = b"Ana and her tablet " * 100
    made = seal(text, WORDS)
    assert made.startswith(MAGIC)
    assert b"Ana" not in made


def test_the_same_is_never_sealed_the_same_twice() -> None:
    assert seal(PLAIN, WORDS)[len(MAGIC) + 4 :] != seal(PLAIN, WORDS)[len(MAGIC) + 4 :]


def test_letters_typed_on_another_system_are_the_same_passphrase() -> None:
    assert unseal(seal(PLAIN, "dh\u00ebmb\u00ebt"), "dhe\u0308mbe\u0308t") == PLAIN


@pytest.mark.parametrize("other", ["", "Katër fjalë të gjata", WORDS + " ", WORDS[:-1]])
def test_another_passphrase_opens_nothing(other: str) -> None:
    with pytest.raises(TrustError, match="passphrase is not the one"):
        unseal(seal(PLAIN, WORDS), other)


def test_no_octet_can_be_changed() -> None:
    made = seal(PLAIN, WORDS)
    for place in range(len(made)):
        changed = bytearray(made)
        changed[place] ^= 0x01
        with pytest.raises(TrustError):
            unseal(bytes(changed), WORDS)


def test_nothing_can_be_cut_off_or_added() -> None:
    made = seal(PLAIN, WORDS)
    for other in (*(made[:length] for length in range(len(made))), made + b"\0"):
        with pytest.raises(TrustError):
            unseal(other, WORDS)


@pytest.mark.parametrize(
    ("place", "octet"),
    [(16, 0), (17, 0), (17, 9), (17, 18), (17, 63), (17, 255), (18, 1), (18, 255), (19, 0), (19, 5), (19, 255)],
)
def test_a_head_that_asks_for_too_much_or_too_little_costs_nothing(
    place: int, octet: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = bytearray(seal(PLAIN, WORDS))
    changed[place] = octet
    monkeypatch.delattr("hashlib.scrypt")
    with pytest.raises(TrustError, match="the head of this backup is damaged"):
        unseal(bytes(changed), WORDS)


def test_a_backup_of_a_later_kind_asks_for_a_later_guardian() -> None:
    changed = bytearray(seal(PLAIN, WORDS))
    changed[16] = 2
    with pytest.raises(TrustError, match="newer guardian"):
        unseal(bytes(changed), WORDS)


def test_what_is_too_large_is_neither_made_nor_read() -> None:
    with pytest.raises(TrustError, match="at most"):
        seal(bytes(MAX_SEALED), WORDS)
    with pytest.raises(TrustError, match="no backup of guardian is as large"):
        unseal(MAGIC + bytes(MAX_SEALED), WORDS)


def test_a_guess_costs_what_is_promised(monkeypatch: pytest.MonkeyPatch) -> None:
    """RFC 7914: 128·n·r octets of memory a guess."""
    monkeypatch.undo()
    made = seal(PLAIN, WORDS)
    assert (1 << made[17], made[18], made[19]) == (2**15, 8, 1)
    assert unseal(made, WORDS) == PLAIN
