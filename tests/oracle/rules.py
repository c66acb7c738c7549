"""Make rules of one meaning in the words of four servers' files, and the names to ask about.

Law 1: chance is an argument; the same Random makes the same rules and names.
Law 2: no name is both closed and open by its own rule, so that order within a file decides nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from random import Random

BASES = ("guardian-test.net", "guardian-test.org", "example")
LETTERS = "abcdefghijk"
ZONE_TYPES = ["static", "always_null", "always_nxdomain", "always_nodata", "always_refuse", "refuse", "redirect"]
OPEN_TYPES = ["always_transparent", "transparent"]
DENIALS = ("CNAME .", "IN CNAME .", "300 CNAME *.", "cname .")
PLAIN_LINES = ("local=/{}/", "address=/{}/", "server=/{}/")
NULL_LINES = ("address=/{}/#", "address=/{}/0.0.0.0", "address=/{}/::")


class Intent(NamedTuple):
    """What somebody wants of one name."""

    name: str
    closes: bool
    """Otherwise it opens."""
    below: bool
    """All below it, too; otherwise the name alone."""


def some_names(chance: Random, count: int) -> list[str]:
    """Give different names that share many parents."""
    found: dict[str, None] = {}
    while len(found) < count:
        labels = [chance.choice(LETTERS) * chance.randint(1, 2) for _ in range(chance.choice((1, 1, 2, 2, 3)))]
        found[".".join((*labels, chance.choice(BASES)))] = None
    return list(found)


def intents(chance: Random, count: int, *, exact: float, opening: float) -> list[Intent]:
    """Make intents for different names; of these, the shares `exact` and `opening` (which always covers below)."""
    made = []
    for name in some_names(chance, count):
        if chance.random() < opening:
            made.append(Intent(name, closes=False, below=True))
        else:
            made.append(Intent(name, closes=True, below=chance.random() >= exact))
    return made


def near(chance: Random, wanted: list[Intent], count: int) -> list[str]:
    """Give `count` different names: those of the rules, below, above and beside them, in mixed case."""
    every: dict[str, None] = {}
    for intent in wanted:
        label, _, parent = intent.name.partition(".")
        beside = (f"x{intent.name}", f"{label}x.{parent}", f"{label}-x.{parent}")
        for name in (intent.name, f"www.{intent.name}", f"a.b.{intent.name}", *beside, parent, f"zz.{parent}"):
            if "." in name:
                every[name] = None
    every |= dict.fromkeys(some_names(chance, count // 2))
    return [mixed(chance, name) for name in chance.sample(sorted(every), min(count, len(every)))]


def mixed(chance: Random, name: str) -> str:
    """Write some letters of a name large, if chance will have it."""
    if chance.random() < 0.5:
        return name
    return "".join(chance.choice((letter, letter.upper())) for letter in name)


def as_hosts(wanted: list[Intent], chance: Random) -> str:
    """Write what closes one name alone; hosts files have no words for anything else."""
    lines = []
    for intent in wanted:
        assert (intent.closes, intent.below) == (True, False)
        lines.append(f"0.0.0.0 {mixed(chance, intent.name)}")
    return "\n".join(lines) + "\n"


def as_dnsmasq(wanted: list[Intent], chance: Random) -> str:
    """Write what covers names with all below them; dnsmasq's options have no words for one name alone."""
    lines = []
    for intent in wanted:
        assert intent.below
        form = chance.choice((*PLAIN_LINES, *NULL_LINES)) if intent.closes else "server=/{}/#"
        lines.append(form.format(mixed(chance, intent.name)))
    return "\n".join(lines) + "\n"


def as_unbound(wanted: list[Intent], chance: Random) -> str:
    """Write zones, and data for one name alone."""
    lines = []
    for intent in wanted:
        name = mixed(chance, intent.name)
        if not intent.below:
            lines.append(f'local-data: "{name}. A 0.0.0.0"')
            continue
        kinds = ZONE_TYPES if intent.closes else OPEN_TYPES
        if any(not one.below and one.name.endswith("." + intent.name) for one in wanted):
            # a redirect zone may hold no data below its top: unbound would not start
            kinds = [one for one in kinds if one != "redirect"]
        kind = chance.choice(kinds)
        lines.append(f'local-zone: "{name}{chance.choice(("", "."))}" {kind}')
    return "\n".join(lines) + "\n"


def as_rpz(wanted: list[Intent], chance: Random) -> str:
    """Write a policy zone."""
    lines = ["$ORIGIN rpz.invalid.", "@ 300 IN SOA ns.invalid. nobody.invalid. ( 1 3600", "  600 86400 60 )"]
    lines.append("@ 300 IN NS ns.invalid.")
    for intent in wanted:
        name = mixed(chance, intent.name)
        action = chance.choice(DENIALS) if intent.closes else "CNAME rpz-passthru."
        lines.append(f"{name} {action}")
        if intent.below:
            lines.append(f"*.{name} {action}")
    return "\n".join(lines) + "\n"
