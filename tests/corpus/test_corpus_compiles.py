"""All real lists in one set: it compiles, it finds what it holds, and what it costs is printed."""

from __future__ import annotations

import gzip
import io
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from guardian.engine.cache import TwoGenerations
from guardian.errors import ListError
from guardian.lists.compiler import Compiler
from guardian.lists.domain_set import DomainSet
from guardian.lists.formats import read_rules
from guardian.lists.set_file import ListInfo, verify
from guardian.lists.suffixes import without_too_wide
from guardian.lists.text import Report
from guardian.model import Format, ListKind, Match, Rule
from guardian.system.files import map_file
from guardian.wire.names import label_offsets, to_wire

if TYPE_CHECKING:
    from collections.abc import Iterator

    from guardian.lists.compiler import Summary

SAMPLED = ("gambling", "drugs", "piracy")
"""Folders whose lists are looked up name by name."""
COMPILE = "import runpy, sys; runpy.run_path(sys.argv[1])['main'](*sys.argv[2:])"


class Measured(NamedTuple):
    """A set of the whole corpus, and what it cost to make."""

    path: Path
    rules: int
    lists: int
    names: int
    rows: int
    seconds: float
    """Of processor time."""
    peak: int
    """MiB of memory at most, the interpreter's own included."""
    forms: dict[str, int]
    """How many lists are in each form."""


def real_lists(corpus: Path) -> list[Path]:
    """Give every list of names; tables and the ranked sites are none."""
    return [
        path
        for path in sorted(corpus.rglob("*"))
        if path.is_file() and path.suffix not in {".md", ".tsv"} and not path.name.startswith("top-sites")
    ]


def compile_all(corpus: Path, target: Path) -> tuple[Summary, int, Counter[str]]:
    """Compile every list, of whatever form; give the summary, the number of rules, and of lists by form."""
    rules, forms = 0, Counter[str]()
    with tempfile.TemporaryFile() as spool, tempfile.TemporaryFile() as names, target.open("w+b") as output:
        compiler = Compiler(spool, names)
        for path in real_lists(corpus):
            report = Report(name=path.name)
            folder = path.parent.name
            kind = ListKind.ALLOW if folder == "allow" else ListKind.BLOCK
            info = ListInfo(f"{folder}/{path.name}", path.name, kind, folder, path.name)
            with path.open("rb") as source:
                try:
                    read = read_rules(source, form=Format.AUTO, scope=None, report=report)
                    compiler.add(info, without_too_wide(read, report))
                except ListError:
                    # One list of control characters is refused whole, on purpose.
                    if not path.name.startswith("blns-"):
                        raise
            rules += report.rules
            forms[report.form.value] += 1
        return compiler.write(output), rules, forms


def main(corpus: str, target: str) -> None:
    """Compile in a process of its own, so that nothing else counts as its memory."""
    summary, rules, forms = compile_all(Path(corpus), Path(target))
    # ru_maxrss of a child begins at its parent's; this mark is its own
    peak = int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]) // 1024
    print(json.dumps([rules, forms.total(), summary.names, summary.rows, time.process_time(), peak, forms]))


@pytest.fixture(scope="module")
def whole(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Measured:
    """Return the whole corpus as one set."""
    target = tmp_path_factory.mktemp("corpus") / "whole.set"
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    command = [sys.executable, "-c", COMPILE, __file__, str(corpus), str(target)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600, env=environment)
    assert done.returncode == 0, done.stderr
    return Measured(target, *json.loads(done.stdout))


@pytest.fixture(scope="module")
def domains(whole: Measured) -> DomainSet:
    """Return the set, opened as the daemon opens it."""
    buffer = map_file(whole.path)
    verify(buffer)
    return DomainSet(buffer)


def test_every_real_list_compiles_into_one_set(whole: Measured, domains: DomainSet) -> None:
    each = whole.seconds / whole.rules * 1e6
    print(
        f"\n{whole.rules:,} rules of {whole.lists} lists: {whole.names:,} names in {whole.rows:,} classes, "
        f"{whole.path.stat().st_size / 2**20:.1f} MiB; {whole.seconds:.1f} s of CPU ({each:.1f} µs a rule), "
        f"peak {whole.peak} MiB; {whole.forms}"
    )
    assert set(whole.forms) >= {form.value for form in Format if form is not Format.AUTO}
    assert whole.lists > 150
    assert len(domains) == whole.names > 1_000_000
    assert len(domains.rows()) == whole.rows
    # The issue asks for 150 MiB with five million names; this is a smaller set.
    assert whole.peak < 150
    # It should take 45; a machine that others use may need twice as many.
    assert whole.seconds < 90


def test_every_name_of_the_sampled_lists_is_found_and_their_neighbours_are_not(
    corpus: Path, domains: DomainSet
) -> None:
    names = blocked_names(corpus)
    stored = every_name(corpus)
    wanted = neighbours = 0
    for name, numbers in names.items():
        match = find(domains, name)
        assert match is not None, name
        assert match.exact, name
        for number in numbers:
            assert domains.row(match.row).itself.any >> number & 1, (name, domains.lists[number].id)
        wanted += 1
        for neighbour in (b"\x04none" + name, bytes((name[0] + 1,)) + b"z" + name[1:]):
            if len(neighbour) > 255 or neighbour[0] > 63:
                continue
            at = next((at for at in label_offsets(neighbour) if neighbour[at:] in stored), None)
            found = find(domains, neighbour)
            assert (found and label_offsets(neighbour)[found.label]) == at, neighbour
            neighbours += 1
    print(f"\n{wanted:,} names found, {neighbours:,} neighbours right")
    assert wanted > 10_000


def find(domains: DomainSet, name: bytes) -> Match | None:
    return domains.find(name, label_offsets(name))


def blocked_names(corpus: Path) -> dict[bytes, set[int]]:
    """Give each name of the sampled lists with the numbers of the lists that name it."""
    found: dict[bytes, set[int]] = {}
    for number, path in enumerate(real_lists(corpus)):
        if path.parent.name in SAMPLED:
            for name in read_names(path):
                found.setdefault(name, set()).add(number)
    return found


def every_name(corpus: Path) -> set[bytes]:
    return {name for path in real_lists(corpus) if not path.name.startswith("blns-") for name in read_names(path)}


def read_names(path: Path) -> Iterator[bytes]:
    """Give the names that a list stores: patterns have none, and `$badfilter` takes its own list's rules back."""
    data = path.read_bytes()
    cancels = b"$badfilter" in (gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data)
    gone = {same(rule) for rule in rules_of(path) if rule.cancels} if cancels else set()
    for rule in rules_of(path):
        if rule.pattern is None and not rule.cancels and (not gone or same(rule) not in gone):
            yield rule.name


def rules_of(path: Path) -> Iterator[Rule]:
    with path.open("rb") as source:
        report = Report()
        yield from without_too_wide(read_rules(source, form=Format.AUTO, scope=None, report=report), report)


def same(rule: Rule) -> Rule:
    return rule._replace(line=0, cancels=False)


def test_a_million_names_asked_once_fill_no_table(corpus: Path) -> None:
    table: TwoGenerations[bytes, int] = TwoGenerations(500)
    asked = 0
    with gzip.open(corpus / "top-sites-tranco-1m.txt.gz", "rt", encoding="utf-8") as sites:
        for site in sites:
            table.put(site.encode(), asked, float(asked + 60))
            asked += 1
            assert len(table) <= 500
    assert asked > 900_000


def test_the_order_of_real_rules_changes_no_octet(corpus: Path) -> None:
    paths = [path for path in real_lists(corpus) if path.parent.name == "drugs"]
    assert paths
    results = set()
    for turn in (1, -1):
        compiler, output = Compiler(io.BytesIO(), io.BytesIO()), io.BytesIO()
        for path in paths:
            with path.open("rb") as source:
                rules = list(read_rules(source, form=Format.AUTO, scope=None, report=Report()))
            compiler.add(ListInfo(path.name, "", ListKind.BLOCK, "drugs", ""), rules[::turn])
        results.add(compiler.write(output).checksum)
    assert len(results) == 1


def test_a_name_far_below_a_real_one_is_found_by_its_parent(corpus: Path, domains: DomainSet) -> None:
    name = next(name for name in blocked_names(corpus) if len(name) < 60)
    deep = to_wire("x." * 90)[:-1] + name
    match = find(domains, deep)
    assert match is not None
    assert (match.label, match.exact) == (90, False)
