"""A message is a line and a line is a message; what is neither is refused, whole."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

import pytest

from guardian.control.lines import MAX_DEPTH, MAX_LINE, read_line, write_line
from guardian.control.messages import (
    Explain,
    Explained,
    HowAreYou,
    Pause,
    Paused,
    Refused,
    Reload,
    Reloaded,
    Request,
    Resume,
    Resumed,
    read_answer,
    read_request,
    write_answer,
    write_request,
)
from guardian.engine.explanation import Explanation
from guardian.errors import WireError
from guardian.policy.explanation import Stage
from tests.unit.control.statuses import WELL

WALK = Explanation(
    profile="6-9",
    band="6-9",
    verdict="block",
    reason="category",
    reason_text="in a category that this band blocks",
    stored="bet.example",
    kept_open=(),
    list="bets",
    title="Lojëra fati",
    origin="bets.txt",
    category="gambling",
    since=None,
    answer="NXDOMAIN",
    target=None,
    stages=(Stage("who asks", "6-9"), Stage("verdict", "closed")),
)


@pytest.mark.parametrize(
    "request_", [Reload(), HowAreYou(), Resume(), Pause(15), Explain("bet.example", 1, "6-9", None)]
)
def test_every_request_comes_back_as_it_was(request_: Request) -> None:
    line = write_request(request_)
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    assert read_request(line) == request_


@pytest.mark.parametrize(
    "answer",
    [
        Refused("no"),
        Reloaded(3, 2),
        Paused(15, "14:32"),
        Resumed(was_paused=True),
        Explained(WALK, None, None, None),
        Explained(WALK, 5, "14:32", replace(WALK, verdict="allow")),
        WELL,
    ],
)
def test_every_answer_comes_back_as_it_was(answer: Refused) -> None:
    assert read_answer(write_answer(answer)) == answer


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b"", "not JSON"),
        (b"pause\n", "not JSON"),
        (b"\xff\xfe{}", "not JSON"),
        (b"[]", "no object"),
        (b"{}", "no known kind; known: reload, status, explain, pause, resume"),
        (b'{"is":["pause"]}', "no known kind"),
        (b'{"is":"format the disk"}', "no known kind"),
        (b'{"is":"pause"}', "pause: minutes is missing"),
        (b'{"is":"pause","minutes":"15"}', "pause.minutes is no int"),
        (b'{"is":"pause","minutes":true}', "pause.minutes is no int"),
        (b'{"is":"pause","minutes":15.0}', "pause.minutes is no int"),
        (b'{"is":"pause","minutes":NaN}', "NaN is no number"),
        (b'{"is":"pause","minutes":null}', "pause.minutes is no int"),
        (b'{"is":"pause","minutes":15,"for":"ever"}', "pause: 1 keys that it has not"),
        (b'{"is":"pause","minutes":15,"minutes":600}', "a key that stands twice"),
        (
            b'{"is":"explain","name":[],"qtype":1,"band":null,"client":null,"child":null,"at":null}',
            "explain.name is no str",
        ),
        (b'{"is":"resume"}' + b" " * MAX_LINE, f"more than {MAX_LINE} octets"),
        (b"[" * 60_000, f"more than {MAX_DEPTH} levels"),
        (b'{"is":' + b'{"a":' * 10_000, f"more than {MAX_DEPTH} levels"),
    ],
)
def test_what_is_no_request_is_refused_with_the_reason(line: bytes, why: str) -> None:
    with pytest.raises(WireError) as fault:
        read_request(line)
    assert why in str(fault.value)


def test_brackets_within_a_text_are_no_levels() -> None:
    asked = Explain('[[[[[[[["{{{{{{\\', 1, None, None)
    assert read_request(write_request(asked)) == asked


@dataclass(frozen=True, slots=True)
class Inner:
    number: int


@dataclass(frozen=True, slots=True)
class Outer:
    inner: Inner | None
    many: tuple[Inner, ...]


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"inner": 3, "many": []}, "outer.inner is no object"),
        ({"inner": None, "many": [3]}, "outer.many is no object"),
        ({"inner": None, "many": {}}, "outer.many is no array"),
        ({"inner": None, "many": [{"number": 1}] * 257}, "outer.many is no array of at most 256"),
        ({"inner": {"number": 1, "more": 2}, "many": []}, "outer.inner: 1 keys that it has not"),
    ],
)
def test_what_stands_within_is_as_strict(fields: dict[str, object], why: str) -> None:
    with pytest.raises(WireError, match=why):
        read_line(json.dumps({"is": "outer", **fields}).encode(), {"outer": Outer})


def test_what_stands_within_comes_back_as_it_was() -> None:
    outer = Outer(Inner(1), (Inner(2), Inner(3)))
    kinds = {"outer": Outer}
    assert read_line(write_line(outer, kinds), kinds) == outer
