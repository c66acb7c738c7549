"""Hold the meaning of a YAML scalar: the core schema of YAML 1.2.2 (section 10.3.2), no more.

Law 1: `22:30`, `no`, `on`, `2026-11-24` and `1_000` are text; only true and false are booleans.
Law 2: a number that could not be meant (over twenty digits) is refused rather than converted.
"""

from __future__ import annotations

import re

from guardian.config.faults import shown

Scalar = str | int | float | bool | None

NULLS = frozenset({"", "~", "null", "Null", "NULL"})
BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", re.ASCII)
FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", re.ASCII)
NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff]")
MAX_DIGITS = 20


def resolve(text: str) -> Scalar:
    """Return what a scalar without quotes means; raise ValueError for an absurd number."""
    if text in NULLS:
        return None
    if text in BOOLEANS:
        return BOOLEANS[text]
    if INTEGER.fullmatch(text):
        return _integer(text)
    if FLOAT.fullmatch(text):
        return float(text)
    if NOT_FINITE.fullmatch(text):
        return float(text.replace(".", "", 1))
    return text


def _integer(text: str) -> int:
    if len(text) > MAX_DIGITS:
        reason = f"{shown(text)} has more than {MAX_DIGITS} digits"
        raise ValueError(reason)
    # int(text, 0) reads both prefixes, but refuses 007, which is 7 here.
    return int(text, 0 if text.startswith(("0o", "0x")) else 10)
