"""Ask a running guardian over its control socket, and wait no longer than a deadline."""

from __future__ import annotations

import socket
import time
from typing import TYPE_CHECKING

from guardian.control.lines import MAX_LINE
from guardian.control.messages import Refused, read_answer, write_request
from guardian.errors import StoreError, WireError
from guardian.system.local_sockets import reachable

if TYPE_CHECKING:
    from pathlib import Path

    from guardian.control.messages import Answer, Request

SECONDS = 30.0
"""A reload judges thousands of classes; on a small machine that takes a while."""


class NobodyAnswersError(StoreError):
    """No guardian runs with this folder of state."""


def ask(path: Path, request: Request, *, seconds: float = SECONDS) -> Answer:
    """Send a request and give its answer.

    Raises NobodyAnswersError where no guardian runs there, StoreError where it refuses, is too slow, or can't be
    reached by this user.
    """
    deadline = time.monotonic() + seconds
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(seconds)
        try:
            with reachable(path) as place:
                connection.connect(place)
            connection.sendall(write_request(request))
            line = _read(connection, deadline)
        except (FileNotFoundError, ConnectionRefusedError, NotADirectoryError) as error:
            raise NobodyAnswersError(f"no guardian runs here: nobody answers on {path}") from error
        except TimeoutError as error:
            raise StoreError(
                f"{path}: guardian does not answer within {seconds:.0f} s; is this machine busy?"
            ) from error
        except PermissionError as error:
            hint = "ask as root, with sudo, or as the user who runs guardian"
            raise StoreError(f"{path}: this user may not speak with guardian; {hint}") from error
        except OSError as error:
            raise StoreError(f"{path}: {error.strerror or error}") from error
    try:
        answer = read_answer(line)
    except WireError as error:
        hint = "start guardian again after installing another version"
        raise StoreError(f"{path}: guardian's answer is not understood: {error}; {hint}") from error
    if isinstance(answer, Refused):
        raise StoreError(answer.why)
    return answer


def _read(connection: socket.socket, deadline: float) -> bytes:
    data = b""
    while not data.endswith(b"\n") and len(data) <= MAX_LINE:
        connection.settimeout(max(deadline - time.monotonic(), 0.001))
        more = connection.recv(MAX_LINE)
        if not more:
            raise ConnectionResetError("guardian hung up without an answer")
        data += more
    return data
