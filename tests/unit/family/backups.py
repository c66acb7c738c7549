"""Hold a family in every kind of decision, its backup, and texts that no family's backup would hold."""

from __future__ import annotations

import json

from guardian.family.backup import (
    MAX_ROWS,
    Backup,
    SavedAdult,
    SavedBudget,
    SavedChild,
    SavedChoice,
    SavedDevice,
    SavedHoliday,
    SavedHours,
    SavedRule,
    write_backup,
)

LABELS = ("abcdefghijklmnop", "ponmlkjihgfedcba")
HOUSE = """
    INSERT INTO child (id, name, band, moves_on, safe_search, video, label)
        VALUES (3, '🦊', '6-9', '2027-09', NULL, 'strict', 'abcdefghijklmnop');
    INSERT INTO child (id, name, band, moves_on, safe_search, video, label)
        VALUES (4, 'Beni', '13-15', NULL, 'off', NULL, 'ponmlkjihgfedcba');
    INSERT INTO adult (id, name, role, password, second_factor)
        VALUES (1, 'Mira', 'parent', 'scrypt-digest', 'factor-secret');
    INSERT INTO adult (id, name, role, password, second_factor)
        VALUES (2, 'Zamira', 'teacher', NULL, NULL);
    INSERT INTO device (id, name, hardware, network, adult, arrived)
        VALUES (5, 'tablet', '3c:00:00:00:00:01', NULL, 0, '2026-11');
    INSERT INTO device (id, name, hardware, network, adult, arrived)
        VALUES (6, 'phone', NULL, '192.168.1.20', 1, '2026-10');
    INSERT INTO device (id, name, hardware, network, adult, arrived)
        VALUES (7, 'unnamed', '3c:00:00:00:00:07', NULL, 0, '2026-11');
    INSERT INTO device_child (device, child)
        VALUES (5, 3), (5, 4);
    INSERT INTO hours (id, child, subject, title, days, starts, ends, holidays)
        VALUES (2, 3, 'everything', 'bedtime', 31, 1260, 420, 0);
    INSERT INTO hours (id, child, subject, title, days, starts, ends, holidays)
        VALUES (9, NULL, 'category:games', '', 127, 0, 1440, 1);
    INSERT INTO choice (child, subject, action)
        VALUES (3, 'service:tiktok', 'block'), (4, 'category:social', 'open');
    INSERT INTO rule (id, child, name, action, reason, until)
        VALUES (3, NULL, 'chess.example', 'allow', 'club', NULL);
    INSERT INTO rule (id, child, name, action, reason, until)
        VALUES (4, 3, 'passing.example', 'allow', 'for-a-while', 1800000000);
    INSERT INTO measure (id, child, kind, subject, until, names)
        VALUES (4, 3, 'lesson', 'everything', 1800000000, 'lesson.example');
    INSERT INTO budget (child, subject, minutes, day, left_seconds, running_until)
        VALUES (3, 'category:games', 60, '2026-11-24', 1201, NULL);
    INSERT INTO request (child, kind, about, words, made)
        VALUES (3, 'open', 'asked.example', 'wish-words', '2026-11-24');
    INSERT INTO holiday (first, last, title)
        VALUES ('2026-12-24', '2027-01-06', 'winter');
    INSERT INTO setting (key, value)
        VALUES ('zone', 'Europe/Rome'), ('unknown_band', '6-9'), ('clock_floor', '1790000001');
    INSERT INTO setting (key, value)
        VALUES ('setup', 'setup-digest');
    INSERT INTO log (day, who, what, child) VALUES ('2026-11-02', 'logged-person', 'child added', 3);
    INSERT INTO session (digest, adult, until, form)
        VALUES ('session-digest', 1, 1800000000, 'form-token');
    INSERT INTO token (digest, title, scopes, used)
        VALUES ('token-digest', 'token-title', 'read', '2026-11-24');
"""
BACKUP = Backup(
    children=(
        SavedChild("🦊", "6-9", "2027-09", None, "strict", LABELS[0]),
        SavedChild("Beni", "13-15", None, "off", None, LABELS[1]),
    ),
    adults=(SavedAdult("Mira", "parent"), SavedAdult("Zamira", "teacher")),
    devices=(
        SavedDevice("tablet", "3c:00:00:00:00:01", None, adult=False, children=("🦊", "Beni")),
        SavedDevice("phone", None, "192.168.1.20", adult=True, children=()),
    ),
    hours=(
        SavedHours("🦊", "everything", "bedtime", 31, 1260, 420, on_holidays=False),
        SavedHours(None, "category:games", "", 127, 0, 1440, on_holidays=True),
    ),
    choices=(SavedChoice("🦊", "service:tiktok", opens=False), SavedChoice("Beni", "category:social", opens=True)),
    rules=(SavedRule(None, "chess.example", opens=True, reason="club"),),
    budgets=(SavedBudget("🦊", "category:games", 60),),
    holidays=(SavedHoliday("2026-12-24", "2027-01-06", "winter"),),
    zone="Europe/Rome",
    unknown_band="6-9",
)
EMPTY = Backup((), (), (), (), (), (), (), (), None, None)


def changed(**parts: object) -> bytes:
    return json.dumps(json.loads(write_backup(BACKUP)) | parts).encode()


def inside(table: str, **parts: object) -> bytes:
    value = json.loads(write_backup(BACKUP))
    value[table][0] |= parts
    return json.dumps(value).encode()


def without(table: str, key: str) -> bytes:
    value = json.loads(write_backup(BACKUP))
    del value[table][0][key]
    return json.dumps(value).encode()


WHOLE = write_backup(BACKUP)
CHILD = json.loads(WHOLE)["children"][0]
UP = "../../../../etc/passwd"
HOSTILE: dict[str, bytes] = {
    "nothing": b"",
    "no JSON": b"family",
    "not UTF-8": b'{"guardian": 1, "children": "\xff\xfe"}',
    "a second text": WHOLE + WHOLE,
    "a list": b"[1]",
    "a text": b'"guardian"',
    "null": b"null",
    "no version": b"{}",
    "version true": changed(guardian=True),
    "version as text": changed(guardian="1"),
    "version 0": changed(guardian=0),
    "version 2": changed(guardian=2),
    "depth of lists": b"[" * 99_000 + b"]" * 99_000,
    "depth of objects": b'{"a":' * 99_000 + b"1" + b"}" * 99_000,
    "depth inside": WHOLE.replace(b'"reason":"club"', b'"reason":' + b"[" * 99_000 + b"]" * 99_000),
    "a million objects": b'{"guardian":1,"children":[' + b"{}," * 1_000_000 + b"{}]}",
    "a million lists": b'{"guardian":1,"children":[' + b"[]," * 1_000_000 + b"[]]}",
    "depth not closed": b'{"guardian":1,"children":' + b"[" * 1_000_000,
    "NaN": WHOLE.replace(b'"minutes":60', b'"minutes":NaN'),
    "infinity": WHOLE.replace(b'"minutes":60', b'"minutes":Infinity'),
    "minus infinity": WHOLE.replace(b'"minutes":60', b'"minutes":-Infinity'),
    "a fraction": WHOLE.replace(b'"minutes":60', b'"minutes":60.0'),
    "an exponent": WHOLE.replace(b'"minutes":60', b'"minutes":6e1'),
    "a number of a million digits": WHOLE.replace(b'"minutes":60', b'"minutes":' + b"9" * 1_000_000),
    "a number past 64 bits": inside("budgets", minutes=2**80),
    "a negative number": inside("budgets", minutes=-1),
    "a duplicate key": WHOLE.replace(b'"guardian":1', b'"guardian":1,"guardian":1'),
    "a duplicate key inside": WHOLE.replace(b'"minutes":60', b'"minutes":60,"minutes":5'),
    "an unknown key": changed(sessions=[]),
    "an unknown key inside": inside("adults", second_factor="secret"),
    "a missing table": json.dumps({"guardian": 1, "children": []}).encode(),
    "a missing key": without("children", "label"),
    "a number as text": inside("budgets", minutes="60"),
    "a flag as number": inside("devices", adult=1),
    "a number as flag": inside("hours", starts=True),
    "a text as list": inside("devices", children="🦊"),
    "a list of numbers": inside("devices", children=[1]),
    "an object as text": inside("children", name={"$ne": ""}),
    "null as name": inside("children", name=None),
    "a table as object": changed(rules={}),
    "rows without end": changed(holidays=[{}] * (MAX_ROWS + 1)),
    "a path as device": inside("devices", network=UP),
    "a path as zone": changed(zone=UP),
    "an absolute path as zone": changed(zone="/etc/localtime"),
    "no zone": changed(zone=""),
    "a NUL in a zone": changed(zone="Europe/Rome\0"),
    "a path as site": inside("rules", name=UP),
    "a path as subject": inside("hours", subject=f"category:{UP}"),
    "a path as label": inside("children", label="../../etc/passwd"),
    "a path as band": inside("children", band=UP),
    "a site that is a statement": inside("rules", name="x'; DROP TABLE child; --"),
    "a name past its length": inside("children", name="a" * 41),
    "an empty name": inside("children", name=""),
    "a name with a control character": inside("children", name="Ana\x1b[2J"),
    "a name that turns the line": inside("children", name="Ana\u202e"),
    "half a character": WHOLE.replace('"🦊","band"'.encode(), b'"\\ud83e","band"'),
    "a reason past its length": inside("rules", reason="a" * 201),
    "an adult as child": inside("children", band="adult"),
    "a band of no age": changed(unknown_band="6-99"),
    "a month of no year": inside("children", moves_on="2027-13"),
    "a month of a day": inside("children", moves_on="2027-09-01"),
    "a safe search of no kind": inside("children", safe_search="lax"),
    "a role of no kind": inside("adults", role="root"),
    "days of no week": inside("hours", days=128),
    "no day": inside("hours", days=0),
    "days below none": inside("hours", days=-1),
    "hours past midnight": inside("hours", starts=1440),
    "a holiday of no day": inside("holidays", first="2026-02-30"),
    "a holiday that ends before": inside("holidays", last="2026-12-23"),
    "a device of nobody there": inside("devices", children=["Cen"]),
    "hours of nobody there": inside("hours", child="Cen"),
    "a choice of nobody there": inside("choices", child="Cen"),
    "a device of an adult and of children": inside("devices", adult=True),
    "a device without an address": inside("devices", hardware=None),
    "a network as large as the internet": inside("devices", hardware=None, network="0.0.0.0/0"),
    "one device twice": changed(devices=[json.loads(WHOLE)["devices"][1]] * 2),
    "one child twice": changed(children=[CHILD, CHILD]),
    "one child twice in other letters": changed(children=[CHILD | {"name": "Ana"}, CHILD | {"name": "ANA"}]),
    "children without end": changed(children=[CHILD | {"name": f"child {n}"} for n in range(100)]),
    "a choice on everything": inside("choices", subject="everything"),
}
