"""Run `guardian try LIST…`: which of these names would these lists block; the verdicts as JSON lines."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from guardian.errors import ListError, WireError
from guardian.lists.compiler import Compiler
from guardian.lists.domain_set import DomainSet
from guardian.lists.formats import read_rules
from guardian.lists.set_file import ListInfo
from guardian.lists.text import Report
from guardian.model import Format, ListKind, Scope
from guardian.wire.names import label_offsets, to_text, to_wire

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Iterator

    from guardian.model import Rule


class _Judged(NamedTuple):
    """One name and what the lists say of it."""

    name: str
    verdict: str
    stored: bytes
    list_index: int


def add_arguments(parser: ArgumentParser) -> None:
    """Give the command its options."""
    parser.add_argument("lists", nargs="+", metavar="LIST", help="files, plain or gzip")
    parser.add_argument("--format", default="auto", choices=[one.value for one in Format], help="how they are written")
    parser.add_argument("--match", choices=[one.value for one in Scope], help="what a plain name covers")
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
        _sum_up(reports, as_json=arguments.json)
        return 0
    domains = DomainSet(output.getbuffer())
    judged = [_judge(name, place, domains) for place, name in _names(arguments.names)]
    wanted = {one.stored for one in judged if one.stored}
    _tell(judged, _places(wanted, reports, arguments), reports, as_json=arguments.json)
    return 0


def _rules(report: Report, arguments: Namespace) -> Iterator[Rule]:
    scope = Scope(arguments.match) if arguments.match else None
    try:
        with Path(report.name).open("rb") as source:
            yield from read_rules(source, form=Format(arguments.format), scope=scope, report=report)
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


def _judge(name: str, place: str, domains: DomainSet) -> _Judged:
    try:
        wire = to_wire(name)
    except WireError as error:
        raise ListError(f"{place}: {error}; write one domain name a line") from error
    labels = label_offsets(wire)
    match = domains.find(wire, labels)
    if match is None:
        return _Judged(name, "none", b"", -1)
    row = domains.row(match.row)
    bits = row.itself if match.exact else row.below
    blocking, excepted = bits.blocking, bits.excepted | bits.important_excepted
    verdict = "block" if blocking else "allow" if excepted else "none"
    deciding = blocking or excepted
    return _Judged(
        name, verdict, wire[labels[match.label] :] if deciding else b"", (deciding & -deciding).bit_length() - 1
    )


def _places(wanted: set[bytes], reports: list[Report], arguments: Namespace) -> dict[tuple[bytes, int], int]:
    """Read the lists again for the lines of the rules that decided: a compiled set holds hashes, no text."""
    places: dict[tuple[bytes, int], int] = {}
    for number, report in enumerate(reports):
        for rule in _rules(Report(name=report.name), arguments):
            if rule.name in wanted:
                places.setdefault((rule.name, number), rule.line)
    return places


def _tell(judged: list[_Judged], places: dict[tuple[bytes, int], int], reports: list[Report], *, as_json: bool) -> None:
    for one in judged:
        decided = bool(one.stored)
        told = {
            "name": one.name,
            "verdict": one.verdict,
            "rule": to_text(one.stored) if decided else None,
            "list": reports[one.list_index].name if decided else None,
            "line": places.get((one.stored, one.list_index)) if decided else None,
        }
        if as_json:
            print(json.dumps(told, ensure_ascii=False))
        else:
            print(
                f"{one.verdict:6} {one.name}" + (f"  {told['list']}:{told['line']}: {told['rule']}" if decided else "")
            )


def _sum_up(reports: list[Report], *, as_json: bool) -> None:
    for report in reports:
        told = {"list": report.name, "format": report.form.value, "rules": report.rules, "refused": report.refused}
        if as_json:
            print(json.dumps({**told, "refusals": report.refusals}, ensure_ascii=False))
            continue
        print(f"{report.name}: {report.rules} rules as {report.form}, {report.refused} lines refused")
        for line, why in report.refusals:
            print(f"{report.name}:{line}: {why}")
