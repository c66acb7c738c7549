"""Why a name is open or closed, for people and for programs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import Done

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "commands.md"
GAMBLING = "gambling.guardian.example"


def documented(heading: str) -> set[str]:
    """Give the keys that the page of commands promises under a heading."""
    section = DOCUMENT.read_text().partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (`[a-z_`, ]+`) \|", section, re.MULTILINE)
    return {key for row in rows for key in re.findall(r"`([a-z_]+)`", row)}


def test_a_blocked_name_is_explained_with_its_list_category_date_and_appeal(guardian: Callable[..., Done]) -> None:
    done = guardian("explain", f"WWW.{GAMBLING}", "--band", "6-9", "--json")
    assert done.code == 0
    told = done.json
    assert set(told) == documented("explain")
    assert (told["verdict"], told["reason"], told["answer"]) == ("block", "category", "NXDOMAIN")
    assert (told["list"], told["category"], told["stored"]) == ("gambling", "gambling", GAMBLING)
    assert told["since"].startswith("20")
    assert "PROVENANCE" in told["appeal"]
    assert [stage["stage"] for stage in told["stages"]][-1] == "verdict"
    assert set(told["stages"][0]) == {"stage", "finding"}


@pytest.mark.parametrize(
    ("name", "band", "verdict", "reason"),
    [
        ("alo116.al", "0-5", "allow", "protected"),
        ("www.alo116.al", "6-9", "allow", "protected"),
        ("nobody-listed.example", "0-5", "block", "not_on_allow_list"),
        ("nobody-listed.example", "10-12", "allow", "default"),
        ("malware.guardian.example", "adult", "block", "threat"),
        (GAMBLING, "adult", "allow", "default"),
    ],
)
def test_each_band_has_its_verdict_and_reason(
    guardian: Callable[..., Done], name: str, band: str, verdict: str, reason: str
) -> None:
    told = guardian("explain", name, "--band", band, "--json").json
    assert (told["band"], told["verdict"], told["reason"]) == (band, verdict, reason)
    assert (told["appeal"] is None) == (verdict == "allow")


def test_a_person_reads_verdict_first_then_the_stages(guardian: Callable[..., Done]) -> None:
    lines = guardian("explain", GAMBLING, "--band", "6-9").out.splitlines()
    assert lines[0].startswith(f"{GAMBLING} for band 6-9: closed, in a category")
    text = "\n".join(lines)
    for sentence in (
        "category: gambling (Lojëra fati (baste) · Gambling)",
        "why (sq): ",
        "why (en): ",
        "decided by gambling (",
        "Apache-2.0",
        "answer: NXDOMAIN",
        "not right?",
        "who asks: 6-9",
        f"compiled set: {GAMBLING} is stored",
        "protected names: not protected",
        "lists by category: gambling (gambling, closed for 6-9)",
        "verdict: closed: in a category",
    ):
        assert sentence in text


def test_a_device_is_explained_by_its_address(guardian: Callable[..., Done]) -> None:
    assert guardian("explain", GAMBLING, "--client", "192.168.1.20", "--json").json["band"] == "6-9"
    assert guardian("explain", GAMBLING, "--client", "192.168.1.21", "--json").json["band"] == "10-12"
    assert guardian("explain", GAMBLING, "--json").json["band"] == "10-12"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("explain", "a.example", "--client", "8.8.8.8"), "8.8.8.8 is on none of dns.allow_from's networks"),
        (("explain", "a.example", "--client", "tablet"), "'tablet' is not an address; write 192.168.1.20"),
        (("explain", "a..example"), "'a..example' has a label that is empty"),
        (("explain", f"{'a' * 64}.example"), "longer than 63"),
    ],
)
def test_what_can_not_be_explained_is_a_fault_with_its_reason(
    guardian: Callable[..., Done], words: tuple[str, ...], said: str
) -> None:
    done = guardian(*words)
    assert (done.code, done.out) == (1, "")
    assert done.err.splitlines()[-1].startswith("guardian: ")
    assert said in done.err


def test_it_says_which_lists_it_speaks_of_and_remembers_nothing(guardian: Callable[..., Done], tmp_path: Path) -> None:
    told = guardian("explain", GAMBLING, "--json").json
    assert told["lists"] == "those that ship with guardian (nothing is published yet)"
    assert [path.name for path in tmp_path.iterdir()] == ["guardian.yaml"]
    guardian("lists", "compile")
    told = guardian("explain", GAMBLING, "--json").json
    assert told["lists"] == f"the published set, {tmp_path / 'state' / 'sets' / 'current.set'}"
    assert told["verdict"] == "block"


def test_a_damaged_set_is_said_and_the_embedded_lists_explain(guardian: Callable[..., Done], tmp_path: Path) -> None:
    (tmp_path / "state" / "sets").mkdir(parents=True)
    (tmp_path / "state" / "sets" / "current.set").write_bytes(b"noise" * 100)
    done = guardian("explain", GAMBLING, "--json")
    assert done.code == 0
    assert "those that ship with guardian" in done.json["lists"]


def test_the_answer_follows_the_block_mode(guardian: Callable[..., Done], tmp_path: Path) -> None:
    path = tmp_path / "guardian.yaml"
    path.write_text(path.read_text().replace("dns: {", "dns: {block_mode: null, "), encoding="utf-8")
    assert guardian("explain", GAMBLING, "--json").json["answer"] == "0.0.0.0"
    assert guardian("explain", GAMBLING, "--type", "AAAA", "--json").json["answer"] == "::"
    assert guardian("explain", "alo116.al", "--json").json["answer"] == "the upstream's"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("https://pornhub.com", "'https://pornhub.com' is a web address, not a name; ask for: pornhub.com"),
        ("https://me@pornhub.com:443/a?b", "is a web address, not a name; ask for: pornhub.com"),
        ("HTTPS:pornhub.com", "is a web address, not a name; ask for: pornhub.com"),
        ("pornhub.com/?to=http://a.example", "is a web address, not a name; ask for: pornhub.com"),
        ("pornhub.com/", "'pornhub.com/' is a web address, not a name; ask for: pornhub.com"),
        ("pornhub.com:443", "'pornhub.com:443' is a name with a port, not a name; ask for: pornhub.com"),
        ("fd00::20", "'fd00::20' is an address, not a name"),
        ("142.250.1.1", "'142.250.1.1' is an address, not a name: devices open it without asking"),
        ("", "'' is empty; ask for a name, such as wikipedia.org"),
        ("  ", "'  ' is empty"),
        ("https://", "'https://' is a web address, not a name; ask for a name"),
        ("porn hub.com", "'porn hub.com' has a space in it"),
    ],
)
def test_what_is_no_name_is_refused_with_the_name_that_was_meant(
    guardian: Callable[..., Done], typed: str, said: str
) -> None:
    done = guardian("explain", typed)
    assert (done.code, done.out) == (1, "")
    (line,) = done.err.splitlines()
    assert said in line


def test_spaces_around_a_name_fall_away(guardian: Callable[..., Done]) -> None:
    told = guardian("explain", f"  {GAMBLING} ", "--json").json
    assert (told["name"], told["verdict"]) == (GAMBLING, "block")


def test_a_name_without_its_ending_is_answered_and_the_ending_offered(guardian: Callable[..., Done]) -> None:
    lines = guardian("explain", "pornhub").out.splitlines()
    assert lines[0].startswith("pornhub for a device that nobody has named (band 10-12): ")
    assert "  'pornhub' has no ending; did you mean pornhub.com?" in lines
    assert "no ending" not in guardian("explain", GAMBLING).out


def test_a_name_with_albanian_letters_is_found_as_lists_write_it(guardian: Callable[..., Done], tmp_path: Path) -> None:
    path = tmp_path / "guardian.yaml"
    own = "lists: {embedded: false, sources: [{name: own, category: gambling, path: own.txt}]}\n"
    path.write_text(path.read_text() + own, encoding="utf-8")
    (tmp_path / "own.txt").write_text("lojëra.example\n", encoding="utf-8")
    guardian("lists", "compile")
    assert guardian("explain", "www.LOJËRA.example", "--json").json["list"] == "own"


def test_a_listed_name_whose_category_is_open_says_so_first(guardian: Callable[..., Done]) -> None:
    first = guardian("explain", "games.guardian.example", "--band", "6-9").out.splitlines()[0]
    assert first == ("games.guardian.example for band 6-9: open: on games (games), which band 6-9 does not close")


def test_a_name_is_explained_for_a_child_by_what_its_family_decided(house: Callable[..., Done]) -> None:
    assert house("explain", "chess.example", "--child", "ana").out.startswith("chess.example for Ana (band 6-9): open")
    house("block", "chess.example", "--child", "Ana")
    told = house("explain", "www.chess.example", "--child", "Ana", "--json").json
    assert (told["verdict"], told["reason"], told["band"]) == ("block", "parent_closes", "6-9")
    assert house("explain", "www.chess.example", "--child", "Beni", "--json").json["verdict"] == "allow"
    done = house("explain", "www.chess.example", "--child", "Anna")
    assert (done.code, done.out) == (1, "")
    assert "no child is called Anna; children: Ana, Beni" in done.err


def test_the_appeal_says_how_to_open_a_name_at_home(guardian: Callable[..., Done]) -> None:
    assert "with kind: allow" in guardian("explain", GAMBLING, "--json").json["appeal"]
    threat = guardian("explain", "malware.guardian.example", "--json").json["appeal"]
    assert "with kind: allow does not open it" in threat


def test_a_listed_name_whose_category_is_open_is_not_said_to_be_on_no_list(guardian: Callable[..., Done]) -> None:
    told = guardian("explain", "games.guardian.example", "--band", "6-9", "--json").json
    assert told["kept_open"] == ["games (games)"]
    assert told["stages"][-3]["finding"] == "open: on games (games), which band 6-9 does not close"


@pytest.mark.parametrize("kind", ["AAA", "", "TYPE99999", "65"])
def test_a_type_that_is_none_is_a_wrong_use(guardian: Callable[..., Done], kind: str) -> None:
    done = guardian("explain", GAMBLING, "--type", kind)
    assert done.code == 2
    assert f"{kind!r} is no record type; write A, AAAA, HTTPS or TYPE65" in done.err


@pytest.mark.parametrize(
    ("name", "verdict", "reason", "answer"),
    [
        ("guardian.home.arpa", "house", "this_house", "guardian's own address"),
        ("nas.local", "house", "special_use", "NXDOMAIN"),
        ("printer.home.lan", "house", "local_record", "the address in the settings"),
        ("www.google.com", "allow", "safe_search", "that of forcesafesearch.google.com"),
    ],
)
def test_what_the_house_itself_answers_is_told(
    guardian: Callable[..., Done], tmp_path: Path, name: str, verdict: str, reason: str, answer: str
) -> None:
    path = tmp_path / "guardian.yaml"
    path.write_text(path.read_text() + "records: [{name: printer.home.lan, address: 192.168.1.9}]\n", encoding="utf-8")
    told = guardian("explain", name, "--band", "6-9", "--json").json
    assert (told["verdict"], told["reason"], told["answer"], told["appeal"]) == (verdict, reason, answer, None)


def test_a_time_is_taken_and_one_that_is_none_refused(guardian: Callable[..., Done]) -> None:
    assert guardian("explain", GAMBLING, "--at", "2026-11-24T21:40", "--json").json["paused_until"] is None
    done = guardian("explain", GAMBLING, "--at", "tonight")
    assert done.code == 2
    assert "'tonight' is no time; write 2026-11-24T21:40" in done.err


def test_a_protected_name_is_told_with_its_reason_in_both_languages(guardian: Callable[..., Done]) -> None:
    why = guardian("explain", "www.alo116.al", "--band", "6-9", "--json").json["why"]
    assert set(why) == {"sq", "en"}
    assert all(why.values())
    assert f"  why (sq): {why['sq']}" in guardian("explain", "www.alo116.al", "--band", "6-9").out.splitlines()
    assert guardian("explain", "nobody-listed.example", "--json").json["why"] is None
