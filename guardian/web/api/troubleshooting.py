"""Let the person on a device see for five minutes what is stopped on it, and by what: "why is this broken?".

Law 1: whose window it is says the address that asks, and nothing that is sent; nobody can name another one.
Law 2: nothing of it is kept here: each look asks `guardian dns`, which has it in memory until the window closes.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Literal

from guardian.control.messages import Troubleshoot, WindowShown
from guardian.model import Reason
from guardian.web.api.own import OWN
from guardian.web.errors import ProblemError
from guardian.web.principals import Right
from guardian.web.routes import Route, Told

if TYPE_CHECKING:
    from guardian.web.routes import Call


class StoppedTold(Told):
    """A name that was stopped."""

    name: str
    why: str
    """A word for programs, `category`."""
    why_text: str
    """The same for people."""
    list: str | None
    """The list that decided; null where none did."""
    category: str | None


class WindowTold(Told):
    """What was stopped since the window was opened."""

    open: bool
    seconds: int
    """Until it closes itself, and nothing of it remains."""
    names: list[StoppedTold]
    """In the order of asking, each once."""
    is_full: bool
    """There was more than it holds."""


async def open_window(call: Call) -> WindowTold:
    """Open a window on this device; one that is open begins anew."""
    return await _asked(call, "open")


async def show_window(call: Call) -> WindowTold:
    """Show what is in it."""
    return await _asked(call, "show")


async def close_window(call: Call) -> None:
    """Close it before its time."""
    await _asked(call, "close")


async def _asked(call: Call, do: Literal["open", "show", "close"]) -> WindowTold:
    shown = await call.home.ask(Troubleshoot(str(call.address), do), WindowShown)
    if shown.trouble:
        raise ProblemError(HTTPStatus.CONFLICT, shown.trouble)
    names = [
        StoppedTold(
            name=one.name,
            why=one.why,
            why_text=Reason[one.why.upper()].value,
            list=one.list or None,
            category=one.category or None,
        )
        for one in shown.names
    ]
    return WindowTold(open=shown.seconds > 0, seconds=shown.seconds, names=names, is_full=shown.is_full)


_PATH = f"{OWN}/troubleshooting"
ROUTES = (
    Route("POST", _PATH, Right.HERE, "See for five minutes what is stopped here", open_window, gives=WindowTold),
    Route("GET", _PATH, Right.HERE, "What was stopped since then", show_window, gives=WindowTold),
    Route("DELETE", _PATH, Right.HERE, "Close it before its time", close_window),
)
