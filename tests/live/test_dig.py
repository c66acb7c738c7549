"""What a person sees who asks a real `guardian dns` with dig."""

from __future__ import annotations

import json
import re
import subprocess
from typing import TYPE_CHECKING, NamedTuple

import dns.rcode
import pytest

from guardian.cli.main import main
from tests.live.authority import ADDRESS, Authority, Behaviour
from tests.live.conftest import BANDS, Guardian, publish, write_config

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

GAMBLING = "gambling.guardian.example"
MALWARE = "malware.guardian.example"
HELPLINE = "alo116.al"


class Home(NamedTuple):
    """A guardian, what stands behind it, and dig before it."""

    guardian: Guardian
    authority: Authority
    dig: Callable[..., str]


@pytest.fixture(scope="module")
def home(compiled: Path, program: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    path = program("dig")
    folder = tmp_path_factory.mktemp("home")
    publish(compiled, folder / "state")
    with Authority() as authority:
        authority.behaviours["many.example"] = Behaviour(records=60)
        authority.behaviours["cut.example"] = Behaviour(truncated=True, records=0)
        for name, zone in _WORLD.items():
            authority.behaviours[name] = Behaviour(zone=zone)
        authority.behaviours["gone.example"] = Behaviour(rcode=dns.rcode.NXDOMAIN)
        with Guardian(write_config(folder, authority.url, extra=_RECORDS)).ready() as guardian:

            def dig(*words: str, band: str = "10-12") -> str:
                done = subprocess.run(
                    [path, "-r", "-b", BANDS[band], "-p", str(guardian.port), "@127.0.0.1", *_BOUNDS, *words],
                    capture_output=True,
                    text=True,
                    timeout=30,
                    check=True,
                )
                return done.stdout

            yield Home(guardian, authority, dig)


_WORLD = {
    "forcesafesearch.google.com": ("forcesafesearch.google.com A 192.0.2.120",),
    "restrictmoderate.youtube.com": ("restrictmoderate.youtube.com A 192.0.2.119",),
    "cloaked.example": (f"cloaked.example CNAME x.{GAMBLING}.", f"x.{GAMBLING} A 192.0.2.9"),
    "service.example": (f"service.example HTTPS 1 x.{GAMBLING}.",),
    "rebound.example": ("rebound.example A 192.168.1.1", "rebound.example HTTPS 1 . ipv4hint=10.0.0.1"),
}
_BOUNDS = ("+tries=1", "+time=5")
_RECORDS = "records: [{name: printer.home.lan, address: 192.168.1.9}]"


def status(shown: str) -> str:
    found = re.search(r"status: (\w+)", shown)
    assert found, shown
    return found[1]


def answers(shown: str) -> list[str]:
    """Give the records of the answer section."""
    section = shown.partition(";; ANSWER SECTION:\n")[2].partition("\n\n")[0]
    return section.splitlines()


def test_a_blocked_name_is_nxdomain_and_says_that_it_is_filtered(home: Home) -> None:
    shown = home.dig(GAMBLING)
    assert status(shown) == "NXDOMAIN"
    assert "EDE: 17 (Filtered): (gambling)" in shown
    assert answers(shown) == []
    assert "SOA" in shown.partition("AUTHORITY SECTION")[2]


def test_a_name_below_a_blocked_name_is_blocked(home: Home) -> None:
    assert status(home.dig(f"www.deep.{GAMBLING}")) == "NXDOMAIN"


@pytest.mark.parametrize("band", BANDS)
def test_a_threat_is_blocked_for_everybody_and_says_so(home: Home, band: str) -> None:
    shown = home.dig(MALWARE, band=band)
    assert status(shown) == "NXDOMAIN"
    assert "EDE: 15 (Blocked): (malware)" in shown


@pytest.mark.parametrize("qtype", ["A", "AAAA", "TXT", "HTTPS", "SVCB", "MX", "NS", "ANY", "TYPE65280"])
def test_a_blocked_name_is_blocked_for_every_type(home: Home, qtype: str) -> None:
    shown = home.dig("-t", qtype, GAMBLING, "+notcp")
    assert status(shown) == "NXDOMAIN"
    assert answers(shown) == []


def test_a_blocked_name_never_reaches_the_authority(home: Home) -> None:
    for name in (GAMBLING, MALWARE, GAMBLING.upper(), f"x.{GAMBLING}"):
        home.dig(name)
    home.dig("fence-after-blocked.example")
    assert "fence-after-blocked.example" in home.authority.names()
    assert [name for name in home.authority.names() if name.endswith("guardian.example")] == []


def test_an_allowed_name_is_forwarded_and_its_case_comes_back_as_typed(home: Home) -> None:
    shown = home.dig("WwW.ExAmPlE.OrG")
    assert status(shown) == "NOERROR"
    assert answers(shown)[0].split() == ["WwW.ExAmPlE.OrG.", "60", "IN", "A", ADDRESS]
    assert ";WwW.ExAmPlE.OrG." in shown
    assert "www.example.org" in home.authority.names()


def test_case_comes_back_as_typed_from_the_cache_too(home: Home) -> None:
    home.dig("twice.example")
    shown = home.dig("TWICE.example")
    assert "TWICE.example." in answers(shown)[0]
    assert home.authority.names().count("twice.example") == 1


@pytest.mark.parametrize("band", BANDS)
def test_a_protected_name_is_open_for_every_band(home: Home, band: str) -> None:
    shown = home.dig(f"www.{HELPLINE}", band=band)
    assert status(shown) == "NOERROR"
    assert ADDRESS in answers(shown)[0]


@pytest.mark.parametrize(
    ("name", "open_to"),
    [
        (GAMBLING, {"adult"}),
        ("social.guardian.example", {"13-15", "16-17", "adult"}),
        ("nobody-listed.example", {"6-9", "10-12", "13-15", "16-17", "adult"}),
        ("wikipedia.org", set(BANDS)),
    ],
)
def test_each_device_is_answered_by_its_band(home: Home, name: str, open_to: set[str]) -> None:
    seen = {band for band in BANDS if any(ADDRESS in line for line in answers(home.dig(name, band=band)))}
    assert seen == open_to


def test_an_answer_cached_for_an_adult_stays_closed_to_a_child(home: Home) -> None:
    name = f"cached-for-adult.{GAMBLING}"
    assert ADDRESS in answers(home.dig(name, band="adult"))[0]
    assert status(home.dig(name, band="6-9")) == "NXDOMAIN"


def test_what_the_youngest_may_not_open_is_nodata_and_says_filtered(home: Home) -> None:
    shown = home.dig("nobody-listed.example", band="0-5")
    assert status(shown) == "NOERROR"
    assert answers(shown) == []
    assert "EDE: 17 (Filtered)" in shown


def test_version_bind_is_refused(home: Home) -> None:
    shown = home.dig("-c", "CH", "-t", "TXT", "version.bind")
    assert status(shown) == "REFUSED"
    assert "0.1" not in shown.partition("Got answer")[2].partition("Query time")[0]


@pytest.mark.parametrize("band", BANDS)
@pytest.mark.parametrize("name", [GAMBLING, MALWARE, HELPLINE, "nobody-listed.example", "youtube.com"])
def test_what_explain_says_is_what_dig_sees(
    home: Home, name: str, band: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explain", name, "--band", band, "--json", "--config", str(home.guardian.config)]) == 0
    told = json.loads(capsys.readouterr().out)
    shown = home.dig(name, band=band)
    if told["verdict"] == "allow":
        assert ADDRESS in answers(shown)[0]
    else:
        assert answers(shown) == []
        assert status(shown) == {"NXDOMAIN": "NXDOMAIN", "NODATA": "NOERROR"}[told["answer"]]
        assert ("EDE: 15" if told["reason"] == "threat" else "EDE: 17") in shown


def test_without_edns_no_edns_comes_back(home: Home) -> None:
    for name in (GAMBLING, MALWARE, "plain.example"):
        shown = home.dig("+noedns", name)
        assert "OPT" not in shown
        assert "EDE" not in shown
        assert "ADDITIONAL: 0" in shown


def test_a_name_of_the_house_is_answered_at_home(home: Home) -> None:
    assert answers(home.dig("printer.home.lan"))[0].split() == ["printer.home.lan.", "60", "IN", "A", "192.168.1.9"]
    assert answers(home.dig("-t", "AAAA", "printer.home.lan")) == []
    assert "printer.home.lan" not in home.authority.names()


def test_a_search_is_answered_by_the_engines_filtered_name(home: Home) -> None:
    shown = home.dig("www.google.com", band="6-9")
    assert [line.split() for line in answers(shown)] == [
        ["www.google.com.", "60", "IN", "CNAME", "forcesafesearch.google.com."],
        ["forcesafesearch.google.com.", "60", "IN", "A", "192.0.2.120"],
    ]
    assert "EDE: 4 (Forged Answer)" in shown
    assert ADDRESS in answers(home.dig("www.google.com", band="adult"))[0]
    assert home.dig("www.google.com", band="6-9").count("192.0.2.120") == 1


@pytest.mark.parametrize("qtype", ["AAAA", "HTTPS"])
def test_a_filtered_search_has_no_other_way_in(home: Home, qtype: str) -> None:
    shown = home.dig("-t", qtype, "www.youtube.com", band="13-15")
    assert [line.split()[3:] for line in answers(shown)] == [["CNAME", "restrictmoderate.youtube.com."]]


def test_a_closed_site_behind_an_open_name_is_found(home: Home) -> None:
    assert "192.0.2.9" in home.dig("cloaked.example", band="adult")
    for _ in range(3):
        shown = home.dig("cloaked.example", band="6-9")
        assert (status(shown), answers(shown)) == ("NOERROR", [])
        assert "EDE: 17 (Filtered): (gambling)" in shown
    assert answers(home.dig("-t", "HTTPS", "service.example", band="6-9")) == []
    assert len(answers(home.dig("-t", "HTTPS", "service.example", band="adult"))) == 1


@pytest.mark.parametrize("qtype", ["A", "HTTPS"])
def test_no_name_of_the_world_points_into_the_house(home: Home, qtype: str) -> None:
    shown = home.dig("-t", qtype, "rebound.example", band="adult")
    assert (status(shown), answers(shown)) == ("NOERROR", [])
    assert "EDE: 15 (Blocked)" in shown


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("printer.local",), "NXDOMAIN"),
        (("abc.onion",), "NXDOMAIN"),
        (("x.test",), "NXDOMAIN"),
        (("-x", "192.168.1.1"), "NXDOMAIN"),
        (("-x", "fd00::1"), "NXDOMAIN"),
        (("-t", "SVCB", "_dns.resolver.arpa"), "NOERROR"),
        (("localhost",), "NOERROR"),
        (("use-application-dns.net",), "NXDOMAIN"),
        (("-t", "HTTPS", "mask.icloud.com"), "NXDOMAIN"),
    ],
)
def test_what_stays_in_the_house_never_reaches_the_authority(home: Home, words: tuple[str, ...], expected: str) -> None:
    before = len(home.authority.asked)
    assert status(home.dig(*words)) == expected
    assert len(home.authority.asked) == before


def test_any_has_one_small_record(home: Home) -> None:
    (line,) = answers(home.dig("-t", "ANY", "school.example", "+notcp"))
    assert line.split()[3:] == ["HINFO", '"RFC8482"', '""']


def test_who_wants_no_recursion_is_refused(home: Home) -> None:
    assert status(home.dig("+norecurse", "school.example")) == "REFUSED"


@pytest.mark.parametrize("size", ["128", "512"])
def test_no_device_is_sent_more_than_it_can_take_and_each_can_take_512_octets(home: Home, size: str) -> None:
    assert re.search(r"flags: [a-z ]*\btc\b", home.dig(f"+bufsize={size}", "+ignore", "many.example"))
    assert len(answers(home.dig(f"+bufsize={size}", "school.example"))) == 1


def test_a_name_that_does_not_exist_is_so(home: Home) -> None:
    shown = home.dig("gone.example")
    assert status(shown) == "NXDOMAIN"
    assert "EDE" not in shown


def test_what_does_not_fit_comes_back_truncated(home: Home) -> None:
    shown = home.dig("+noedns", "+ignore", "many.example")
    assert re.search(r"flags: [a-z ]*\btc\b", shown)
    assert answers(shown) == []
    assert len(answers(home.dig("many.example"))) == 60


def test_a_cut_off_answer_of_an_upstream_without_tcp_is_a_failure_and_never_passed_on(home: Home) -> None:
    shown = home.dig("+ignore", "cut.example")
    assert status(shown) == "SERVFAIL"
    assert not re.search(r"flags: [a-z ]*\btc\b", shown)


def test_an_edns_version_of_the_future_is_answered_badvers(home: Home) -> None:
    assert status(home.dig("+edns=1", "+noednsnegotiation", "version.example")) == "BADVERS"


def test_a_client_cookie_and_subnet_never_leave_the_house(home: Home) -> None:
    home.dig("+subnet=203.0.113.0/24", "+cookie=0123456789abcdef", "subnet.example")
    wire = next(one.wire for one in home.authority.asked if one.name.lower() == "subnet.example.")
    assert bytes((203, 0, 113)) not in wire
    assert bytes.fromhex("0123456789abcdef") not in wire
