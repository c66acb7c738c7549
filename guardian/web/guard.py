"""Turn away what no page of ours sends, before anybody asks who it is.

Law 1: a request is for this machine by a name or address that is its own; else 421, so that a page elsewhere can't
       reach us by a name that it points here (DNS rebinding).
Law 2: what changes something comes from our own page or from no page at all, and says JSON; nothing is inflated.
Law 3: every answer carries the same headers: nothing foreign is loaded, framed, sniffed or kept.
"""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, NamedTuple

from guardian.web.errors import ProblemError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

JSON = "application/json"
MAX_BODY = 64 * 1024
MAX_DEPTH = 12
"""How deep arrays and objects may stand within each other."""
SAFE_METHODS: Final = frozenset({"GET", "HEAD"})
METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"})
HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none';"
    " object-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Server": "guardian",
}
_AUTHORITY: Final = re.compile(
    r"(?:\[(?P<six>[0-9a-f:.]{2,45})\]|(?P<host>[a-z0-9._-]{1,253}))(?::[0-9]{1,5})?", re.ASCII
)
_CHARSET: Final = re.compile(r'application/json(?:\s*;\s*charset="?utf-8"?)?', re.IGNORECASE)
_ONCE: Final = ("host", "origin", "content-type", "content-length", "authorization", "cookie", "sec-fetch-site")


class Asked(NamedTuple):
    """What the guard looks at."""

    method: str
    target: str
    """As it stands in the request line."""
    headers: Mapping[str, tuple[str, ...]]
    """By lower-case name, each as often as it came."""
    own_address: str
    """The address of this machine at which it arrived."""
    secure: bool


class Guard:
    """Who is let in to the table of routes."""

    def __init__(self, names: Collection[str]) -> None:
        """`names` are those of this machine, lower-case; its addresses need no naming."""
        self._names = frozenset(names) | {"localhost"}

    def admit(self, asked: Asked) -> None:
        """ProblemError where a request is none that our pages, or programs of this house, send."""
        for name in _ONCE:
            if len(asked.headers.get(name, ())) > 1:
                raise _refused(HTTPStatus.BAD_REQUEST, f"the header {name} stands there more than once")
        authority = self._authority(asked)
        if not asked.target.startswith("/"):
            raise _refused(HTTPStatus.BAD_REQUEST, "the request names no path")
        if asked.method not in METHODS:
            raise _refused(HTTPStatus.NOT_IMPLEMENTED, "this method is not known here")
        if "upgrade" in asked.headers:
            raise _refused(HTTPStatus.BAD_REQUEST, "no other protocol is spoken here")
        _admit_page(asked, authority)
        _admit_body(asked)

    def _authority(self, asked: Asked) -> str:
        """Give the host and port that were asked for."""
        text = _one(asked, "host").lower()
        match = _AUTHORITY.fullmatch(text)
        host = (match["six"] or match["host"]) if match else ""
        if not host or (host.removesuffix(".") not in self._names and host != asked.own_address):
            raise _refused(
                HTTPStatus.MISDIRECTED_REQUEST,
                "guardian is not known by this name; use its address, or name it at web.names in guardian.yaml",
            )
        return text


def _admit_page(asked: Asked, authority: str) -> None:
    """Refuse what a page elsewhere sends: browsers say whose page it is (Fetch Metadata, RFC 6454 section 7)."""
    site = _one(asked, "sec-fetch-site")
    changes = asked.method not in SAFE_METHODS
    navigates = not changes and _one(asked, "sec-fetch-mode") == "navigate"
    if site not in {"", "same-origin"} and not (site == "none" and not changes) and not navigates:
        raise _refused(HTTPStatus.FORBIDDEN, "another site's page may ask nothing here")
    origin = _one(asked, "origin").lower()
    if origin and origin != f"{'https' if asked.secure else 'http'}://{authority}":
        raise _refused(HTTPStatus.FORBIDDEN, "another site's page may ask nothing here")


def _admit_body(asked: Asked) -> None:
    if "content-encoding" in asked.headers:
        raise _refused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "send it as it is, not compressed")
    kind, length = asked.headers.get("content-type"), _one(asked, "content-length")
    if kind is not None and not _CHARSET.fullmatch(kind[0].strip()):
        raise _refused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"send {JSON}")
    if asked.headers.get("transfer-encoding", ("chunked",)) != ("chunked",):
        raise _refused(HTTPStatus.BAD_REQUEST, "a body comes whole or in chunks")
    has_body = "transfer-encoding" in asked.headers or length.strip("0") != ""
    if not has_body:
        return
    if asked.method in SAFE_METHODS:
        raise _refused(HTTPStatus.BAD_REQUEST, "a question comes without a body")
    if kind is None:
        raise _refused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"send {JSON}, and say so in Content-Type")
    if length and (not length.isascii() or not length.isdigit() or len(length) > 9 or int(length) > MAX_BODY):
        raise too_long()


def too_long() -> ProblemError:
    """Give the refusal of a body that is longer than `MAX_BODY`."""
    return _refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"at most {MAX_BODY} octets are read")


def _one(asked: Asked, name: str) -> str:
    found = asked.headers.get(name, ())
    return found[0] if found else ""


def _refused(status: HTTPStatus, detail: str) -> ProblemError:
    # what came after it on this connection is not looked at
    return ProblemError(status, detail, closes=True)
