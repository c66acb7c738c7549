"""Make and check the six digits that an authenticator app shows (TOTP, RFC 6238, over HOTP, RFC 4226).

Law 1: a code is good once, and a step before and after its own: clocks differ.
"""

from __future__ import annotations

import base64
import hmac
import os
from urllib.parse import quote

STEP = 30
"""Seconds (RFC 6238 section 4.1)."""
DIGITS = 6
WINDOW = 1
"""Steps that a clock may be off (section 5.2)."""
SECRET = 20
"""Octets, as many as SHA-1 gives (RFC 4226 section 4)."""


def new_secret() -> str:
    """Draw a secret, as apps take it: base32."""
    return base64.b32encode(os.urandom(SECRET)).decode("ascii")


def is_secret(text: str) -> bool:
    """Say whether this is a secret as `new_secret` gives it."""
    try:
        return len(base64.b32decode(text)) == SECRET
    except ValueError:
        return False


def address_of(secret: str, name: str) -> str:
    """Give the secret as the address that a QR code holds for an app."""
    return f"otpauth://totp/guardian:{quote(name, safe='')}?secret={secret}&issuer=guardian"


def code_at(secret: str, step: int) -> str:
    """Give the code of a step (RFC 4226 section 5.3)."""
    digest = hmac.digest(base64.b32decode(secret), step.to_bytes(8, "big"), "sha1")
    at = digest[-1] & 0x0F
    number = int.from_bytes(digest[at : at + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}}"


def step_of(secret: str, code: str, now: int, last: int) -> int | None:
    """Give the step that a code is of, later than `last`; None where it is wrong or was used."""
    found = None
    for step in range(max(now // STEP - WINDOW, 0), now // STEP + WINDOW + 1):
        # all are compared, so that the time tells nothing
        if hmac.compare_digest(code_at(secret, step).encode(), code.encode()) and step > last:
            found = step
    return found
