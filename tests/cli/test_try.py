"""Which names some lists would block, by which rule of which line."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import Done

DOMAINS = "# a list\n\ncasino.example\nbet.example\n"
HOSTS = "127.0.0.1 localhost\n0.0.0.0 ads.example\n0.0.0.0 casino.example\n"


@pytest.fixture(autouse=True)
def _lists(guardian: Callable[..., Done]) -> None:
    del guardian  # the folder is the command's own
    Path("list.txt").write_text(DOMAINS)
    Path("hosts.txt").write_text(HOSTS)
    Path("list.txt.gz").write_bytes(gzip.compress(DOMAINS.encode()))
    Path("names.txt").write_text("www.casino.example\nBET.example.\n\nschool.example\n")


def test_each_name_has_its_verdict_rule_list_and_line(guardian: Callable[..., Done]) -> None:
    done = guardian("try", "list.txt", "--names", "names.txt", "--json")
    assert done.code == 0
    assert done.json_lines == [
        {"name": "www.casino.example", "verdict": "block", "rule": "casino.example", "list": "list.txt", "line": 3},
        {"name": "BET.example.", "verdict": "block", "rule": "bet.example", "list": "list.txt", "line": 4},
        {"name": "school.example", "verdict": "none", "rule": None, "list": None, "line": None},
    ]


def test_a_person_reads_the_place_of_the_rule(guardian: Callable[..., Done]) -> None:
    lines = guardian("try", "list.txt", "--names", "names.txt").out.splitlines()
    assert lines[0] == "block  www.casino.example  list.txt:3: casino.example"
    assert lines[2].split() == ["none", "school.example"]


def test_a_packed_list_reads_the_same(guardian: Callable[..., Done]) -> None:
    done = guardian("try", "list.txt.gz", "--names", "names.txt", "--json")
    assert [(one["verdict"], one["line"]) for one in done.json_lines] == [("block", 3), ("block", 4), ("none", None)]


def test_names_come_from_standard_input(guardian: Callable[..., Done]) -> None:
    done = guardian("try", "list.txt", "--names", "-", "--json", text="a.b.bet.example\r\nother.example")
    assert [one["verdict"] for one in done.json_lines] == ["block", "none"]


def test_no_names_are_no_verdicts(guardian: Callable[..., Done]) -> None:
    assert guardian("try", "list.txt", "--names", "-", text="") == (0, "", "")


def test_what_a_plain_name_covers_is_the_formats_own_or_as_asked(guardian: Callable[..., Done]) -> None:
    def verdicts(*words: str) -> list[str]:
        done = guardian("try", *words, "--names", "-", "--json", text="casino.example\nwww.casino.example\n")
        return [one["verdict"] for one in done.json_lines]

    assert verdicts("list.txt") == ["block", "block"]
    assert verdicts("list.txt", "--match", "exact") == ["block", "none"]
    assert verdicts("hosts.txt") == ["block", "none"]
    assert verdicts("hosts.txt", "--match", "suffix") == ["block", "block"]


def test_of_several_lists_the_first_is_named(guardian: Callable[..., Done]) -> None:
    def told(*lists: str) -> tuple[str, int]:
        (one,) = guardian("try", *lists, "--names", "-", "--json", text="casino.example").json_lines
        return one["list"], one["line"]

    assert told("list.txt", "hosts.txt") == ("list.txt", 3)
    assert told("hosts.txt", "list.txt") == ("hosts.txt", 3)


def test_without_names_the_lists_are_summed_up_and_refused_lines_shown(guardian: Callable[..., Done]) -> None:
    Path("odd.txt").write_text("good.example\nnot a name at all!\n")
    (told,) = guardian("try", "odd.txt", "--json").json_lines
    assert set(told) == {"list", "format", "rules", "refused", "left_out", "refusals"}
    assert (told["format"], told["rules"], told["refused"]) == ("domains", 1, 1)
    assert told["refusals"][0][0] == 2
    assert "odd.txt:2: " in guardian("try", "odd.txt").out
    (hosts,) = guardian("try", "hosts.txt", "--json").json_lines
    assert hosts["format"] == "hosts"


@pytest.mark.parametrize(
    ("words", "text", "said"),
    [
        (("absent.txt",), "", "absent.txt: can't be read: No such file or directory"),
        (("list.txt", "--names", "absent.txt"), "", "absent.txt: can't be read: No such file or directory"),
        (("binary",), "", "binary:1: byte 0x00: this is a binary file or not UTF-8"),
        (("cut.gz",), "", "cut.gz: truncated gzip file"),
        (("list.txt", "--names", "-"), "good.example\n\na..b\n", "-:3: 'a..b' has a label that is empty"),
        (
            ("list.txt", "--names", "-"),
            "a.b\nhttps://bet.example\n",
            "-:2: 'https://bet.example' is a web address, not",
        ),
    ],
)
def test_what_can_not_be_tried_is_a_fault_at_its_place(
    guardian: Callable[..., Done], words: tuple[str, ...], text: str, said: str
) -> None:
    Path("binary").write_bytes(bytes(range(256)))
    Path("cut.gz").write_bytes(gzip.compress(DOMAINS.encode() * 9)[:30])
    done = guardian("try", *words, text=text)
    assert (done.code, done.out) == (1, "")
    assert said in done.err


def test_many_names_are_tried_against_one_opened_set(guardian: Callable[..., Done]) -> None:
    Path("large.txt").write_text("".join(f"n{number}.example\n" for number in range(20_000)))
    names = "".join(f"www.n{number}.example\n" for number in range(0, 20_000, 10))
    done = guardian("try", "large.txt", "--names", "-", "--json", text=names)
    assert [one["line"] for one in done.json_lines] == list(range(1, 20_001, 10))


ADGUARD = """\
||bet.example^
||tv.example^$dnstype=AAAA
||ads.example^$denyallow=good.ads.example
||kids.example^$client=192.168.1.5
||phones.example^$ctag=device_phone
||gone.example^
||gone.example^$badfilter
casino*.fun^
@@||casino-royale.fun^
||bet.example^$important
||co.uk^
"""


def test_conditions_and_patterns_are_told_with_their_lines(guardian: Callable[..., Done]) -> None:
    Path("rules.txt").write_text(ADGUARD)

    def told(name: str, *words: str) -> tuple[str, str | None, int | None]:
        (one,) = guardian(
            "try", "rules.txt", "--format", "adguard", *words, "--names", "-", "--json", text=name
        ).json_lines
        return one["verdict"], one["rule"], one["line"]

    assert told("www.tv.example", "--type", "AAAA") == ("block", "tv.example", 2)
    assert told("www.tv.example") == ("none", None, None)
    assert told("x.ads.example") == ("block", "ads.example", 3)
    assert told("x.good.ads.example")[0] == "none"
    assert told("kids.example", "--client", "192.168.1.5") == ("block", "kids.example", 4)
    assert told("kids.example", "--client", "192.168.1.6")[0] == "none"
    assert told("phones.example", "--tag", "device_phone", "--tag", "user_child")[0] == "block"
    assert told("phones.example", "--tag", "user_child")[0] == "none"
    assert told("gone.example")[0] == "none"
    assert told("casino7.fun") == ("block", "casino*.fun", 8)
    assert told("casino-royale.fun") == ("allow", "casino-royale.fun", 9)
    assert told("bet.example") == ("block", "bet.example", 10)
    assert told("shop.co.uk")[0] == "none"


def test_a_type_that_is_none_is_a_fault(guardian: Callable[..., Done]) -> None:
    done = guardian("try", "list.txt", "--type", "AAAAA", "--names", "-", text="bet.example")
    assert done.code == 1
    assert "--type AAAAA" in done.err


def test_a_name_without_its_ending_is_judged_and_its_place_told(guardian: Callable[..., Done]) -> None:
    done = guardian("try", "list.txt", "--names", "-", "--json", text="bet.example\nbet\n")
    assert [one["verdict"] for one in done.json_lines] == ["block", "none"]
    assert done.err == "-:2: 'bet' has no ending; did you mean bet.com?\n"
