"""Tell who asks: an adult by a session, a program by its token, a child's device by its address.

Law 1: who asks is told anew for each request; only tries of passwords and used codes are remembered, in memory.
Law 2: wrong name, wrong password and wrong code are one answer, and cost the same.
Law 3: a try is taken before anything is compared, so that many at once are no more than many in a row.
"""

from __future__ import annotations

import asyncio
import base64
import hmac
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from guardian.engine.household import UNKNOWN
from guardian.family.adults import read_adults
from guardian.web.attempts import Attempts, place_of
from guardian.web.errors import ProblemError
from guardian.web.guard import SAFE_METHODS
from guardian.web.pace import AT_ONCE, BURST, BURST_HOURLY, HOURLY, Pace
from guardian.web.passwords import digest_of, is_same
from guardian.web.principals import ROLES, SCOPES, Principal, Right
from guardian.web.second_factor import step_of
from guardian.web.sessions import FORM_HEADER, cookie_name, find_session
from guardian.web.setup_code import use_code
from guardian.web.tokens import find_token, use_token

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable
    from ipaddress import IPv4Address, IPv6Address

    from guardian.family.adults import Adult
    from guardian.web.guard import Asked
    from guardian.web.home import Home

DEVICE: Final = "this device"
MAX_SECRET = 128
"""Characters of a cookie's value or a token."""


class Auth:
    """Who may ask what."""

    def __init__(self, home: Home, monotonic: Callable[[], float]) -> None:
        """`monotonic` is a clock that is never put back, in seconds."""
        self._home = home
        self._monotonic = monotonic
        self._attempts = Attempts(monotonic())
        self._asking = Pace(BURST, BURST_HOURLY)
        self._changing = Pace(AT_ONCE, HOURLY)
        self._steps: dict[int, int] = {}
        """By adult, of whom there are few: the step of the last code that was used."""
        self._one = asyncio.Semaphore(1)
        """A check takes 32 MiB."""

    async def who(self, asked: Asked, right: Right, address: IPv4Address | IPv6Address) -> Principal:
        """Give who asks, if they have this right; ProblemError 401 where nobody is known, 403 without the right."""
        if right in {Right.OWN, Right.HERE}:
            return await self._device(right, asked, address)
        principal = await self._program(asked) if "authorization" in asked.headers else await self._adult(asked)
        if right not in principal.rights:
            raise ProblemError(HTTPStatus.FORBIDDEN, "whoever asks here may not do this")
        form = asked.headers.get(FORM_HEADER.lower(), ("",))[0]
        if asked.method not in SAFE_METHODS and principal.form is not None and not _same(form, principal.form):
            raise ProblemError(HTTPStatus.FORBIDDEN, f"a change comes with the header {FORM_HEADER} of this session")
        return principal

    def pace(self, address: IPv4Address | IPv6Address) -> None:
        """ProblemError 429 where an address asks faster than people do."""
        wait = self._asking.take(place_of(address), self._monotonic())
        if wait:
            detail = "that was too fast; wait a moment"
            raise ProblemError(HTTPStatus.TOO_MANY_REQUESTS, detail, headers={"Retry-After": str(wait)})

    async def sign_in(self, name: str, password: str, code: str, address: IPv4Address | IPv6Address) -> Adult:
        """Give the adult whose name, password and code these are; ProblemError 401 if they are wrong, 429 too often."""
        self._take(address)
        adults = await self._home.read(read_adults)
        adult = next((one for one in adults if one.name.casefold() == name.strip().casefold()), None)
        if not await self._is(adult, password, code) or adult is None:
            raise ProblemError(HTTPStatus.UNAUTHORIZED, "name, password or code is not right")
        self._attempts.succeed(address, self._monotonic())
        return adult

    async def confirm(self, who: Principal, password: str, code: str, address: IPv4Address | IPv6Address) -> Adult:
        """Give the adult who is signed in and says the password again; as `sign_in`."""
        return await self.sign_in(who.who, password, code, address)

    async def digest(self, password: str) -> str:
        """Give what is stored of a password."""
        async with self._one:
            return await asyncio.to_thread(digest_of, password)

    async def set_up(
        self,
        code: str,
        password: str,
        change: Callable[[sqlite3.Connection, str], None],
        address: IPv4Address | IPv6Address,
    ) -> None:
        """Do what the terminal's code allows with a password's digest, and use it up; ProblemError as `sign_in`."""
        self._take(address)
        digest = await self.digest(password)
        now = self._home.now()

        def use(store: sqlite3.Connection) -> bool:
            right = use_code(store, code, now)
            if right:
                change(store, digest)
            return right

        if not await self._home.keep(use):
            raise ProblemError(
                HTTPStatus.UNAUTHORIZED, "this code is wrong, used or too old; `guardian setup-code` prints a new one"
            )
        self._attempts.succeed(address, self._monotonic())

    def _take(self, address: IPv4Address | IPv6Address) -> None:
        wait = self._attempts.take(address, self._monotonic())
        if wait:
            minutes = -(-wait // 60)
            detail = f"too many wrong tries; the next one in {minutes} min. Names are answered all the same"
            raise ProblemError(HTTPStatus.TOO_MANY_REQUESTS, detail, headers={"Retry-After": str(wait)})

    async def _is(self, adult: Adult | None, password: str, code: str) -> bool:
        async with self._one:
            right = await asyncio.to_thread(is_same, password, adult.password if adult else None)
        if adult is None or not right:
            return False
        if adult.second_factor is None:
            return True
        step = step_of(adult.second_factor, code.strip(), self._home.now(), self._steps.get(adult.id, 0))
        if step is not None:
            self._steps[adult.id] = step
        return step is not None

    async def _adult(self, asked: Asked) -> Principal:
        secret = _cookie(asked)
        now = self._home.now()
        session = await self._home.read(lambda store: find_session(store, secret, now)) if secret else None
        if session is None:
            raise ProblemError(HTTPStatus.UNAUTHORIZED, "sign in first", headers={"WWW-Authenticate": "Bearer"})
        return Principal(session.name, ROLES[session.role], session.adult, session.digest, session.form)

    async def _program(self, asked: Asked) -> Principal:
        secret = _token(asked.headers["authorization"][0])
        token = await self._home.read(lambda store: find_token(store, secret)) if secret else None
        if token is None:
            detail = "this token is not known, or has been removed"
            raise ProblemError(HTTPStatus.UNAUTHORIZED, detail, headers={"WWW-Authenticate": "Bearer"})
        today = await self._home.today()
        if token.used != today.isoformat():
            await self._home.keep(lambda store: use_token(store, token.digest, today))
        rights = frozenset[Right]().union(*(SCOPES[scope] for scope in token.scopes))
        return Principal(token.title, rights)

    async def _device(self, right: Right, asked: Asked, address: IPv4Address | IPv6Address) -> Principal:
        device = await self._home.device_at(address)
        is_named = bool(device.children) or (right is Right.HERE and device.profile not in {None, UNKNOWN})
        if not is_named:
            raise ProblemError(HTTPStatus.FORBIDDEN, "this is no child's device; a parent can assign it")
        if asked.method not in SAFE_METHODS:
            wait = self._changing.take(str(device.children or address), self._monotonic())
            if wait:
                detail = f"that is a lot of changes; the next one in {wait} s"
                raise ProblemError(HTTPStatus.TOO_MANY_REQUESTS, detail, headers={"Retry-After": str(wait)})
        rights = frozenset({Right.OWN, Right.HERE} if device.children else {Right.HERE})
        return Principal(DEVICE, rights, children=device.children)


def _cookie(asked: Asked) -> str:
    """Give the value of our cookie; empty where there is none, or more than one."""
    name = cookie_name(secure=asked.secure)
    pairs = (pair.strip().partition("=") for pair in asked.headers.get("cookie", ("",))[0].split(";"))
    values = [value for key, _, value in pairs if key == name]
    return values[0] if len(values) == 1 and len(values[0]) <= MAX_SECRET else ""


def _token(header: str) -> str:
    """Give the token in an Authorization header: as Bearer (RFC 6750), or as the password of Basic (RFC 7617)."""
    scheme, _, value = header.strip().partition(" ")
    if scheme.lower() == "basic":
        try:
            value = base64.b64decode(value, validate=True).decode().partition(":")[2]
        except ValueError:
            return ""
    elif scheme.lower() != "bearer":
        return ""
    return value if len(value) <= MAX_SECRET else ""


def _same(one: str, other: str) -> bool:
    # octets of a header that are no UTF-8 come as surrogates
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode())
