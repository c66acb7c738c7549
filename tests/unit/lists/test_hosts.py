"""One line of a hosts file."""

from __future__ import annotations

import pytest

from guardian.lists.hostname import Refusal
from guardian.lists.hosts import is_hosts_line, read_hosts
from guardian.lists.text import Report
from guardian.model import Rule, Scope


def read(line: bytes, scope: Scope = Scope.EXACT) -> tuple[list[bytes], Report]:
    report = Report()
    words = line.split()
    assert is_hosts_line(words)
    return [rule.name for rule in read_hosts(words, line=3, scope=scope, report=report)], report


@pytest.mark.parametrize(
    "address", [b"0.0.0.0", b"127.0.0.1", b"127.0.0.0", b"::", b"::1", b"[::]", b"fe80::1%lo0", b"216.239.38.120"]
)
def test_whatever_the_address_the_name_is_blocked(address: bytes) -> None:
    names, report = read(address + b" example.com")
    assert names == [b"\x07example\x03com\x00"]
    assert report.rules == 1


def test_every_name_of_a_line_is_read_and_a_bad_one_costs_only_itself() -> None:
    names, report = read(b"0.0.0.0  one.example\t\ttwo.example/x en THREE.example localhost 1.2.3.4")
    assert names == [b"\x03one\x07example\x00", b"\x05three\x07example\x00"]
    assert report.refusals == [(3, Refusal.WEB_ADDRESS), (3, Refusal.SINGLE_LABEL)]
    assert (report.rules, report.local_names, report.addresses) == (2, 1, 1)


def test_the_head_of_a_hosts_file_is_passed_over_in_silence() -> None:
    for line in (b"127.0.0.1 localhost localhost.localdomain", b"0.0.0.0 0.0.0.0", b"255.255.255.255 broadcasthost"):
        names, report = read(line)
        assert names == []
        assert report.local_names > 0
        assert report.refused == report.addresses == 0


def test_the_rule_says_its_line_and_scope() -> None:
    rules = list(read_hosts([b"0.0.0.0", b"a.example"], line=9, scope=Scope.SUFFIX, report=Report()))
    assert rules == [Rule(b"\x01a\x07example\x00", suffix=True, exact=True, exception=False, important=False, line=9)]


@pytest.mark.parametrize("line", [b"example.com", b"0.0.0.0", b"red herring line", b"1.2.3 example.com"])
def test_other_lines_are_no_hosts_lines(line: bytes) -> None:
    assert not is_hosts_line(line.split())
