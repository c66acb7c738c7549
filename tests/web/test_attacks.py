"""What a person may write in a form leads the web nowhere (R23): it asks no server but this house's own filter."""

from __future__ import annotations

import ast
from pathlib import Path

import guardian.web

ROOM = Path(guardian.web.__file__).parent
REACHING = {"urllib.request", "http.client", "socket.create_connection", "asyncio.open_connection", "aiohttp.client"}
"""By what one could connect to another machine."""
NAMES = {"ClientSession", "create_connection", "open_connection", "urlopen", "getaddrinfo", "gethostbyname"}


def reached(tree: ast.AST) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {one.name for one in node.names} & REACHING
        elif isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{one.name}" for one in node.names} & REACHING
            found |= {str(node.module)} & REACHING
        elif isinstance(node, ast.Attribute | ast.Name):
            found |= {node.attr if isinstance(node, ast.Attribute) else node.id} & NAMES
    return found


def test_nothing_in_the_web_connects_to_another_machine() -> None:
    modules = sorted(ROOM.rglob("*.py"))
    assert len(modules) > 30
    assert {
        one.name: reached(ast.parse(one.read_text())) for one in modules if reached(ast.parse(one.read_text()))
    } == {}


def test_what_connects_would_be_found() -> None:
    for text in (
        "import urllib.request",
        "from urllib.request import urlopen",
        "async def get(): await asyncio.open_connection(host, 80)",
        "session = aiohttp.ClientSession()",
    ):
        assert reached(ast.parse(text)), text
