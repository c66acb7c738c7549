"""Hold what stands behind the `$` of a rule in the syntax of AdGuard: when the rule holds, and what it outweighs.

Law 1: an unknown modifier refuses the whole rule: without it the rule would mean more than its writer said.
Law 2: a modifier that only a browser can judge sets the rule aside; it is no fault of the list.
Law 3: a list never answers with an address, and knows no device of this house.
"""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache
from typing import Final, NamedTuple

from guardian.lists.hostname import Refusal, to_wire
from guardian.lists.objection import Objection
from guardian.lists.record_types import type_number
from guardian.model import Condition

MAX_VALUES: Final = 256
"""How many values one rule may list."""

STRIPPED: Final = frozenset(b"all document doc popup".split())
"""What says for a browser that the whole page is meant: the rule stands without it."""

FOR_BROWSERS: Final = frozenset(
    b"third-party 3p first-party 1p strict1p strict3p strict-first-party strict-third-party domain from to method app "
    b"network script image stylesheet css object object-subrequest media font subdocument frame xmlhttprequest xhr "
    b"websocket webrtc ping beacon other popunder background empty mp4 inline-script inline-font match-case header "
    b"removeparam queryprune removeheader redirect redirect-rule rewrite replace urlskip urltransform uritransform csp "
    b"permissions cookie hls jsonprune xmlprune responseheader requestheader reason ipaddress sitekey cname collapse "
    b"donottrack stealth elemhide ehide generichide ghide specifichide shide genericblock jsinject content urlblock "
    b"extension trusted-types referrerpolicy abortonpropertyread noop _ asn top".split()
)
"""What depends on the page, the kind of request or its text: none of it is in a question of the DNS."""

TAGS: Final = frozenset(
    [
        *("device_audio", "device_camera", "device_gameconsole", "device_laptop", "device_nas", "device_other"),
        *("device_pc", "device_phone", "device_printer", "device_securityalarm", "device_tablet", "device_tv"),
        *("os_android", "os_ios", "os_linux", "os_macos", "os_other", "os_windows"),
        *("user_admin", "user_child", "user_regular"),
    ]
)
"""The tags that AdGuard Home documents."""

_COMMA: Final = re.compile(rb"(?<!\\),")
_BAR: Final = re.compile(r"(?<!\\)\|")


class Modifiers(NamedTuple):
    """What the modifiers of one rule say."""

    important: bool = False
    cancels: bool = False
    condition: Condition | None = None


@lru_cache(maxsize=64)  # lists repeat the same few
def read_modifiers(text: bytes, *, own: bool) -> Modifiers | Objection | None:
    """Return what the modifiers say; None sets the rule aside, as it is for browsers only.

    `own` says that the operator wrote the rule: only then may it name devices.
    """
    pairs = [part.strip().partition(b"=") for part in _COMMA.split(text)]
    names = [name.lower() for name, _, _ in pairs]
    if any(name.removeprefix(b"~").strip(b"_") in FOR_BROWSERS or name.strip(b"_") == b"" != name for name in names):
        return None
    if any(name.startswith(b"~") and name[1:] in STRIPPED for name in names):
        return None
    important = cancels = False
    values: dict[bytes, list[str]] = {}
    for name, (_, sign, value) in zip(names, pairs, strict=True):
        if name == b"important" and not sign:
            important = True
        elif name == b"badfilter" and not sign:
            cancels = True
        elif name in STRIPPED and not sign:
            continue
        elif name == b"dnsrewrite":
            return Objection.REWRITE
        elif name in (b"client", b"ctag") and not own:
            return Objection.PERSONAL
        elif name in (b"client", b"ctag", b"dnstype", b"denyallow"):
            values.setdefault(name, []).extend(_BAR.split(value.decode("utf-8", "replace")))
        else:
            return Objection.MODIFIER
    condition = _condition(values)
    return condition if isinstance(condition, Objection) else Modifiers(important, cancels, condition)


def _condition(values: dict[bytes, list[str]]) -> Condition | Objection | None:
    if not values:
        return None
    if sum(map(len, values.values())) > MAX_VALUES or any("" in each for each in values.values()):
        return Objection.VALUE
    types = _types(values.get(b"dnstype", []))
    outside = _names(values.get(b"denyallow", []))
    clients = _signed(values.get(b"client", []))
    tags = _signed(values.get(b"ctag", []))
    if types is None or outside is None or not TAGS.issuperset(tags[0] + tags[1]):
        return Objection.VALUE
    wanted = tuple(sorted({_client(one) for one in clients[0]}))
    unwanted = tuple(sorted({_client(one) for one in clients[1]}))
    if "" in wanted + unwanted:
        return Objection.VALUE
    return Condition(*types, outside, wanted, unwanted, tuple(sorted(set(tags[0]))), tuple(sorted(set(tags[1]))))


def _signed(values: list[str]) -> tuple[list[str], list[str]]:
    """Tell the values from those behind a `~`."""
    wanted = [value for value in values if not value.startswith("~")]
    return wanted, [value[1:] for value in values if value.startswith("~")]


def _types(values: list[str]) -> tuple[frozenset[int], frozenset[int]] | None:
    """Return the types and the types left out; of both kinds only the first counts, as AdGuard documents."""
    wanted, unwanted = ([type_number(value) for value in each] for each in _signed(values))
    if None in wanted or None in unwanted:
        return None
    types = frozenset(number for number in wanted if number is not None)
    others = frozenset(number for number in unwanted if number is not None)
    return types, frozenset() if types else others


def _names(values: list[str]) -> tuple[bytes, ...] | None:
    found = [to_wire(value.encode(), single=True) for value in values]
    names = {name for name in found if not isinstance(name, Refusal)}
    return tuple(sorted(names)) if all(isinstance(name, bytes) for name in found) else None


def _client(value: str) -> str:
    """Return an address or a network as Python writes it, a name without its quotes and escapes."""
    quote = value[:1]
    if quote in ("'", '"') and len(value) > 1 and value.endswith(quote):
        return re.sub(r"\\(.)", r"\1", value[1:-1])
    value = re.sub(r"\\(.)", r"\1", value)
    try:
        network = "/" in value
        return str(ipaddress.ip_network(value, strict=False) if network else ipaddress.ip_address(value))
    except ValueError:
        return value
