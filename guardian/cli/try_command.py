"""Run `guardian try LIST…`: which of these names would these lists block; the verdicts as JSON lines."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from guardian.cli.asked import ending_missed, wire_asked
from guardian.errors import ListError, WireError
from guardian.lists.compiler import Compiler
from guardian.lists.domain_set import DomainSet
from guardian.lists.formats import read_rules
from guardian.lists.places import Places, shown
from guardian.lists.record_types import type_number
from guardian.lists.set_file import ListInfo
from guardian.lists.suffixes import without_too_wide
from guardian.lists.text import Report
from guardian.model import Asker, Format, ListKind, Scope
from guardian.wire.names import label_offsets

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Iterator

    from guardian.model import Pattern, Rule


class _Question(NamedTuple):
    """What is asked beside the name."""

    qtype: int
    asker: Asker


class _Judged(NamedTuple):
    """One name and what the lists say of it."""

    name: str
    wire: bytes
    verdict: str
    list_index: int
    """Which list decided; -1 for none."""
    word: tuple[bool, bool]
    """Whether the rule that decided is an exception, and whether it is important."""
    shapes: tuple[Pattern, ...]
    """The patterns that mean the name."""


def add_arguments(parser: ArgumentParser) -> None:
    """Give the command its options."""
    parser.add_argument("lists", nargs="+", metavar="LIST", help="files, plain or gzip")
    parser.add_argument("--format", default="auto", choices=[one.value for one in Format], help="how they are written")
    parser.add_argument("--match", choices=[one.value for one in Scope], help="what a plain name covers")
    parser.add_argument("--type", default="A", metavar="TYPE", help="the record type asked for (default: A)")
    parser.add_argument("--client", default="", metavar="CLIENT", help="who asks: an address, or a device's name")
    parser.add_argument("--tag", action="append", default=[], metavar="TAG", help="what asks: device_phone, user_child")
    parser.add_argument("--names", metavar="FILE|-", help="names, one a line; without it the lists are summed up")
    parser.add_argument("--json", action="store_true", help="write JSON lines")
    parser.add_argument("--config", metavar="FILE", help="taken and not needed: the lists speak for themselves")


def run(arguments: Namespace) -> int:
    """Judge the names, or sum up the lists."""
    reports = [Report(name=path) for path in arguments.lists]
    compiler = Compiler(io.BytesIO(), io.BytesIO())
    for report in reports:
        info = ListInfo(report.name, report.name, ListKind.BLOCK, "tried", report.name)
        compiler.add(info, _rules(report, arguments))
    output = io.BytesIO()
    compiler.write(output)
    if arguments.names is None:
        _sum_up(reports, DomainSet(output.getbuffer()).lists, as_json=arguments.json)
        return 0
    domains = DomainSet(output.getbuffer())
    question = _Question(_type(arguments.type), Asker(arguments.client, frozenset(arguments.tag)))
    judged = [_judge(name, place, domains, question) for place, name in _names(arguments.names)]
    _tell(judged, _places(judged, reports, arguments, question), reports, as_json=arguments.json)
    return 0


def _type(text: str) -> int:
    number = type_number(text)
    if number is None:
        raise ListError(f"--type {text}: no such record type; write A, AAAA, HTTPS or TYPE65")
    return number


def _rules(report: Report, arguments: Namespace) -> Iterator[Rule]:
    """Read one list as its operator's own: its rules may name devices."""
    scope = Scope(arguments.match) if arguments.match else None
    try:
        with Path(report.name).open("rb") as source:
            rules = read_rules(source, form=Format(arguments.format), scope=scope, report=report, own=True)
            yield from without_too_wide(rules, report)
    except OSError as error:
        raise ListError(f"{report.name}: can't be read: {error.strerror}") from error


def _names(file: str) -> list[tuple[str, str]]:
    """Give each name with its place."""
    try:
        text = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise ListError(f"{file}: can't be read: {error.strerror}") from error
    lines = enumerate(text.decode("utf-8", "replace").splitlines(), start=1)
    return [(f"{file}:{number}", line.strip()) for number, line in lines if line.strip()]


def _judge(name: str, place: str, domains: DomainSet, question: _Question) -> _Judged:
    try:
        wire = wire_asked(name)
    except WireError as error:
        raise ListError(f"{place}: {error}; write one domain name a line") from error
    if hint := ending_missed(name):
        print(f"{place}: {hint}", file=sys.stderr)
    labels = label_offsets(wire)
    heard = domains.hear(domains.find(wire, labels), wire, labels, question.qtype, question.asker)
    bits = heard.stored.union(heard.shaped)
    deciding = bits.blocking or bits.excepting
    if not deciding:
        return _Judged(name, wire, "none", -1, (False, False), ())
    first = deciding & -deciding
    strong = bits.important if bits.blocking else bits.important_excepted
    word = (not bits.blocking, bool(strong & first))
    patterns = domains.patterns
    shapes = tuple(map(patterns.pattern, patterns.matching(wire, labels))) if patterns else ()
    return _Judged(name, wire, "allow" if word[0] else "block", first.bit_length() - 1, word, shapes)


def _tell(judged: list[_Judged], places: Places, reports: list[Report], *, as_json: bool) -> None:
    for one in judged:
        rule = places.rule_of(one.wire)
        told = {
            "name": one.name,
            "verdict": one.verdict,
            "rule": shown(rule) if rule else None,
            "list": reports[one.list_index].name if one.list_index >= 0 else None,
            "line": rule.line if rule else None,
        }
        if as_json:
            print(json.dumps(told, ensure_ascii=False))
        else:
            print(f"{one.verdict:6} {one.name}" + (f"  {told['list']}:{told['line']}: {told['rule']}" if rule else ""))


def _places(judged: list[_Judged], reports: list[Report], arguments: Namespace, question: _Question) -> Places:
    """Read the lists again for the rules that decided: a compiled set holds hashes, no text."""
    places = Places(question.qtype, question.asker)
    for one in judged:
        if one.list_index >= 0:
            places.want(one.wire, one.list_index, one.word, one.shapes)
    for number, report in enumerate(reports):
        places.read(number, _rules(Report(name=report.name), arguments))
    return places


def _sum_up(reports: list[Report], infos: tuple[ListInfo, ...], *, as_json: bool) -> None:
    for report in reports:
        left_out = next((info.left_out for info in infos if info.id == report.name), 0)
        told = {
            "list": report.name,
            "format": report.form.value,
            "rules": report.rules,
            "refused": report.refused,
            "left_out": left_out,
        }
        if as_json:
            print(json.dumps({**told, "refusals": report.refusals}, ensure_ascii=False))
            continue
        print(
            f"{report.name}: {report.rules} rules as {report.form}, {report.refused} lines refused"
            f"{f', {left_out} rules left out' if left_out else ''}"
        )
        for line, why in report.refusals:
            print(f"{report.name}:{line}: {why}")
