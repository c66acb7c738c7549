"""Keep what children ask for: one site, or that a rule be looked at again; and what a parent answers.

Law 1: a request holds what the child typed and nothing else; it is gone once the answer was seen, or after a week.
Law 2: a no has a reason.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from guardian.errors import DecisionError
from guardian.family.children import require_child
from guardian.family.log import Did, note
from guardian.family.rules import add_rule
from guardian.family.words import MAX_REASON, read_line, read_site

if TYPE_CHECKING:
    import sqlite3
    from datetime import date, datetime
    from typing import Any

MAX_OPEN = 10
"""Of one child, answered or not."""
_COLUMNS = "id, child, kind, about, words, made, answer, answer_words, answer_until, shared"


class Request(NamedTuple):
    """What a child asks for."""

    id: int
    child: int
    kind: str
    """`open` for a site, `objection` for a rule."""
    about: str
    """The name of the site; of an objection, what it is against, in the child's words."""
    words: str
    made: str
    """The day: `2026-11-24`."""
    answer: str | None
    """`yes` or `no`; None while it waits."""
    answer_words: str | None
    answer_until: int | None
    """Seconds of Unix time until which a yes holds; None for good."""
    shared: bool = False
    """It was asked on a device of several children, and is to be seen there."""


def ask(
    store: sqlite3.Connection,
    child: int,
    kind: Literal["open", "objection"],
    about: str,
    words: str,
    today: date,
    *,
    shared: bool = False,
) -> int:
    """Ask, and give the number of the request; asked again it is the same one.

    `shared` says that several children use the device.
    """
    require_child(store, child)
    if kind not in {"open", "objection"}:
        raise DecisionError("a request is about a site to open, or it objects to a rule")
    about = read_site(about) if kind == "open" else read_line(about, MAX_REASON, "the objection")
    words = read_line(words, MAX_REASON, "the reason")
    if not about:
        raise DecisionError("say what you ask for")
    same = store.execute(
        "SELECT id FROM request WHERE child = ? AND kind = ? AND about = ? AND shared = ? AND answer IS NULL",
        (child, kind, about, shared),
    ).fetchone()
    if same is not None:
        return int(same[0])
    (count,) = store.execute("SELECT count(*) FROM request WHERE child = ?", (child,)).fetchone()
    if count >= MAX_OPEN:
        raise DecisionError(f"{MAX_OPEN} requests wait or were not read yet; take one back first")
    (number,) = store.execute(
        "INSERT INTO request (child, kind, about, words, made, shared) VALUES (?, ?, ?, ?, ?, ?) RETURNING id",
        (child, kind, about, words, f"{today:%Y-%m-%d}", shared),
    ).fetchone()
    return int(number)


def answer(
    store: sqlite3.Connection,
    number: int,
    *,
    yes: bool,
    words: str = "",
    until: int | None = None,
    who: str,
    now: datetime,
) -> None:
    """Answer a request; a yes to a site opens it for that child until `until` (Unix time), or for good."""
    request = _require_request(store, number)
    words = read_line(words, MAX_REASON, "the answer")
    if not yes and not words:
        raise DecisionError("a no needs a reason that the child can read")
    if yes and request.kind == "open":
        add_rule(store, request.child, request.about, opens=True, reason=words, until=until, who=who, now=now)
    store.execute(
        "UPDATE request SET answer = ?, answer_words = ?, answer_until = ? WHERE id = ?",
        ("yes" if yes else "no", words, until if yes else None, number),
    )
    note(store, Did.REQUEST_ANSWERED, who, now, "yes" if yes else "no", request.child)


def forget_request(store: sqlite3.Connection, number: int, child: int) -> None:
    """Forget a request of this child: it saw the answer, or takes the question back."""
    if _require_request(store, number).child != child:
        raise DecisionError("there is no such request of this child")
    store.execute("DELETE FROM request WHERE id = ?", (number,))


def read_requests(store: sqlite3.Connection, child: int | None = None) -> tuple[Request, ...]:
    """Give the requests of a child or of all, the oldest first."""
    rows = store.execute(
        f"SELECT {_COLUMNS} FROM request WHERE :child IS NULL OR child = :child ORDER BY id",  # noqa: S608 - ours
        {"child": child},
    )
    return tuple(map(_request, rows))


def count_waiting(store: sqlite3.Connection) -> int:
    """Give how many requests wait for an answer."""
    (count,) = store.execute("SELECT count(*) FROM request WHERE answer IS NULL").fetchone()
    return int(count)


def _require_request(store: sqlite3.Connection, number: int) -> Request:
    row = store.execute(f"SELECT {_COLUMNS} FROM request WHERE id = ?", (number,)).fetchone()  # noqa: S608 - ours
    if row is None:
        raise DecisionError("there is no such request; it was taken back, or a week has gone by")
    return _request(row)


def _request(row: tuple[Any, ...]) -> Request:
    return Request(*row)._replace(shared=bool(row[-1]))
