"""Give guardian's verdict of a text of rules: read, compiled and looked up as the program does it."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from guardian.lists.compiler import Compiler
from guardian.lists.domain_set import DomainSet
from guardian.lists.formats import read_rules
from guardian.lists.record_types import type_number
from guardian.lists.set_file import ListInfo
from guardian.lists.suffixes import without_too_wide
from guardian.lists.text import Report
from guardian.model import Asker, Format, ListKind
from guardian.wire.names import label_offsets, to_wire
from tests.oracle.peers import Kind, Says

if TYPE_CHECKING:
    from guardian.model import Rule
    from tests.oracle.peers import Question

FORMS = {
    Kind.HOSTS: Format.HOSTS,
    Kind.DNSMASQ: Format.DNSMASQ,
    Kind.UNBOUND: Format.UNBOUND,
    Kind.RPZ: Format.RPZ,
}


class Ours:
    """The rules of one text, compiled."""

    def __init__(self, text: str, kind: Kind, *, understood: bool = True) -> None:
        """Read and compile; AssertionError where a line is not `understood`, and where all are that should not be."""
        report = Report(keep=10)
        source = io.BytesIO(text.encode("ascii"))
        form = FORMS[kind]
        self.rules: list[Rule] = list(
            without_too_wide(read_rules(source, form=form, scope=None, report=report), report)
        )
        assert (report.refused == report.ignored == 0) is understood, report.refusals
        compiler, output = Compiler(io.BytesIO(), io.BytesIO()), io.BytesIO()
        compiler.add(ListInfo("oracle", "", ListKind.BLOCK, "tried", "oracle"), self.rules)
        compiler.write(output)
        self._domains = DomainSet(output.getbuffer())

    def say(self, question: Question) -> Says:
        """Give the verdict of one question."""
        name = to_wire(question.name.lower())
        labels, qtype = label_offsets(name), type_number(question.qtype)
        assert qtype is not None
        heard = self._domains.hear(self._domains.find(name, labels), name, labels, qtype, Asker("192.0.2.1"))
        return Says.CLOSED if heard.stored.union(heard.shaped).blocking else Says.OPEN
