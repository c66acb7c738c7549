"""Hold the reader of one line of a hosts file: an address and the names to block.

Law 1: the address only marks the line: a list can block, it can never say where a name leads.
Law 2: each name stands for itself; a bad one costs only itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from guardian.lists.domains import rule_of
from guardian.lists.hostname import is_address

if TYPE_CHECKING:
    from collections.abc import Iterator

    from guardian.lists.text import Report
    from guardian.model import Rule, Scope

_NULL_ADDRESSES = frozenset((b"0.0.0.0", b"::", b"127.0.0.1", b"::1"))


def is_hosts_line(words: list[bytes]) -> bool:
    """Say whether a line starts with an address and goes on with a name (hosts(5))."""
    return len(words) > 1 and is_address(words[0])


def read_hosts(words: list[bytes], *, line: int, scope: Scope, report: Report) -> Iterator[Rule]:
    """Yield a rule for each good name behind the address; tell the report of the others."""
    for name in words[1:]:
        if name in _NULL_ADDRESSES:
            report.local_names += 1  # `0.0.0.0 0.0.0.0` stands at the head of well-known lists
        elif rule := rule_of(name, line=line, scope=scope, report=report):
            yield rule
