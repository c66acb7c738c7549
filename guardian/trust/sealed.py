"""Seal bytes under a passphrase, and open them again only for who knows it.

Law 1: what was changed, cut or made under another passphrase opens to nothing: it is all of it or a TrustError.
Law 2: the numbers in the head are bounded before they cost anything; nothing else in the file says how large it is.
Law 3: a passphrase is the same however it was typed: ë in one character or in two.
"""

from __future__ import annotations

import hashlib
import os
import struct
import unicodedata
from typing import Final, NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from guardian.errors import TrustError

MAGIC: Final = b"guardian backup\n"
"""How a sealed file begins, so that a person who looks into one knows what it is."""
VERSION: Final = 1
MAX_SEALED: Final = 8 * 2**20
"""Octets of a sealed file: a family's decisions are some thousand."""
_COST, _LEAST_COST, _MOST_COST = 15, 14, 17
"""Binary logarithms of scrypt's n (RFC 7914 section 2): 32 MiB for our own, at most 128 for what we open."""
_BLOCK: Final = 8
_PARALLEL, _MOST_PARALLEL = 1, 4
_SALT, _NONCE, _TAG, _KEY = 16, 12, 16, 32
"""Octets; nonce and tag are those of AES-GCM (RFC 5116 section 5.2)."""
_HEAD: Final = struct.Struct(f"!{len(MAGIC)}sBBBB{_SALT}s{_NONCE}s")
_ROOM: Final = 2**20
"""What scrypt may take beside its table."""


class _Head(NamedTuple):
    magic: bytes
    version: int
    cost: int
    block: int
    parallel: int
    salt: bytes
    nonce: bytes


def seal(plain: bytes, passphrase: str) -> bytes:
    """Give `plain` sealed: a head of 48 octets, AES-256-GCM under a key that scrypt makes of the passphrase.

    Raises TrustError where it would be larger than `MAX_SEALED`.
    """
    if _HEAD.size + len(plain) + _TAG > MAX_SEALED:
        raise TrustError(f"a backup has at most {MAX_SEALED} bytes, and this would be one of {len(plain)}")
    head = _Head(MAGIC, VERSION, _COST, _BLOCK, _PARALLEL, os.urandom(_SALT), os.urandom(_NONCE))
    written = _HEAD.pack(*head)
    return written + AESGCM(_key(head, passphrase)).encrypt(head.nonce, plain, written)


def unseal(sealed: bytes, passphrase: str) -> bytes:
    """Give what was sealed; TrustError where it is no backup, damaged, or the passphrase is another."""
    head = _read_head(sealed)
    try:
        return AESGCM(_key(head, passphrase)).decrypt(head.nonce, sealed[_HEAD.size :], sealed[: _HEAD.size])
    except InvalidTag:
        raise TrustError("the passphrase is not the one of this backup, or the file is damaged") from None


def check_head(sealed: bytes) -> None:
    """Say whether a passphrase is worth asking for; TrustError where no passphrase could open this."""
    _read_head(sealed)


def _read_head(sealed: bytes) -> _Head:
    if not sealed.startswith(MAGIC):
        raise TrustError("this is no backup of guardian")
    if len(sealed) > MAX_SEALED:
        raise TrustError(f"the file has more than {MAX_SEALED} bytes, and no backup of guardian is as large")
    if len(sealed) < _HEAD.size + _TAG:
        raise TrustError("the file ends too early: a part of this backup is missing")
    head = _Head(*_HEAD.unpack_from(sealed))
    if head.version > VERSION:
        raise TrustError("a newer guardian made this backup; install that one first")
    sound = (
        head.version == VERSION
        and _LEAST_COST <= head.cost <= _MOST_COST
        and head.block == _BLOCK
        and 1 <= head.parallel <= _MOST_PARALLEL
    )
    if not sound:
        raise TrustError("the head of this backup is damaged")
    return head


def _key(head: _Head, passphrase: str) -> bytes:
    return hashlib.scrypt(
        unicodedata.normalize("NFKC", passphrase).encode("utf-8", "surrogatepass"),
        salt=head.salt,
        n=1 << head.cost,
        r=head.block,
        p=head.parallel,
        maxmem=128 * head.block * ((1 << head.cost) + head.parallel) + _ROOM,
        dklen=_KEY,
    )
