"""A scalar means what YAML 1.2 says, not what YAML 1.1 said."""

from __future__ import annotations

import math

import pytest

from guardian.config.scalars import resolve


@pytest.mark.parametrize(
    "text",
    ["22:30", "no", "yes", "on", "off", "No", "y", "2026-11-24", "1_000", "0b101", "10-12", "6-9", "1.2.3.4", "0o8",
     "0xg", "::1", "tRUE", "nUll", "1e", "+", "-", ".", "٣", "1 "],
)  # fmt: skip
def test_what_only_looks_like_a_value_of_yaml_1_1_stays_text(text: str) -> None:
    assert resolve(text) == text


@pytest.mark.parametrize(
    ("text", "value"),
    [("", None), ("~", None), ("null", None), ("Null", None), ("NULL", None), ("true", True), ("TRUE", True),
     ("False", False), ("0", 0), ("-12", -12), ("+7", 7), ("007", 7), ("0o17", 15), ("0xFf", 255), ("1.5", 1.5),
     (".5", 0.5), ("1.", 1.0), ("1e3", 1000.0), ("-.inf", -math.inf), (".INF", math.inf)],
)  # fmt: skip
def test_the_core_schema_gives_nulls_booleans_and_numbers(text: str, value: object) -> None:
    assert resolve(text) == value
    assert type(resolve(text)) is type(value)


def test_not_a_number_is_a_number_of_the_core_schema() -> None:
    value = resolve(".nan")
    assert isinstance(value, float)
    assert math.isnan(value)


def test_a_number_that_nobody_means_is_refused_before_it_costs_anything() -> None:
    with pytest.raises(ValueError, match="more than 20 digits"):
        resolve("9" * 500_000)
