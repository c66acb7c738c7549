"""A document is plain values with exact places, and every refused thing is named where it stands."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict

from guardian.config.document import Document, read_document, validate
from guardian.config.places import spelled
from guardian.errors import ConfigError, Fault


class Anything(BaseModel):
    model_config = ConfigDict(extra="allow")


def found(text: bytes, **bounds: int) -> tuple[Fault, ...]:
    """Return the faults of a text; none when it is right. Anything but a ConfigError escapes."""
    try:
        validate(Anything, read_document(text, "f.yaml", **bounds))
    except ConfigError as error:
        assert error.faults  # noqa: PT017 - an error without a fault would help nobody
        return error.faults
    return ()


def faults(text: str | bytes, **bounds: int) -> list[str]:
    """Return every fault of a text, as a person reads it."""
    raw = text if isinstance(text, bytes) else text.encode()
    return [str(fault) for fault in found(raw, **bounds)]


def read(text: str) -> Document:
    return read_document(text.encode(), "f.yaml")


def test_values_are_plain_and_every_place_is_known() -> None:
    document = read('# head\na: 1\n"b c":\n  - x\n  - {d: 22:30, e: no}\nf:\n')
    assert document.value == {"a": 1, "b c": ["x", {"d": "22:30", "e": "no"}], "f": None}
    assert {spelled(path): tuple(place) for path, place in document.places.items()} == {
        "": (2, 1, 2, 1),
        "a": (2, 4, 2, 1),
        "'b c'": (4, 3, 3, 1),
        "'b c'[0]": (4, 5, 4, 5),
        "'b c'[1]": (5, 5, 5, 5),
        "'b c'[1].d": (5, 9, 5, 6),
        "'b c'[1].e": (5, 19, 5, 16),
        "f": (6, 3, 6, 1),
    }


def test_a_place_that_was_not_written_is_the_nearest_one_above() -> None:
    assert read("a:\n  b: 1\n").place(("a", "c", 3)) == (2, 3, 1, 1)


def test_columns_count_characters_behind_albanian_letters_and_a_byte_order_mark() -> None:
    document = read_document("shënim: 1\nçelës: é\n".encode("utf-8-sig"), "f.yaml")
    assert document.places["çelës",] == (2, 8, 2, 1)
    assert document.places["shënim",] == (1, 9, 1, 1)


def test_lines_that_end_as_on_windows_are_read() -> None:
    assert read("a: 1\r\nb: 2\r\n").value == {"a": 1, "b": 2}


def test_quotes_make_text_of_anything() -> None:
    assert read('a: "true"\nb: \'12\'\nc: ""\n').value == {"a": "true", "b": "12", "c": ""}


def test_the_version_line_of_yaml_1_2_is_allowed() -> None:
    assert read("%YAML 1.2\n---\na: 1\n...\n").value == {"a": 1}


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("a: *x\n", "f.yaml:1:4: a: the alias *x is refused (write the value out)"),
        ("a: &x 1\n", "f.yaml:1:4: a: the anchor &x is refused (take it out)"),
        ("a: 1\nb: !!python/object/apply:os.system [ls]\n", "f.yaml:2:4: b: a tag is refused here"),
        ("a: !!str 1\n", "f.yaml:1:4: a: a tag is refused here"),
        ("a: ! 1\n", "f.yaml:1:4: a: a tag is refused here"),
        ("b:\n  <<: {c: 1}\n", "f.yaml:2:3: b: the merge key << is refused (write the keys out)"),
        ("a: 1\nb: 2\na: 3\n", "f.yaml:3:1: a: is written twice (line 1 has it already; keep one)"),
        ("a: {b: 1, 'b': 2}\n", "f.yaml:1:11: a.b: is written twice (line 1 has it already; keep one)"),
        ("a: 1\n---\nb: 2\n", "f.yaml:2:1: a second document begins (one file holds one document)"),
        ("- a\n- b\n", "f.yaml:1:1: the file is not a mapping of keys to values"),
        ("text\n", "f.yaml:1:1: the file is not a mapping of keys to values"),
        ("~\n", "f.yaml:1:1: the file is not a mapping of keys to values"),
        ("", "f.yaml: the file is empty"),
        ("# only this\n", "f.yaml: the file is empty"),
        ("%YAML 1.1\n---\na: 1\n", "f.yaml:1:1: only YAML 1.2 is read"),
        ("? [a]\n: 1\n", "f.yaml:1:3: a key must be one word"),
        ("? {a: 1}\n: 1\n", "f.yaml:1:3: a key must be one word"),
        ("? &a b\n: 1\n", "f.yaml:1:3: a key has an anchor or a tag"),
        ("? \n: 1\n", "f.yaml:1:2: a key is empty"),
        ('a: "\\0"\n', "f.yaml:1:4: a: a control character is refused"),
        ('a: "\\uD800"\n', "f.yaml:1:4: a: a control character is refused"),
        (f"a: {'9' * 21}\n", "f.yaml:1:4: a: '999999999999999999999' has more than 20 digits"),
    ],
)
def test_what_could_expand_run_or_mislead_is_refused_where_it_stands(text: str, fault: str) -> None:
    assert [line[: len(fault)] for line in faults(text)] == [fault]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("a:\n\tb: 1\n", "f.yaml:2:1: a tab stands here (indent with spaces)"),
        ("a: 1\nlisten\nc: 2\n", "f.yaml:2:1: this key has no colon"),
        (
            "listen 53\nc: 2\n",
            "f.yaml:1:1: the file is not a mapping of keys to values (write `key: value`, with a space",
        ),
        ("d: 0\na:1\nb: 2\n", "f.yaml:2:1: this key has no colon (write `key: value`, with a space after the colon)"),
        ("a: b: c\n", "f.yaml:1:5: a colon can't stand here"),
        ("a: 1\n  b: 2\n", "f.yaml:2:4: a colon can't stand here"),
        ("a: - b\n", "f.yaml:1:4: a list entry can't stand here"),
        ("a: @x\n", "f.yaml:1:4: a value can't start with this character (put the value in quotes)"),
        ("a: 'x\nb: 1\n", "f.yaml:1:4: this quote is never closed"),
        ('a: "C:\\q"\n', "f.yaml:1:8: this escape is unknown"),
        ('a: "\\UFFFFFFFF"\n', "f.yaml:1:7: this escape names no character"),
        ("a: [1, 2\nb: 3\n", "f.yaml:2:2: the list in [ ] is not closed before this"),
        ("a: {b: 1\n", "f.yaml:2:1: the mapping in { } is not closed before this"),
        ("a: 'b' c\n", "f.yaml:1:8: this does not belong to the lines above"),
        ("a: !x!y 1\n", "f.yaml:1:4: a tag is refused here"),
        ("a: ]\n", "f.yaml:1:4: this is not YAML"),
    ],
)
def test_broken_syntax_is_told_in_plain_words_at_its_place(text: str, fault: str) -> None:
    assert [line[: len(fault)] for line in faults(text)] == [fault]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (b"a: 1\nb: \xff\n", "f.yaml:2:4: this byte is not UTF-8 text (save the file as UTF-8)"),
        ("a: 1\n".encode("utf-16"), "f.yaml:1:1: this byte is not UTF-8 text (save the file as UTF-8)"),
        (b"a: 1\nb: x\0y\n", "f.yaml:2:5: the character U+0000 is refused (delete it; is this a text file?)"),
        (
            "a: 1 # \u2028b: 2\n".encode(),
            "f.yaml:1:8: the character U+2028 is refused (delete it; is this a text file?)",
        ),
        (b"a: 1\rb: 2\n", "f.yaml:1:5: the character U+000D is refused (delete it; is this a text file?)"),
    ],
)
def test_bytes_that_are_not_text_are_refused_at_their_place(text: bytes, fault: str) -> None:
    assert faults(text) == [fault]


def test_the_size_and_the_depth_are_bounded() -> None:
    assert faults("a: 123\n", max_bytes=6) == ["f.yaml: the file holds more than 6 bytes (is it the right file?)"]
    assert faults("a: {b: {c: 1}}\n", max_depth=2) == [
        "f.yaml:1:8: more than 2 levels deep (nothing here needs such depth)"
    ]
    assert read_document(b"a: {b: 1}\n", "f.yaml", max_depth=2).value == {"a": {"b": 1}}


@pytest.mark.parametrize("open_one", ["[", "{a: ", "- ", "? "])
def test_a_tower_of_brackets_ends_at_the_depth_bound(open_one: str) -> None:
    assert "more than 16 levels deep" in "\n".join(faults("a:\n " + open_one * 400))


def test_a_billion_laughs_never_begin() -> None:
    laughs = "a: &a [lol, lol]\nb: &b [*a, *a]\nc: [*b, *b]\n"
    assert len(faults(laughs)) == 6


def test_one_reading_tells_all_faults_in_file_order_with_what_broke_it_last() -> None:
    assert [line.split(": ")[0] for line in faults("a: *x\nb: &y 1\na: 2\nc: !t 1\nd: 'open\n")] == [
        "f.yaml:1:4",
        "f.yaml:2:4",
        "f.yaml:3:1",
        "f.yaml:4:4",
        "f.yaml:5:4",
    ]


def test_a_fault_inside_a_value_that_is_skipped_is_told_too() -> None:
    assert faults("a: 1\na: {b: *x}\n")[1].startswith("f.yaml:2:8: b: the alias *x")


def test_a_key_that_would_run_over_the_line_is_quoted() -> None:
    assert faults('"x\\ny": *a\n') == ["f.yaml:1:9: 'x\\ny': the alias *a is refused (write the value out)"]


YAML_BITS = st.sampled_from(
    ["a", "b: ", ": ", "- ", "\n", "\n  ", "[", "]", "{", "}", ",", "'", '"', "&x ", "*x", "!t ", "? ", "|", ">",
     "#", "%", "---\n", "...\n", "\t", "\\", "<<", "~", "1", "0x", "\\U00110000", "\\x", "é", "\u2028",
     "@", "%YAML 1.2\n", "-"]
)  # fmt: skip


@settings(max_examples=80, deadline=None)
@given(st.lists(YAML_BITS, max_size=24).map("".join))
@example('a: "\\UFFFFFFFF"')
@example("%YAML 99999999999999999999999999.1\n---\na: 1")
@example("%TAG ! !\n%TAG ! !\n---\na: 1")
@example("a: !<%ff> 1")
@example("a: |999\n  b")
def test_no_text_raises_anything_but_a_fault(text: str) -> None:
    lines = text.count("\n") + 1
    for fault in found(text.encode()):
        assert "\n" not in str(fault)
        assert 0 <= fault.line <= lines


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=40))
def test_no_bytes_raise_anything_but_a_fault(text: bytes) -> None:
    lines = text.count(b"\n") + 1
    assert all(0 <= fault.line <= lines for fault in found(text))


TEXTS = st.text(st.sampled_from("aZ09 ':-#{}[]&*!|>%@`\"\\,?~<é€ë𝄞\u00a0"), max_size=12)


@settings(max_examples=50, deadline=None)
@given(st.dictionaries(TEXTS.filter(bool), TEXTS, min_size=1, max_size=4))
def test_what_is_written_in_quotes_is_read_as_written(values: dict[str, str]) -> None:
    def quoted(text: str) -> str:
        return "'" + text.replace("'", "''") + "'"

    text = "".join(f"? {quoted(key)}\n: {quoted(value)}\n" for key, value in values.items())
    assert read(text).value == values
