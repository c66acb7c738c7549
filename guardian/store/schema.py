"""Hold the tables of the family store, step by step: each step leads from one version of the file to the next.

Law 1: no column holds the name, the address or the time of a question. What a person typed (a rule, a request) lives as
       long as that rule or request.
Law 2: no birth date, no "last seen", no "active now": a child has a band and the month of moving to the next.
Law 3: the number of what was removed is given to nothing else: an old page can't change the wrong child.
Law 4: a step that has been released is never changed; the next one mends it.
"""

from __future__ import annotations

from typing import Final

STEPS: Final[tuple[str, ...]] = (
    """
    CREATE TABLE child (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        name TEXT NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 40),
        band TEXT NOT NULL CHECK (band IN ('0-5', '6-9', '10-12', '13-15', '16-17')),
        moves_on TEXT CHECK (moves_on GLOB '[0-9][0-9][0-9][0-9]-[01][0-9]'),
        safe_search TEXT CHECK (safe_search IN ('strict', 'off')),
        video TEXT CHECK (video IN ('strict', 'moderate', 'off')),
        label TEXT NOT NULL UNIQUE CHECK (length(label) = 16)
    ) STRICT;
    CREATE TABLE adult (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        name TEXT NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 40),
        role TEXT NOT NULL CHECK (role IN ('parent', 'second-parent', 'teacher')),
        password TEXT,
        second_factor TEXT
    ) STRICT;
    CREATE TABLE device (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 40),
        hardware TEXT UNIQUE CHECK (length(hardware) = 17),
        network TEXT UNIQUE,
        adult INTEGER NOT NULL DEFAULT 0 CHECK (adult IN (0, 1)),
        arrived TEXT NOT NULL CHECK (arrived GLOB '[0-9][0-9][0-9][0-9]-[01][0-9]'),
        CHECK (hardware IS NOT NULL OR network IS NOT NULL)
    ) STRICT;
    CREATE TABLE device_child (
        device INTEGER NOT NULL REFERENCES device ON DELETE CASCADE,
        child INTEGER NOT NULL REFERENCES child ON DELETE CASCADE,
        PRIMARY KEY (device, child)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE hours (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        child INTEGER REFERENCES child ON DELETE CASCADE,
        subject TEXT NOT NULL,
        title TEXT NOT NULL DEFAULT '' CHECK (length(title) <= 40),
        days INTEGER NOT NULL CHECK (days BETWEEN 1 AND 127),
        starts INTEGER NOT NULL CHECK (starts BETWEEN 0 AND 1439),
        ends INTEGER NOT NULL CHECK (ends BETWEEN 0 AND 1440),
        holidays INTEGER NOT NULL DEFAULT 1 CHECK (holidays IN (0, 1))
    ) STRICT;
    CREATE TABLE choice (
        child INTEGER NOT NULL REFERENCES child ON DELETE CASCADE,
        subject TEXT NOT NULL,
        action TEXT NOT NULL CHECK (action IN ('block', 'open')),
        PRIMARY KEY (child, subject)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE rule (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        child INTEGER REFERENCES child ON DELETE CASCADE,
        name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 253),
        action TEXT NOT NULL CHECK (action IN ('allow', 'block')),
        reason TEXT NOT NULL DEFAULT '' CHECK (length(reason) <= 200),
        until INTEGER
    ) STRICT;
    CREATE TABLE measure (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        child INTEGER REFERENCES child ON DELETE CASCADE,
        kind TEXT NOT NULL CHECK (kind IN ('off', 'pause', 'bonus', 'lesson')),
        subject TEXT NOT NULL DEFAULT 'everything',
        until INTEGER NOT NULL,
        names TEXT NOT NULL DEFAULT ''
    ) STRICT;
    CREATE TABLE budget (
        child INTEGER NOT NULL REFERENCES child ON DELETE CASCADE,
        subject TEXT NOT NULL,
        minutes INTEGER NOT NULL CHECK (minutes BETWEEN 5 AND 1440),
        day TEXT,
        left_seconds INTEGER,
        running_until INTEGER,
        PRIMARY KEY (child, subject)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE request (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        child INTEGER NOT NULL REFERENCES child ON DELETE CASCADE,
        kind TEXT NOT NULL CHECK (kind IN ('open', 'objection')),
        about TEXT NOT NULL CHECK (length(about) BETWEEN 1 AND 253),
        words TEXT NOT NULL DEFAULT '' CHECK (length(words) <= 500),
        made TEXT NOT NULL,
        answer TEXT CHECK (answer IN ('yes', 'no')),
        answer_words TEXT CHECK (length(answer_words) <= 500),
        answer_until INTEGER,
        shared INTEGER NOT NULL DEFAULT 0 CHECK (shared IN (0, 1))
    ) STRICT;
    CREATE TABLE holiday (
        first TEXT NOT NULL,
        last TEXT NOT NULL,
        title TEXT NOT NULL DEFAULT '' CHECK (length(title) <= 40),
        PRIMARY KEY (first, last)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE setting (
        key TEXT PRIMARY KEY CHECK (key IN ('zone', 'unknown_band', 'clock_floor', 'setup')),
        value TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE log (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        day TEXT NOT NULL,
        who TEXT NOT NULL,
        what TEXT NOT NULL,
        detail TEXT NOT NULL DEFAULT '',
        child INTEGER REFERENCES child ON DELETE CASCADE
    ) STRICT;
    CREATE TABLE session (
        digest TEXT PRIMARY KEY,
        adult INTEGER NOT NULL REFERENCES adult ON DELETE CASCADE,
        until INTEGER NOT NULL,
        form TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE token (
        digest TEXT PRIMARY KEY,
        title TEXT NOT NULL CHECK (length(title) BETWEEN 1 AND 40),
        scopes TEXT NOT NULL,
        used TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE claim (
        digest TEXT PRIMARY KEY,
        child INTEGER REFERENCES child ON DELETE CASCADE,
        adult INTEGER NOT NULL DEFAULT 0 CHECK (adult IN (0, 1)),
        who TEXT NOT NULL,
        tries INTEGER NOT NULL DEFAULT 0,
        until INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    """,
)
"""Statements by the version that they start from, apart by semicolons; `PRAGMA user_version` says which have run."""
