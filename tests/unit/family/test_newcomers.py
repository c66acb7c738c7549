"""A device that nobody has named is never treated as older than the youngest child."""

from __future__ import annotations

import pytest

from guardian.family.members import Child
from guardian.family.newcomers import unknown_band
from guardian.model import Band


def children(*bands: Band) -> list[Child]:
    return [Child(number, f"child {number}", band, None, None, None, "") for number, band in enumerate(bands, start=1)]


@pytest.mark.parametrize(
    ("declared", "bands", "given"),
    [
        (Band.MIDDLE, (), Band.MIDDLE),
        (Band.ADULT, (), Band.ADULT),
        (Band.ADULT, (Band.YOUTH,), Band.YOUTH),
        (Band.ADULT, (Band.TEEN, Band.PRIMARY, Band.YOUTH), Band.PRIMARY),
        (Band.PRIMARY, (Band.YOUTH,), Band.PRIMARY),
        (Band.YOUTH, (Band.EARLY, Band.ADULT), Band.EARLY),
    ],
)
def test_the_stricter_of_what_was_declared_and_the_youngest_childs_band_holds(
    declared: Band, bands: tuple[Band, ...], given: Band
) -> None:
    assert unknown_band(declared, children(*bands)) is given
