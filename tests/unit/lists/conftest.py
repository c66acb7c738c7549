"""Tell rules in words, so that a table of lines can say what each means."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

from guardian.lists.formats import read_rules
from guardian.lists.text import Report

if TYPE_CHECKING:
    from collections.abc import Callable

    from guardian.model import Format, Rule


def in_words(rule: Rule) -> str:
    """Give a rule as `block a.example and below`, its pattern as AdGuard would write it."""
    words = ["open" if rule.exception else "block"]
    if rule.pattern is not None:
        pattern = rule.pattern
        start = "||" if pattern.label_start else "|" * pattern.name_start
        words.append(f"/{pattern.text}/" if pattern.regex else f"{start}{pattern.text}{'^' * pattern.name_end}")
    else:
        name = dotted(rule.name)
        words.append({(1, 1): f"{name} and below", (0, 1): name, (1, 0): f"below {name}"}[rule.suffix, rule.exact])
    words += ["important"] * rule.important + ["cancels"] * rule.cancels
    if rule.condition is not None:
        words += [
            f"{key}={[dotted(each) if isinstance(each, bytes) else each for each in sorted(value)]}"
            for key, value in rule.condition._asdict().items()
            if value
        ]
    return " ".join(words)


def dotted(wire: bytes) -> str:
    labels = []
    while wire[0]:
        labels.append(wire[1 : wire[0] + 1].decode())
        wire = wire[wire[0] + 1 :]
    return ".".join(labels)


@pytest.fixture(scope="session")
def told() -> Callable[..., list[str]]:
    """Read a list and give its rules in words, then what the report holds against it."""

    def tell(text: str, form: Format, *, own: bool = False) -> list[str]:
        report = Report(keep=100)
        rules = read_rules(io.BytesIO(text.encode()), form=form, scope=None, report=report, own=own)
        found = [in_words(rule) for rule in rules]
        assert report.rules == len(found)
        found += [f"{line}: {why}" for line, why in report.refusals]
        counts = {"ignored": report.ignored, "address": report.addresses, "local name": report.local_names}
        return found + [f"{count} {what}" for what, count in counts.items() if count]

    return tell
