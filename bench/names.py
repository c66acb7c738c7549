"""Names for the bench: millions in the shape of a blocklist, each computed from its index alone.

Law 1: the same index always gives the same name, so nobody has to hold a million names to draw one.
Law 2: two indices never give the same name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ALLOWED_START = 500_000_000
"""Indices from here on are never listed: the allowed names of the mixes."""
COLD_START = 600_000_000
"""Indices from here on are asked once only."""

_SPACE = 1 << 30
_SYLLABLES = tuple(a + b + c for a in "bcdfghklmnprstvz" for b in "aeio" for c in "bdgklmnprstvwxyz")
_TAILS = (*[""] * 5, "24", "online", "-shop", "club", "x", "media", "-live", "bet365", "ads", "hub", "-tracker")
_HOSTS = (*[""] * 8, "cdn.", "ads.", "m.", "s3.", "track.eu.", "static.", "img2.", "login.secure.")
_ENDINGS = (*["com"] * 6, "net", "net", "org", "info", "xyz", "top", "ru", "de", "co.uk", "al")


def name_at(index: int) -> str:
    """Return the name of `index` (0 to 2**30): two to four labels, lower case, no final dot.

    Every tenth name is `www.` below the one before it, as real lists have it.
    """
    if index % 10 == 9:
        return "www." + name_at(index - 1)
    mixed = (index * 0x2545F495 + 0x1B873593) % _SPACE  # an odd factor: a bijection, so the nine letters are unique
    core = _SYLLABLES[mixed >> 20] + _SYLLABLES[mixed >> 10 & 1023] + _SYLLABLES[mixed & 1023]
    shape = (index * 0x9E3779B1) >> 7
    return f"{_HOSTS[shape & 15]}{core}{_TAILS[shape >> 4 & 15]}.{_ENDINGS[shape >> 8 & 15]}"


def listed_names(count: int) -> Iterator[str]:
    """Yield the first `count` listed names."""
    return map(name_at, range(count))
