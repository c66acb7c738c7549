"""What people type is taken as they mean it, or refused with what helps."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardian.errors import DecisionError
from guardian.family.words import read_line, read_name, read_site, read_subject


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Ana", "Ana"),
        ("  Ana \n", "Ana"),
        ("🦊", "🦊"),
        ("👩‍👧", "👩‍👧"),
        ("Zoe\u0308", "Zoë"),
        ("Çelik  i   vogël", "Çelik i vogël"),
    ],
)
def test_a_nickname_or_an_emoji_is_a_name(typed: str, kept: str) -> None:
    assert read_name(typed, "a child") == kept


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "is empty"),
        ("   ", "is empty"),
        ("a" * 41, "41 characters"),
        ("a\x1b[31m", r"U\+001B"),
        ("a\u202eb", r"U\+202E"),
    ],
)
def test_another_name_is_refused(typed: str, words: str) -> None:
    with pytest.raises(DecisionError, match=words):
        read_name(typed, "a child")


@given(st.text(max_size=60))
def test_a_line_never_breaks_a_page(text: str) -> None:
    try:
        line = read_line(text, 40, "the title")
    except DecisionError:
        return
    assert len(line) <= 40
    assert line.isprintable() or set(line) & set("\u200c\u200d\ufe0e\ufe0f")


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("wikipedia.org", "wikipedia.org"),
        (" WWW.Wikipedia.ORG. ", "www.wikipedia.org"),
        ("https://www.chess.com/play/computer?level=3", "www.chess.com"),
        ("chess.com/play", "chess.com"),
        ("http://user:secret@chess.com:8080/", "chess.com"),
        ("https://CHESS.com", "chess.com"),
        ("//chess.com", "chess.com"),
        ("shqipëria.al", "xn--shqipria-x1a.al"),
        ("a_b.example", "a_b.example"),
    ],
)
def test_a_site_is_a_name_however_it_was_pasted(typed: str, name: str) -> None:
    assert read_site(typed) == name


@pytest.mark.parametrize(
    "typed",
    [
        *(
            "",
            " ",
            "youtube",
            "al",
            "https://",
            "https://[::1",
            "a..b",
            "-",
            "192.168.1.1",
            "http://10.0.0.1/",
            "a b.org",
        ),
        *("*.example.org", "||ads.example^", "javascript:alert(1)", "\ud800.org", "a.org\0"),
        *("x" * 64 + ".org", "x.org" * 800),
    ],
)
def test_what_is_no_site_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(DecisionError, match=r"wikipedia\.org"):
        read_site(typed)


@given(st.text(max_size=300))
def test_a_site_is_small_ascii_or_refused(text: str) -> None:
    try:
        name = read_site(text)
    except DecisionError:
        return
    assert name.isascii()
    assert name == name.lower()
    assert 3 <= len(name) <= 253
    assert read_site(name) == name


@pytest.mark.parametrize("subject", ["everything", "category:games", "service:tiktok", "category:self-harm"])
def test_a_decision_is_about_everything_a_category_or_a_service(subject: str) -> None:
    assert read_subject(f" {subject.upper()} ") == subject


@pytest.mark.parametrize(
    "subject", ["", "games", "site:example.org", "category:", "service:-", "category:a b", "service:../x"]
)
def test_another_subject_is_refused_with_examples(subject: str) -> None:
    with pytest.raises(DecisionError, match="category:games"):
        read_subject(subject)
