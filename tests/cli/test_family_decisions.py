"""Hours, names, services, measures, minutes and requests at the command line, where no guardian runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import Done


def listed(house: Callable[..., Done], command: str, key: str, *words: str) -> list[dict[str, Any]]:
    found = house(command, "list", "--json", *words).json[key]
    assert isinstance(found, list)
    return found


def test_bedtime_is_added_listed_replaced_and_removed(house: Callable[..., Done]) -> None:
    bedtime = ("schedule", "add", "bedtime", "--child", "Ana")
    added = house(*bedtime, "--days", "mon-thu", "--from", "21:00", "--to", "07:00")
    assert added.code == 0
    assert added.out.startswith("closed for Ana, bedtime: everything, mon-thu 21:00-07:00\n")
    house("schedule", "add", "homework", "--from", "15:00", "--to", "17:00", "--only", "games", "--not-on-holidays")
    house(*bedtime, "--from", "20:30", "--to", "07:00")
    assert listed(house, "schedule", "hours") == [
        {
            "number": 1,
            "title": "bedtime",
            "child": "Ana",
            "closes": "everything",
            "days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"],
            "from": "20:30",
            "to": "07:00",
            "on_holidays": True,
        },
        {
            "number": 2,
            "title": "homework",
            "child": None,
            "closes": "category:games",
            "days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"],
            "from": "15:00",
            "to": "17:00",
            "on_holidays": False,
        },
    ]
    assert [one["title"] for one in listed(house, "schedule", "hours", "--child", "Beni")] == ["homework"]
    assert house("schedule", "remove", "Bedtime").out.startswith("no more hours for Ana: bedtime")
    assert house("schedule", "remove", "2").code == 0
    assert house("schedule", "list").out.startswith("nothing is closed by hours: guardian schedule add")


def test_hours_of_one_title_are_told_apart_by_child_or_number(house: Callable[..., Done]) -> None:
    for child in ("Ana", "Beni"):
        house("schedule", "add", "bedtime", "--child", child, "--from", "21:00", "--to", "07:00")
    done = house("schedule", "remove", "bedtime")
    assert (done.code, done.out) == (1, "")
    assert "2 hours are called bedtime; name them by number: 1 (Ana), 2 (Beni)" in done.err
    assert house("schedule", "remove", "bedtime", "--child", "Beni").code == 0
    assert [one["child"] for one in listed(house, "schedule", "hours")] == ["Ana"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("schedule", "add", "x", "--from", "9:00", "--to", "10:00", "--only", "gamez"), "did you mean games?"),
        (("schedule", "add", "x", "--from", "9:00", "--to", "10:00", "--only", "category:tiktok"), "is no category"),
        (("schedule", "add", "x", "--from", "24:00", "--to", "10:00"), "begin and end at a time of day"),
        (("schedule", "remove", "bedtime"), "no hours are called bedtime; there are: none"),
        (("allow", "http://"), "that is no name of a site"),
        (("allow", "nothing", "--child", "Ana"), "is no category and no service"),
        (("allow", "chess.example", "--child", "Anna"), "no child is called Anna; children: Ana, Beni"),
        (("allow", "tiktok", "--child", "Beni", "--for", "1h"), "guardian bonus 60 --only tiktok"),
        (("block", "games", "--child", "Beni", "--for", "today"), "guardian off 60 --only games"),
        (("block", "www.alo116.al"), "www.alo116.al is protected, so nobody closes it: Help for children"),
        (("rules", "remove", "chess.example"), "was neither opened nor closed by hand there"),
        (("off", "200h"), "within 168 hours"),
        (("lesson", "45"), "a lesson names the sites that it opens"),
        (("budget", "set", "3", "--child", "Ana"), "a budget has 5 to 1440 minutes a day"),
        (("budget", "start", "--child", "Ana"), "there is no such budget"),
        (("requests", "answer", "1", "--yes", "1h"), "there is no request 1"),
        (("holidays", "add", "2026-12-24", "2026-12-20"), "can't end on"),
        (("holidays", "add", "tomorrow"), "a day is written as 2026-12-24"),
        (("holidays", "remove", "2026-12-24"), "there are no holidays from 2026-12-24"),
        (("family", "set", "zone", "Tirana"), "a time zone is written as Europe/Tirane"),
        (("family", "set", "unknown", "12"), "a band is one of: 0-5"),
        (("wipe",), "guardian wipe --yes"),
    ],
)
def test_what_can_not_be_decided_is_told_with_what_can(
    house: Callable[..., Done], words: tuple[str, ...], says: str
) -> None:
    done = house(*words)
    assert (done.code, done.out) == (1, "")
    assert says in done.err


@pytest.mark.parametrize(
    "words",
    [
        ("schedule", "add", "x", "--from", "9pm", "--to", "10:00"),
        ("schedule", "add", "x", "--days", "noday", "--from", "9:00", "--to", "10:00"),
        ("off",),
        ("off", "30", "--end"),
        ("off", "30", "--until", "21:30"),
        ("bonus", "soon"),
        ("allow", "chess.example", "--for", "2h"),
        ("requests", "ask", "chess.example"),
        ("requests", "answer", "1"),
        ("requests", "answer", "1", "--yes", "1h", "--no", "late"),
        ("budget", "set", "60"),
        ("family", "set", "language", "sq"),
    ],
)
def test_a_wrong_use_shows_the_right_one(guardian: Callable[..., Done], words: tuple[str, ...]) -> None:
    done = guardian(*words)
    assert done.code == 2
    assert done.err.startswith("usage: guardian")


def test_a_site_is_opened_for_one_child_and_closed_for_all(house: Callable[..., Done]) -> None:
    opened = house("allow", "https://www.Chess.example/play", "--child", "Ana", "--reason", "for the club")
    assert opened.out.startswith("Ana: www.chess.example open for good (for the club)\n")
    assert house("block", "bad.example", "--for", "always").out.startswith("every child: bad.example closed for good\n")
    rules = house("rules", "list", "--json").json["rules"]
    assert [(one["name"], one["opens"], one["child"], one["until"]) for one in rules] == [
        ("www.chess.example", True, "Ana", None),
        ("bad.example", False, None, None),
    ]
    assert [one["name"] for one in house("rules", "list", "--json", "--child", "Beni").json["rules"]] == ["bad.example"]
    assert house("rules", "remove", "www.chess.example").out.startswith("Ana: www.chess.example as the band does\n")
    assert house("rules", "remove", "bad.example").code == 0
    assert house("rules", "list").out.startswith("nothing was opened or closed by hand")


def test_a_site_that_is_opened_for_an_hour_says_until_when(house: Callable[..., Done]) -> None:
    assert " open until " in house("allow", "chess.example", "--for", "1h").out
    assert house("rules", "list", "--json").json["rules"][0]["until"] is not None


@pytest.mark.parametrize(
    ("word", "subject"),
    [
        ("tiktok", "service:tiktok"),
        ("service:tiktok", "service:tiktok"),
        ("Games", "category:games"),
        ("category:games", "category:games"),
    ],
)
def test_a_service_or_category_is_chosen_for_each_child(house: Callable[..., Done], word: str, subject: str) -> None:
    assert house("block", word).out.startswith(f"Ana, Beni: {subject.partition(':')[2]} closed for good\n")
    assert house("allow", word, "--child", "Beni").code == 0
    assert [
        (one["subject"], one["opens"], one["child"]) for one in house("rules", "list", "--json").json["choices"]
    ] == [
        (subject, False, "Ana"),
        (subject, True, "Beni"),
    ]
    assert house("rules", "remove", word, "--child", "Ana").code == 0
    assert [one["child"] for one in house("rules", "list", "--json").json["choices"]] == ["Beni"]


def test_a_choice_without_any_child_says_to_add_one(guardian: Callable[..., Done]) -> None:
    done = guardian("block", "tiktok")
    assert (done.code, done.out) == (1, "")
    assert "guardian children add NAME --band 6-9" in done.err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("off", "2h"), "every child: everything is off until "),
        (("off", "--until", "07:00", "--child", "Beni", "--only", "tiktok"), "Beni: tiktok is off until "),
        (("bonus", "30", "--child", "Ana"), "Ana: hours and minutes do not close everything until "),
        (
            ("lesson", "45", "--site", "wikipedia.org", "--site", "geogebra.org", "--child", "Ana"),
            "Ana: only wikipedia.org, geogebra.org open, for a lesson, until ",
        ),
        (("pause", "30", "--child", "Ana"), "Ana: filtering pauses until "),
        (("pause", "--child", "Ana"), "Ana: filtering pauses until "),
    ],
)
def test_something_for_a_while_says_until_when_and_how_to_end_it(
    house: Callable[..., Done], words: tuple[str, ...], says: str
) -> None:
    done = house(*words)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith(says)
    child = [words[words.index("--child") + 1]] if "--child" in words else []
    ending = ["resume"] if words[0] == "pause" else [words[0], "--end"]
    ending += ["--child", *child] if child else []
    assert done.out.endswith(f"; to end it: guardian {' '.join(ending)}\n")
    assert house(*ending).out.startswith(f"{(child or ['every child'])[0]}: {words[0]} has ended\n")
    again = house(*ending)
    assert (again.code, again.out.splitlines()[-1]) == (0, "nothing was changed")


def test_what_holds_for_one_child_is_not_ended_for_another(house: Callable[..., Done]) -> None:
    house("off", "30", "--child", "Beni")
    assert house("off", "--end", "--child", "Ana").out.startswith("no off was on for Ana alone\n")
    assert "everything is off until" in house("children", "show", "Beni").out
    assert house("off", "--end", "--json").json["ended"][0]["kind"] == "off"
    assert "everything is off until" not in house("children", "show", "Beni").out


def test_minutes_a_day_are_set_started_and_stopped(house: Callable[..., Done]) -> None:
    games = ("--child", "Beni", "--only", "games")
    assert house("budget", "set", "1h", *games).out.startswith("Beni: 60 minutes a day for games\n")
    assert house("budget", "start", *games).out.startswith("Beni: 60 minutes left; they run, until ")
    assert house("budget", "stop", *games, "--json").json["left_seconds"] > 3500
    # what was used is never shown
    assert house("budget", "list", "--json").json["budgets"] == [
        {"child": "Beni", "subject": "category:games", "minutes": 60}
    ]
    assert house("budget", "remove", *games).out.startswith("Beni: no limit of minutes for games\n")
    assert house("budget", "list").out.startswith("no child has minutes a day")


def test_a_child_asks_and_a_parent_says_yes_for_today(house: Callable[..., Done]) -> None:
    asked = house("requests", "ask", "https://geogebra.org/", "--child", "ana", "--reason", "maths")
    assert asked.out == "request 1: Ana asks to open geogebra.org\nit waits for an answer: guardian requests list\n"
    assert "to answer: guardian requests answer NO --yes 1h, or --no REASON" in house("requests", "list").out
    answered = house("requests", "answer", "1", "--yes", "today")
    assert answered.out.startswith("Ana, geogebra.org: yes, until midnight\n")
    assert [one["name"] for one in house("rules", "list", "--json").json["rules"]] == ["geogebra.org"]
    assert listed(house, "requests", "requests", "--child", "Ana")[0]["answer"] == "yes"
    again = house("requests", "answer", "1", "--no", "late")
    assert (again.code, again.out) == (1, "")
    assert "request 1 is answered already: yes" in again.err


def test_a_no_gives_its_reason_and_opens_nothing(house: Callable[..., Done]) -> None:
    house("requests", "ask", "game.example", "--child", "Beni")
    assert house("requests", "answer", "1", "--no", "").code == 1
    assert house("requests", "answer", "1", "--no", "after the exams").out.startswith(
        "Beni, game.example: no (after the exams)\n"
    )
    assert house("rules", "list", "--json").json == {"choices": [], "rules": []}


def test_an_objection_is_a_request_too(house: Callable[..., Done]) -> None:
    house("requests", "ask", "bedtime is too early", "--objection", "--child", "Beni")
    assert "about a rule: bedtime is too early" in house("requests", "list").out
    assert house("requests", "answer", "1", "--yes", "always", "--reason", "22:00 then").out.startswith(
        "Beni, bedtime is too early: yes (22:00 then)\n"
    )
    assert house("rules", "list", "--json").json["rules"] == []


def test_holidays_are_kept_and_taken_away(house: Callable[..., Done]) -> None:
    house("holidays", "add", "2026-12-24", "2027-01-06", "--title", "winter")
    house("holidays", "add", "2026-11-30")
    assert [one["first"] for one in listed(house, "holidays", "holidays")] == ["2026-11-30", "2026-12-24"]
    house("holidays", "remove", "2026-11-30")
    assert [one["title"] for one in listed(house, "holidays", "holidays")] == ["winter"]


def test_zone_and_band_of_the_unnamed_are_set_and_set_back(house: Callable[..., Done]) -> None:
    assert house("family", "set", "zone", "Europe/Berlin").out.startswith("zone: Europe/Berlin\n")
    assert house("family", "set", "unknown", "6-9").code == 0
    told = house("family", "show", "--json").json
    assert told == {"children": 2, "devices": 0, "zone": "Europe/Berlin", "unknown_band": "6-9"}
    house("family", "set", "zone", "default")
    house("family", "set", "unknown", "default")
    told = house("family", "show", "--json").json
    assert (told["zone"], told["unknown_band"]) == ("Europe/Tirane", "10-12")


def test_the_log_says_what_was_done_and_never_on_which_site(house: Callable[..., Done]) -> None:
    house("allow", "secret.example", "--child", "Ana", "--reason", "hushed")
    house("requests", "ask", "secret.example", "--child", "Ana")
    log = house("family", "log")
    assert "rule added" in log.out
    assert "command line" in log.out
    assert "secret" not in log.out
    assert "hushed" not in log.out
    assert house("family", "log", "--json").json["log"][0] == {
        "day": log.out.splitlines()[1].split()[0],
        "who": "command line",
        "what": "rule added",
        "detail": "open",
        "child": "Ana",
    }


def test_a_wipe_leaves_nothing_of_anybody(house: Callable[..., Done], tmp_path: Path) -> None:
    house("allow", "secret.example", "--child", "Ana")
    done = house("wipe", "--yes")
    assert done.code == 0
    assert done.out.startswith("erased: 2 children with everything of theirs")
    assert house("children", "list", "--json").json == {"children": []}
    assert house("family", "log").out == "nothing was changed yet\n"
    for path in (tmp_path / "state").iterdir():
        assert b"secret.example" not in path.read_bytes()


def test_a_second_child_is_refused_rather_than_the_first_one_dropped(house: Callable[..., Done]) -> None:
    done = house("block", "minecraft", "--child", "Ana", "--child", "Beni")
    assert done.code == 2
    assert "one child at a time" in done.err
    assert listed(house, "rules", "choices") == []


def test_what_does_harm_is_not_opened_as_a_whole(house: Callable[..., Done]) -> None:
    done = house("allow", "malware", "--child", "Ana")
    assert done.code == 1
    assert "malware stays closed to everybody" in done.err
    assert listed(house, "rules", "choices") == []


def test_hours_that_end_when_they_begin_are_refused(house: Callable[..., Done]) -> None:
    done = house("schedule", "add", "zero", "--from", "09:00", "--to", "09:00")
    assert done.code == 1
    assert "would close whole days" in done.err
    assert house("schedule", "add", "all", "--from", "00:00", "--to", "24:00").code == 0
