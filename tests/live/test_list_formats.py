"""dnsmasq and unbound, given the same lines, close the same names: the formats mean here what they mean there."""

from __future__ import annotations

import io
import random
from typing import TYPE_CHECKING

import dns.message
import dns.query
import dns.rcode

from guardian.lists.formats import read_rules
from guardian.lists.text import Report
from guardian.model import Format
from guardian.wire.names import to_wire
from tests.live.authority import ADDRESS
from tests.oracle.peers import Kind, serving

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from guardian.model import Rule
    from tests.live.authority import Authority

    Program = Callable[[str], str]

NAMES = 1_500
SECONDS = 20


def is_closed(port: int, name: str) -> bool:
    """Say whether a peer answers anything else than the truth."""
    answer = dns.query.udp(dns.message.make_query(name, "A"), "127.0.0.1", timeout=SECONDS, port=port)
    assert answer.rcode() != dns.rcode.SERVFAIL, name
    return ADDRESS not in {item.to_text() for rrset in answer.answer for item in rrset}


def covers(rule: Rule, name: bytes) -> bool:
    if rule.pattern is not None:
        assert rule.pattern.name_end
        return dotted(name).endswith(rule.pattern.text)
    if name == rule.name:
        return rule.exact
    return rule.suffix and name.endswith(rule.name) and dotted(name).endswith("." + dotted(rule.name))


def is_hidden(name: bytes, met: list[Rule], owners: set[bytes]) -> bool:
    """Say whether a star above is of no use because something nearer is in the zone (RFC 4592 section 3.3.1)."""
    star = max(len(rule.name) for rule in met)
    nearer = [parent for parent in parents(name) if len(parent) > star]
    return all(rule.suffix and not rule.exact for rule in met) and any(
        owner.endswith(parent) for parent in nearer for owner in owners if len(owner) >= len(parent)
    )


def parents(name: bytes) -> list[bytes]:
    """Give a name and all above it."""
    found = [name]
    while found[-1][0]:
        found.append(found[-1][found[-1][0] + 1 :])
    return found


def dotted(wire: bytes) -> str:
    labels = []
    while wire[0]:
        labels.append(wire[1 : wire[0] + 1].decode())
        wire = wire[wire[0] + 1 :]
    return ".".join(labels)


def compare(text: str, form: Format, port: int, names: list[str]) -> None:
    """Ask the peer for every name; it may differ only where docs/formats.md says so."""
    report = Report()
    rules = list(read_rules(io.BytesIO(text.encode()), form=form, scope=None, report=report))
    assert report.refused == report.ignored == 0
    closed = precise = hidden = 0
    owners = {rule.name for rule in rules}
    wrong = []
    for name in names:
        met = [rule for rule in rules if covers(rule, to_wire(name))]
        blocks = [len(rule.name) for rule in met if not rule.exception]
        exceptions = [len(rule.name) for rule in met if rule.exception]
        ours = bool(blocks) and not exceptions
        theirs = is_closed(port, name)
        closed += theirs
        if blocks and exceptions and max(blocks) > max(exceptions):
            precise += 1
            assert theirs, name
        elif form is Format.RPZ and ours and not theirs and is_hidden(to_wire(name), met, owners):
            hidden += 1
        elif ours is not theirs:
            wrong.append(
                f"{name}: {'closed' if ours else 'open'} here, by {[text.splitlines()[r.line - 1] for r in met]}"
            )
    print(
        f"\n{form}: {len(names)} names, {closed} closed by the peer, "
        f"{precise} of them more precisely than an exception; {hidden} open there by RFC 4592"
    )
    assert not wrong, "\n".join(wrong[:20])
    assert len(names) // 10 < closed < len(names)


def some_names(chance: random.Random, count: int) -> list[str]:
    """Give different names that share many parents."""
    found: dict[str, None] = {}
    while len(found) < count:
        depth = chance.choice((1, 1, 2, 2, 3))
        labels = [chance.choice("abcdefgh") * chance.randint(1, 2) for _ in range(depth)]
        found[".".join([*labels, chance.choice(("example", "guardian-test.net"))])] = None
    return list(found)


def asked_about(chance: random.Random, ruled: list[str], more: list[str]) -> list[str]:
    """Give names near those of the rules: themselves, below, above, beside."""
    near = [f"www.{name}" for name in ruled] + [f"x{name}" for name in ruled] + [f"a.b.{name}" for name in ruled]
    every = sorted({*ruled, *near, *more})
    return chance.sample(every, min(NAMES, len(every)))


def test_dnsmasq_closes_what_its_lines_close_here(tmp_path: Path, authority: Authority, program: Program) -> None:
    chance = random.Random(1)
    ruled = some_names(chance, 260)
    lines = []
    for name in ruled[:200]:
        form = chance.choice(("address=/{}/", "address=/{}/#", "address=/{}/0.0.0.0", "local=/{}/", "server=/{}/"))
        lines.append(form.format(chance.choice((name, name, "." + name, name.upper()))))
    lines += [f"server=/{name}/#" for name in ruled[200:230]] + [f"local=/{name}/#" for name in ruled[230:240]]
    lines.append(f"address=/{'/'.join(ruled[240:250])}/#")
    # A star of its own tree: what is more precise than a star is a question that dnsmasq answers in its own way.
    stars = ["star.guardian-star.net", "t.guardian-star.org"]
    lines += [f"local=/*{stars[0]}/", f"local=/*.{stars[1]}/"]
    text = "\n".join(lines)
    names = [*asked_about(chance, ruled, some_names(chance, 400)), *asked_about(chance, stars, [])]
    with serving(Kind.DNSMASQ, program("dnsmasq"), text + "\n", tmp_path, authority) as port:
        compare(text, Format.DNSMASQ, port, names)


def test_unbound_closes_what_its_lines_close_here(tmp_path: Path, authority: Authority, program: Program) -> None:
    chance = random.Random(2)
    ruled = some_names(chance, 260)
    kinds = ("static", "always_null", "always_nxdomain", "always_nodata", "always_refuse", "refuse", "redirect")
    lines = [
        f"local-zone: {chance.choice(('{}', '{}.')).format(name)!r} {chance.choice(kinds)}".replace("'", '"')
        for name in ruled[:180]
    ]
    lines += [f'local-zone: "{name}." always_transparent' for name in ruled[180:220]]
    # Data of its own tree: a redirect zone may have none below it.
    data = [name.replace("example", "guardian-data.org") for name in ruled[220:] if name.endswith("example")]
    lines += [f'local-data: "{name}. A 0.0.0.0"' for name in data]
    text = "".join(f"  {line}\n" for line in ("unblock-lan-zones: yes", *lines))
    names = [*asked_about(chance, ruled[:220], some_names(chance, 400)), *asked_about(chance, data, [])]
    with serving(Kind.UNBOUND, program("unbound"), text, tmp_path, authority) as port:
        compare("\n".join(lines), Format.UNBOUND, port, names)


def test_unbound_closes_what_a_policy_zone_closes_here(tmp_path: Path, authority: Authority, program: Program) -> None:
    chance = random.Random(3)
    ruled = some_names(chance, 300)
    actions = ("CNAME .", "CNAME .", "CNAME *.", "IN CNAME .", "60 IN CNAME .", "A 192.0.2.1")
    lines = [
        "$ORIGIN rpz.invalid.",
        "@ SOA ns.invalid. nobody.invalid. ( 1 3600",
        "  600 86400 60 )",
        "@ NS ns.invalid.",
    ]
    lines += [f"{chance.choice(('', '*.'))}{name} {chance.choice(actions)}" for name in ruled[:240]]
    lines += [f"{chance.choice(('', '*.'))}{name} CNAME rpz-passthru." for name in ruled[240:]]
    text = "\n".join(lines)
    names = asked_about(chance, ruled, some_names(chance, 400))
    with serving(Kind.RPZ, program("unbound"), text + "\n", tmp_path, authority) as port:
        compare(text, Format.RPZ, port, names)
