"""Keep a password as what scrypt (RFC 7914) makes of it, and tell whether another is the same.

Law 1: checking costs the same, whether there is such an adult or not.
Law 2: what it costs is fixed here: a digest that asks for more is not read.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os

from guardian.errors import DecisionError

SHORTEST, LONGEST = 10, 200
"""Characters of a password (NIST SP 800-63B section 5.1.1 asks for 8)."""
FEWEST = 5
"""Different characters in it."""
_N, _R, _P = 2**15, 8, 1
"""32 MiB for each check."""
_MAX_MEMORY = 64 * 2**20
_HEAD = f"scrypt-{_N}-{_R}-{_P}"
_SALT = 16
_NOBODY = f"{_HEAD}${'A' * 24}${'A' * 44}"
"""What the password of an adult who is not there is compared with."""


def check_choice(password: str, name: str) -> None:
    """DecisionError where a password is too easy to guess for an adult of this name."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise DecisionError(f"a password has {SHORTEST} to {LONGEST} characters; four words in a row are good")
    folded = password.casefold()
    if len(set(folded)) < FEWEST or len(set(folded.replace(name.casefold(), ""))) < FEWEST:
        raise DecisionError("this password is too easy to guess; four words in a row are good")


def digest_of(password: str) -> str:
    """Give what is stored of a password; takes a tenth of a second."""
    salt = os.urandom(_SALT)
    return f"{_HEAD}${_text(salt)}${_text(_stretched(password, salt))}"


def is_same(password: str, digest: str | None) -> bool:
    """Say whether a digest is this password's; None is nobody's, and takes as long."""
    head, salt, wanted = (digest or _NOBODY).split("$")
    if head != _HEAD:
        return False
    found = _stretched(password[:LONGEST], base64.b64decode(salt))
    return hmac.compare_digest(found, base64.b64decode(wanted)) and digest is not None


def _stretched(password: str, salt: bytes) -> bytes:
    octets = password.encode("utf-8", "surrogatepass")
    return hashlib.scrypt(octets, salt=salt, n=_N, r=_R, p=_P, maxmem=_MAX_MEMORY, dklen=32)


def _text(octets: bytes) -> str:
    return base64.b64encode(octets).decode("ascii")
