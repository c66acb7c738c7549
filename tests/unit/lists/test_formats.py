"""Whole lists: bytes in, rules out."""

from __future__ import annotations

import gzip
import io
import ipaddress
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardian.errors import ListError
from guardian.lists.formats import read_rules
from guardian.lists.hostname import Refusal
from guardian.lists.text import LONG_LINE, Report
from guardian.model import Format, Rule, Scope


def read(data: bytes, form: Format = Format.AUTO, scope: Scope | None = None) -> tuple[list[Rule], Report]:
    report = Report()
    return list(read_rules(io.BytesIO(data), form=form, scope=scope, report=report)), report


def names(data: bytes, form: Format = Format.AUTO) -> list[str]:
    return [dotted(rule.name) for rule in read(data, form)[0]]


def dotted(wire: bytes) -> str:
    labels = []
    while wire[0]:
        labels.append(wire[1 : wire[0] + 1].decode())
        wire = wire[wire[0] + 1 :]
    return ".".join(labels)


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"", []),
        (b"\n\n \t\r\n", []),
        (b"example.com", ["example.com"]),
        (b"\xef\xbb\xbfexample.com\n", ["example.com"]),
        (b"a.example\r\nb.example\r\n", ["a.example", "b.example"]),
        (b"  a.example\t\n\tB.EXAMPLE.  ", ["a.example", "b.example"]),
        (b"# a.example\n! b.example\n; c.example\n[Adblock Plus 2.0]\nd.example", ["d.example"]),
        (
            b"a.example # b.example\nc.example  ## phishing\nd.example#e\nf.example\t#[g]",
            ["a.example", "c.example", "d.example", "f.example"],
        ),
        (b"7sur7.be###pg-accept-btn\na.example##.b\na.example#@#.b\na.example#?#.b", []),
        (b"0.0.0.0 a.example b.example # c.example", ["a.example", "b.example"]),
        (b"0.0.0.0    a.example\n127.0.0.1\tb.example\n::1 c.example", ["a.example", "b.example", "c.example"]),
        (b"0.0.0.0 localhost.localdomain\n127.0.0.1 LOCALHOST.localdomain\nlocalhost.localdomain", []),
        (b"0.0.0.0 localhost.example", ["localhost.example"]),
        (
            b"one.example\n0.0.0.0 two.example three.example\nfour.example",
            ["one.example", "two.example", "three.example", "four.example"],
        ),
        ("0.0.0.0 momovíđiệntửsố1.weebly.com".encode(), ["xn--momovints1-o8a64b3904adea8q.weebly.com"]),
        (b"a.example\n||b.example^\nhttps://e.example/\nf.example:80\ng.example\nh.i/j", ["a.example", "g.example"]),
        (b"a.example\x0bb.example", []),
        (b"a" * 63 + b".example\n" + b"a" * 64 + b".example", ["a" * 63 + ".example"]),
        (b"0.0.0.0 a." + b"a" * 63 + b".example\n0.0.0.0 a." + b"a" * 64 + b".example", ["a." + "a" * 63 + ".example"]),
        (b"a." * 125 + b"com\n" + b"a." * 125 + b"comx", ["a." * 125 + "com"]),
        (b"a.example." + b"b" * 63 + b"\na.example." + b"b" * 64, ["a.example." + "b" * 63]),
    ],
)
def test_what_a_list_blocks(data: bytes, found: list[str]) -> None:
    assert names(data) == found
    assert names(gzip.compress(data)) == found


@pytest.mark.parametrize(
    ("data", "form", "read_as", "suffix"),
    [
        (b"0.0.0.0 a.example\n", Format.AUTO, Format.HOSTS, False),
        (b"# hello\n\n127.0.0.1 localhost\n0.0.0.0 a.example\n", Format.AUTO, Format.HOSTS, False),
        (b"a.example\n", Format.AUTO, Format.DOMAINS, True),
        (b"a.example\nb.example\n0.0.0.0 c.example\n", Format.AUTO, Format.DOMAINS, True),
        (b"1.2.3.4\n5.6.7.8\na.example\n", Format.AUTO, Format.DOMAINS, True),
        (b"a.example\n", Format.HOSTS, Format.HOSTS, False),
        (b"0.0.0.0 a.example\n", Format.DOMAINS, Format.DOMAINS, True),
    ],
)
def test_the_form_decides_what_names_cover(data: bytes, form: Format, read_as: Format, suffix: bool) -> None:  # noqa: FBT001
    rules, report = read(data, form)
    assert report.form is read_as
    assert {rule.suffix for rule in rules} == {suffix}
    assert all(rule.exact for rule in rules)


def test_the_first_hundred_lines_with_rules_decide_the_form() -> None:
    head = b"# comment\n" * 200 + b"0.0.0.0 a.example\n" * 60 + b"b.example\n" * 40
    assert read(head + b"c.example\n" * 500)[1].form is Format.HOSTS


def test_a_long_preface_does_not_hide_the_form() -> None:
    preface = b"# a word before the list, and then another one\n" * 20_000
    rules, report = read(preface + b"0.0.0.0 a.example\n")
    assert (report.form, report.comments) == (Format.HOSTS, 20_000)
    assert rules == [
        Rule(b"\x01a\x07example\x00", suffix=False, exact=True, exception=False, important=False, line=20_001)
    ]


@pytest.mark.parametrize(("scope", "suffix"), [(Scope.EXACT, False), (Scope.SUFFIX, True)])
@pytest.mark.parametrize("data", [b"a.example", b"0.0.0.0 a.example", "ä.example".encode()])
def test_a_scope_that_is_given_wins(data: bytes, scope: Scope, suffix: bool) -> None:  # noqa: FBT001
    rules, _ = read(data, scope=scope)
    assert [rule.suffix for rule in rules] == [suffix]


def test_a_star_covers_all_below_in_any_list() -> None:
    rules, _ = read(b"*.a.example\n.b.example\nc.example", scope=Scope.EXACT)
    assert [rule.suffix for rule in rules] == [True, True, False]


@pytest.mark.thorough
def test_each_rule_knows_its_line_across_blocks() -> None:
    data = b"".join(b"%d.example.com\n" % number for number in range(1, 40_001))
    rules, report = read(data)
    assert report.rules == 40_000
    assert all(dotted(rule.name) == f"{rule.line}.example.com" for rule in rules)


def test_a_line_beyond_the_cap_is_refused_and_the_rest_is_read() -> None:
    data = b"a.example\n" + b"x" * 600_000 + b"\n" + b"#" * 70_000 + b"\nb.example\n"
    rules, report = read(data)
    assert [(dotted(rule.name), rule.line) for rule in rules] == [("a.example", 1), ("b.example", 4)]
    assert report.refusals == [(2, LONG_LINE), (3, LONG_LINE)]


def test_the_report_tells_what_was_met() -> None:
    data = (
        b"! Title: Mine\n# Number of entries: 4\na.example\nt\n1.2.3.4\nlocalhost\nxn--99999999.example\nb.example/x\n"
    )
    _, report = read(data)
    assert report == Report(
        form=Format.DOMAINS,
        rules=2,
        comments=2,
        refused=2,
        refusals=[(4, Refusal.SINGLE_LABEL), (8, Refusal.WEB_ADDRESS)],
        addresses=1,
        local_names=1,
        undecodable=1,
        title="Mine",
        declared=4,
    )


def test_a_damaged_file_raises_and_names_the_list() -> None:
    report = Report(name="lists/mine.txt")
    with pytest.raises(ListError, match=r"^lists/mine\.txt:2: byte 0x00"):
        list(read_rules(io.BytesIO(b"a.example\nb\0"), form=Format.AUTO, scope=None, report=report))


@pytest.mark.parametrize(
    "line",
    [
        b":" * 60_000 + b"x",
        b"# number of" + b" " * 60_000,
        b"#" + b" " * 60_000 + b"x",
        b"a." * 30_000 + b"/",
        b"[" * 60_000,
        b"1.1.1.1 " * 7_500,
        b"a#" + b"@" * 60_000,
        "\N{ARABIC LIGATURE SALLALLAHOU ALAYHE WASALLAM}".encode() * 337,
    ],
)
@pytest.mark.thorough
def test_no_line_makes_its_reader_slow(line: bytes) -> None:
    start = time.process_time()
    read((line + b"\n") * (300_000 // len(line)))
    assert time.process_time() - start < 1


@pytest.mark.parametrize(
    ("form", "line"),
    [
        (Format.ADGUARD, b"/" * 60_000),
        (Format.ADGUARD, b"/" + b"\\" * 60_000),
        (Format.ADGUARD, b"/" + b"(" * 60_000 + b"/"),
        (Format.ADGUARD, b"/" + b"[" * 1_000 + b"/"),
        (Format.ADGUARD, b"/" + b"a|" * 200 + b"b" * 600 + b"/"),
        (Format.ADGUARD, b"||" + b"a*" * 30_000),
        (Format.ADGUARD, b"||a.example^$" + b"," * 60_000),
        (Format.ADGUARD, b"||a.example^$denyallow=" + b"a.b|" * 15_000),
        (Format.ADGUARD, b"a" + b"#@" * 30_000),
        (Format.ADGUARD, b"a" + b" " * 60_000 + b"x"),
        (Format.DNSMASQ, b"address=" + b"/" * 60_000),
        (Format.DNSMASQ, b"address=/" + b"a.example/" * 6_000),
        (Format.DNSMASQ, b"server=/" + b"a" * 60_000),
        (Format.DNSMASQ, b"a" + b" " * 60_000),
        (Format.UNBOUND, b"local-zone: " + b"a." * 30_000),
        (Format.UNBOUND, b"local-data: " + b" " * 60_000),
        (Format.UNBOUND, b"local-zone:" + b" " * 60_000 + b'"'),
        (Format.RPZ, b"a" + b" " * 60_000 + b"x"),
        (Format.RPZ, b'"' + b"\\" * 60_000),
        (Format.RPZ, b"(" * 60_000),
        (Format.RPZ, b"a " + b"1" * 60_000),
        (Format.RPZ, b"a.example " + b"1s" * 30_000 + b"x"),
    ],
)
@pytest.mark.thorough
def test_no_line_of_any_form_makes_its_reader_slow(form: Format, line: bytes) -> None:
    start = time.process_time()
    read((line + b"\n") * (120_000 // len(line)), form)
    assert time.process_time() - start < 1


def oracle(text: bytes) -> list[str]:
    """Read a list of ASCII text the slow way."""
    found = []
    for line in text.decode("ascii").split("\n"):
        if line.strip().startswith(("#", "!", ";")):
            continue
        words = line.partition("#")[0].split()
        if not words:
            continue
        try:
            ipaddress.ip_address(words[0])
            words = words[1:]
        except ValueError:
            if len(words) > 1:
                continue
            words = [words[0].removeprefix("*") if words[0].startswith("*.") else words[0]]
            words = [words[0].removeprefix(".")]
        for word in words:
            name = word.lower().removesuffix(".")
            labels = name.split(".")
            good = all(
                0 < len(label) < 64 and set(label) <= set("abcdefghijklmnopqrstuvwxyz0123456789-_") for label in labels
            )
            if (
                good
                and len(labels) > 1
                and len(name) < 254
                and not labels[-1].isdigit()
                and name != "localhost.localdomain"
            ):
                found.append(name)
    return found


PIECES = st.sampled_from(
    [
        *(
            b"0.0.0.0",
            b"127.0.0.1",
            b"::1",
            b" ",
            b"\t",
            b"\r",
            b"\n",
            b"\n",
            b".",
            b"..",
            b"*.",
            b"*",
            b"#",
            b" # ",
            b"!",
        ),
        *(
            b"example",
            b"COM",
            b"com",
            b"a.b",
            b"www.",
            b"localhost",
            b".localdomain",
            b"local",
            b"1",
            b"1.2.3.4",
            b"x_y",
        ),
        *(b"a" * 63, b"b." * 126, b"\n0.0.0.0 ", b".example\n", b"xn--", b"xn--mnchen-3ya", b"-", b"/", b":"),
    ]
)


@given(
    st.lists(PIECES, max_size=25).map(b"".join).filter(lambda data: b"##" not in data),
    st.sampled_from((Format.HOSTS, Format.DOMAINS, Format.WILDCARD)),
)
def test_the_reader_agrees_with_a_slow_and_simple_one(data: bytes, form: Format) -> None:
    assert names(data, form) == oracle(data)


@given(st.binary(max_size=200), st.sampled_from(Format))
def test_any_bytes_are_rules_or_a_list_error(data: bytes, form: Format) -> None:
    try:
        rules, report = read(data, form)
    except ListError:
        return
    assert report.rules == len(rules)
    assert all((rule.name == b"") is (rule.pattern is not None) for rule in rules)
    assert all(1 <= rule.line <= data.count(b"\n") + 1 for rule in rules)


STARTS = st.sampled_from(
    [
        *(b"||", b"|", b"@@", b"/", b"^", b"$", b"*", b",", b"=", b"|", b"~", b"#", b"##", b"://", b"\\", b"'", b'"'),
        *(b"important", b"dnstype", b"denyallow", b"client", b"badfilter", b"all", b"script", b"A", b"a.b"),
        *(
            b"address=/",
            b"server=/",
            b"local-zone: ",
            b"local-data: ",
            b" static",
            b" transparent",
            b"$ORIGIN ",
            b"$TTL 1",
        ),
        *(b" CNAME ", b" A ", b".", b"(", b")", b";", b"[", b"]", b"{2}", b"?", b"+", b"\n", b"\n", b" ", b"\t"),
        *(b"example", b".com", b"192.0.2.1", "ä".encode(), b"\xff", b"xn--", b"a" * 64, b"rpz-passthru.", b"ads"),
    ]
)


@given(st.lists(STARTS, max_size=25).map(b"".join), st.sampled_from(Format), st.booleans())
def test_any_pieces_of_rules_are_rules_or_refused(data: bytes, form: Format, own: bool) -> None:  # noqa: FBT001
    report = Report()
    rules = list(read_rules(io.BytesIO(data), form=form, scope=None, report=report, own=own))
    assert report.rules == len(rules)
    for rule in rules:
        assert rule.suffix or rule.exact or rule.pattern
        assert (rule.name == b"") is (rule.pattern is not None)
        assert rule.name == rule.name.lower()
        assert rule.name.count(b"\0") == (rule.pattern is None)
        if rule.condition is not None and not own:
            assert rule.condition.clients + rule.condition.tags == ()


@pytest.mark.parametrize(
    ("form", "lines"),
    [
        (Format.ADGUARD, (b"||NAME^", b"||NAME^ # careful")),
        (Format.DNSMASQ, (b"address=/NAME/#", b"address=/NAME/# # careful")),
        (Format.DNSMASQ, (b"server=/NAME/127.0.0.1", b"server=/NAME/127.0.0.1 # careful")),
        (Format.UNBOUND, (b'local-zone: "NAME." always_null', b'local-zone: "NAME." always_null # careful')),
        (Format.WILDCARD, (b"*.NAME", b"*.NAME # careful")),
        (Format.RPZ, (b"NAME CNAME .", b"NAME CNAME . ; careful")),
    ],
)
@settings(max_examples=40)
@given(st.lists(PIECES, max_size=6).map(b"".join).filter(lambda name: not set(b" \t\n\r#!").intersection(name)))
def test_the_fast_path_takes_a_line_as_the_careful_one(form: Format, lines: tuple[bytes, bytes], name: bytes) -> None:
    (quick, one), (careful, other) = (read(line.replace(b"NAME", name), form) for line in lines)
    assert quick == careful
    assert one == other
