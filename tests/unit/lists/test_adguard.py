"""One line in the syntax of AdGuard at a time: what it blocks, or why it does nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from guardian.lists.hostname import Refusal
from guardian.lists.objection import Objection
from guardian.model import Format

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize(
    ("line", "meaning"),
    [
        ("||a.example^", "block a.example and below"),
        ("||A.Example.^", "block a.example and below"),
        ("||a.example^|", "block a.example and below"),
        ("||a.example|", "block a.example and below"),
        ("||a.example/*", "block a.example and below"),
        ("||a.example/", "block a.example and below"),
        ("||a.example^*", "block a.example and below"),
        ("||a.example^ # why", "block a.example and below"),
        ("||ä.example^", "block xn--4ca.example and below"),
        ("|a.example^", "block a.example"),
        ("|https://a.example^", "block a.example"),
        ("https://a.example/", "block a.example"),
        ("://a.example^", "block a.example"),
        ("//a.example^", "block a.example"),
        ("a.example", "block a.example"),
        ("0.0.0.0 a.example", "block a.example"),
        ("*.a.example", "block below a.example"),
        ("||*.a.example^", "block below a.example"),
        (".a.example^", "block below a.example"),
        ("@@||a.example^", "open a.example and below"),
        ("@@|a.example^", "open a.example"),
        ("@@||a.example^$important", "open a.example and below important"),
        ("||a.example^$important", "block a.example and below important"),
        ("||a.example^$badfilter", "block a.example and below cancels"),
        ("||a.example^$all", "block a.example and below"),
        ("||a.example^$document,popup", "block a.example and below"),
        ("||a.example^$dnstype=aaaa|HTTPS", "block a.example and below types=[28, 65]"),
        ("||a.example^$dnstype=~A", "block a.example and below not_types=[1]"),
        ("||a.example^$denyallow=b.a.example|com", "block a.example and below outside=['b.a.example', 'com']"),
        ("||a.example^$important,dnstype=A", "block a.example and below important types=[1]"),
    ],
)
def test_a_line_that_names_a_name(told: Callable[..., list[str]], line: str, meaning: str) -> None:
    assert told(line, Format.ADGUARD) == [meaning]


@pytest.mark.parametrize(
    ("line", "meaning"),
    [
        ("||ex*.org^", "block ||ex*.org^"),
        ("||hbbtv.*.de^", "block ||hbbtv.*.de^"),
        ("||avito.avito.avito.", "block ||avito.avito.avito."),
        ("||a.example", "block ||a.example"),
        ("||a.example*", "block ||a.example"),
        ("||ads.*^", "block ||ads."),
        ("||ADS**x^", "block ||ads*x^"),
        ("|ads.", "block |ads."),
        ("://ww10.", "block |ww10."),
        ("-ads.example^", "block -ads.example^"),
        ("-banner-", "block -banner-"),
        ("*ads*", "block ads"),
        (".ads.", "block .ads."),
        ("@@||ex*.org^$important", "open ||ex*.org^ important"),
        ("/*.*pix.xyz^", "block .*pix.xyz^"),
        ("/^ads[0-9]+\\.example$/", "block /^ads[0-9]+\\.example$/"),
        ("@@/Example.org$/", "open /Example.org$/"),
        ("/ads$|banner/$dnstype=A,important", "block /ads$|banner/ important types=[1]"),
    ],
)
def test_a_line_that_describes_names(told: Callable[..., list[str]], line: str, meaning: str) -> None:
    assert told(line, Format.ADGUARD) == [meaning]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("||a.example^$unknown", Objection.MODIFIER),
        ("||a.example^$important=1", Objection.MODIFIER),
        ("||a.example^$~important", Objection.MODIFIER),
        ("||a.example^$", Objection.MODIFIER),
        ("||a.example^$important,", Objection.MODIFIER),
        ("||a.example^$dnstype=BOGUS", Objection.VALUE),
        ("||a.example^$dnstype", Objection.VALUE),
        ("||a.example^$denyallow=", Objection.VALUE),
        ("||a.example^$denyallow=~b.example", Objection.VALUE),
        ("||a.example^$denyallow=b.*", Objection.VALUE),
        ("||a.example^$dnsrewrite=1.2.3.4", Objection.REWRITE),
        ("@@||a.example^$dnsrewrite", Objection.REWRITE),
        ("||a.example^$client=192.0.2.1", Objection.PERSONAL),
        ("||a.example^$ctag=device_tv", Objection.PERSONAL),
        ("*", Objection.TOO_WIDE),
        ("|", Objection.TOO_WIDE),
        ("||", Objection.TOO_WIDE),
        ("||*^", Objection.TOO_WIDE),
        ("||ab", Objection.TOO_WIDE),
        ("ab*cd^", Objection.TOO_WIDE),
        ("*com^", Objection.WHOLE_LABEL),
        ("/../", Objection.TOO_WIDE),
        ("/a|bcd/", Objection.TOO_WIDE),
        ("/(?!ads)banner/", Objection.LOOKAROUND),
        ("/(banner/", Objection.BROKEN_REGEX),
        ("||top^", Refusal.SINGLE_LABEL),
        ("||*.top^", Refusal.SINGLE_LABEL),
        (".top^", Refusal.SINGLE_LABEL),
        ("top", Refusal.SINGLE_LABEL),
        ("||a.example/path", Refusal.WEB_ADDRESS),
        (r"/a\/bcd/", Refusal.WEB_ADDRESS),
        ("/banner.gif?", Refusal.WEB_ADDRESS),
        ("||a.example^path", Refusal.WEB_ADDRESS),
        ("/^https?:\\/\\/ads\\./", Refusal.WEB_ADDRESS),
        ("||a.example:443^", Refusal.PORT),
        ("||a..example*", Refusal.EMPTY_LABEL),
        ("ä-banner*", Objection.PART_OF_IDN),
        ("a.example b.example", "several words, and the first is no IP address"),
    ],
)
def test_a_line_that_is_refused_says_why(told: Callable[..., list[str]], line: str, why: str) -> None:
    assert told(line, Format.ADGUARD) == [f"1: {why}"]


@pytest.mark.parametrize(
    "line",
    [
        "||a.example^$third-party",
        "||a.example^$~third-party,important",
        "||a.example^$domain=b.example",
        "||a.example^$script,unknown",
        "@@||a.example^$generichide",
        "*$removeparam=utm",
        "/ads.js$/$script",
        "||a.example^$~document",
        "a.example##.banner",
        "a.example#@#.banner",
        "a.example#?#.banner",
        "a.example#$#body { }",
        "a.example#%#var x",
        "7sur7.be###pg-accept-btn",
        "##.banner",
    ],
)
def test_what_only_a_browser_can_do_is_no_fault(told: Callable[..., list[str]], line: str) -> None:
    assert told(line, Format.ADGUARD) == ["1 ignored"]


@pytest.mark.parametrize(
    "line", ["! a.example", "# a.example", "#", "[Adblock Plus 2.0]", "", "### a.example", "#### x"]
)
def test_a_comment_is_no_rule(told: Callable[..., list[str]], line: str) -> None:
    assert told(line, Format.ADGUARD) == []


@pytest.mark.parametrize("line", ["||192.0.2.1^", "|192.0.2.1|", "192.0.2.1", "://[2001:db8::1]^", "||2001:db8::1^"])
def test_an_address_is_counted_and_no_rule(told: Callable[..., list[str]], line: str) -> None:
    assert told(line, Format.ADGUARD) == ["1 address"]


def test_a_hosts_line_among_the_rules_names_each_of_its_names(told: Callable[..., list[str]]) -> None:
    text = "||a.example^\n127.0.0.1 localhost b.example c.example # d.example"
    assert told(text, Format.ADGUARD) == [
        "block a.example and below",
        "block b.example",
        "block c.example",
        "1 local name",
    ]


@pytest.mark.parametrize(
    ("options", "condition"),
    [
        ("client=192.0.2.1", "clients=['192.0.2.1']"),
        ("client=192.0.2.77/24", "clients=['192.0.2.0/24']"),
        ("client=2001:DB8::1|~fe80::1", "clients=['2001:db8::1'] not_clients=['fe80::1']"),
        (r"client='Ana\'s tablet'|~\"TV\"", "clients=[\"Ana's tablet\"] not_clients=['TV']"),
        (r"client=Ana\, Ben\|Co", "clients=['Ana, Ben|Co']"),
        ("ctag=device_phone|~user_child", "tags=['device_phone'] not_tags=['user_child']"),
        ("ctag=device_tv|device_pc", "tags=['device_pc', 'device_tv']"),
    ],
)
def test_the_operators_own_rules_may_name_devices(told: Callable[..., list[str]], options: str, condition: str) -> None:
    options = options.replace('\\"', '"')
    assert told(f"||a.example^${options}", Format.ADGUARD, own=True) == [f"block a.example and below {condition}"]


@pytest.mark.parametrize("options", ["ctag=device_toaster", "client=", "client=''", "ctag=~", "client=a||b"])
def test_a_condition_that_makes_no_sense_is_refused(told: Callable[..., list[str]], options: str) -> None:
    assert told(f"||a.example^${options}", Format.ADGUARD, own=True) == [f"1: {Objection.VALUE}"]


def test_even_the_operators_rules_rewrite_nothing(told: Callable[..., list[str]]) -> None:
    assert told("||a.example^$dnsrewrite=1.2.3.4", Format.ADGUARD, own=True) == [f"1: {Objection.REWRITE}"]


def test_the_types_that_are_wanted_outweigh_the_types_that_are_not(told: Callable[..., list[str]]) -> None:
    assert told("||a.example^$dnstype=A|~AAAA", Format.ADGUARD) == ["block a.example and below types=[1]"]


def test_the_same_modifier_twice_adds_up(told: Callable[..., list[str]]) -> None:
    assert told("||a.example^$dnstype=A,dnstype=TYPE65", Format.ADGUARD) == ["block a.example and below types=[1, 65]"]
