"""Which form a list is in."""

from __future__ import annotations

import pytest

from guardian.lists.detection import SAMPLE, form_of
from guardian.model import Format


@pytest.mark.parametrize(
    ("line", "form"),
    [
        (b"0.0.0.0 a.example", Format.HOSTS),
        (b"::1 a.example", Format.HOSTS),
        (b"||a.example^", Format.ADGUARD),
        (b"||a.example^$third-party", Format.ADGUARD),
        (b"@@||a.example^", Format.ADGUARD),
        (b"|a.example^", Format.ADGUARD),
        (b"/ads[0-9]/", Format.ADGUARD),
        (b"/path/ad.js$script", Format.ADGUARD),
        (b"-banner-", Format.ADGUARD),
        (b".com/log/?", Format.ADGUARD),
        (b"a.example##.banner", Format.ADGUARD),
        (b"*$removeparam=x", Format.ADGUARD),
        (b"://a.example^", Format.ADGUARD),
        (b"address=/a.example/0.0.0.0", Format.DNSMASQ),
        (b"server=/a.example/", Format.DNSMASQ),
        (b'local-zone: "a.example" static', Format.UNBOUND),
        (b"server:", Format.UNBOUND),
        (b"a.example CNAME .", Format.RPZ),
        (b"a.example 60 IN cname .", Format.RPZ),
        (b"$TTL 3600", Format.RPZ),
        (b"@ IN SOA a. b. (", Format.RPZ),
        (b"\tIN NS localhost.", Format.RPZ),
        (b"*.a.example", Format.WILDCARD),
        (b"a.example", Format.DOMAINS),
        (b".a.example", Format.DOMAINS),
        (b"192.0.2.1", Format.DOMAINS),
        (b"a.example/path?x=y", Format.DOMAINS),
        (b"https://a.example/x", Format.DOMAINS),
        (b"^ads?[0-9]*[_.-]", Format.DOMAINS),
        (b"(^|\\.)ads\\.example$", Format.DOMAINS),
        (b"# a.example", Format.AUTO),
        (b"! a.example", Format.AUTO),
        (b"; a.example", Format.AUTO),
        (b"[Adblock Plus 2.0]", Format.AUTO),
        (b" \r", Format.AUTO),
    ],
)
def test_one_line_tells_the_form(line: bytes, form: Format) -> None:
    assert form_of([line]) is form


def test_most_lines_win() -> None:
    assert form_of([b"||a.example^"] * 2 + [b"b.example"] * 3) is Format.DOMAINS
    assert form_of([b"||a.example^"] * 3 + [b"b.example"] * 2) is Format.ADGUARD


def test_of_equal_votes_the_more_particular_form_wins() -> None:
    assert form_of([b"b.example", b"||a.example^"]) is Format.ADGUARD
    assert form_of([b"b.example", b"*.a.example"]) is Format.WILDCARD
    assert form_of([b"b.example", b"0.0.0.0 a.example"]) is Format.HOSTS


def test_only_the_first_lines_vote() -> None:
    assert form_of([b"# x"] * 500 + [b"a.example"] * SAMPLE + [b"||a.example^"] * 500) is Format.DOMAINS
