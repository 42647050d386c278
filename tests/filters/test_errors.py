"""Every mistake is told at its column, with what to do about it where that can be known."""

from typing import Any

import pytest

from sightline.domain.errors import FilterError
from sightline.domain.limits import DEFAULT

MISTAKES: list[tuple[str, int, str, str | None]] = [
    # Parentheses.
    ("(line:7", 0, "never closed", None),
    ("line:7 (", 7, "never closed", None),
    ("detection(class:a", 9, "never closed", None),
    ("line:7)", 6, "closes nothing", None),
    ("()", 1, "no condition between", None),
    ("detection()", 10, "no condition between", None),
    # Quotes.
    ('"line', 0, "never closed", '\\"'),
    ('line:"7', 5, "never closed", '\\"'),
    ('line:"7\\"', 5, "never closed", '\\"'),
    ('line:"7"8', 8, "follows the closing quote", "space"),
    ('line:7"8"', 6, "inside a word", "quotes"),
    ('li"ne":7', 2, "inside a word", "quotes"),
    # OR, AND, NOT and -.
    ("line:7 OR", 7, "no condition follows `OR`", None),
    ("(line:7 OR)", 8, "no condition follows `OR`", None),
    ("line:7 AND", 7, "no condition follows `AND`", None),
    ("NOT", 0, "no condition follows `NOT`", None),
    ("line:7 -", 7, "no condition follows `-`", None),
    ("OR line:7", 0, "`OR` stands where", None),
    ("line:7 OR OR line:8", 10, "`OR` stands where", None),
    ("line:7 or line:8", 7, "`or` stands where", "OR in capitals"),
    ("not line:7", 0, "`not` stands where", "NOT in capitals"),
    # Values and lists.
    ("line:", 4, "value is missing after `line:`", "right behind"),
    ("line: 7", 4, "value is missing after `line:`", "right behind"),
    ("line:7 passed: location:x", 13, "value is missing after `passed:`", "right behind"),
    ("line>", 5, "value is missing after `>`", None),
    ("line:)", 5, "value is missing", None),
    ("line:>7", 5, "value is missing after `:`", "quotes"),
    ("line==7", 5, "value is missing after `=`", "quotes"),
    ("line:7,", 6, "missing in this list", "line:7,8"),
    ("line:7,,8", 6, "missing in this list", "line:7,8"),
    ("line:7, 8", 6, "missing in this list", "line:7,8"),
    ("line:,8", 5, "value is missing", None),
    ("line>7,8", 6, "only a colon takes a list", "line:7,8"),
    # Names.
    (":7", 0, "name is missing before", "line:7"),
    ("line :7", 5, "name is missing before", "line:7"),
    (">7", 0, "compares nothing", None),
    ("line!7", 4, "compares nothing", None),
    ("has:", 3, "missing after `has:`", None),
    ("has:-line", 4, "a name is missing", "has:serial_number"),
    ("loaction:texas", 0, "no field 'loaction'", "did you mean `location`?"),
    ("line:7 Location:texas", 7, "no field 'Location'", "did you mean `location`?"),
    ("has:Line", 4, "no field 'Line'", "did you mean `line`?"),
    ("shift_name:night", 0, "no field 'shift_name'", "did you mean `shift name`?"),
    ("Class:dent", 0, "no field 'Class'", "did you mean `class`?"),
    ("-zzzzzz:1", 1, "no field 'zzzzzz'", "no inference has"),
    ("metadata.zzzzzz:1", 0, "no field 'metadata.zzzzzz'", None),
    # What cannot be compared so.
    ("line>abc", 5, "neither", "line>70"),
    ("confidence>high", 11, "'high' is not a number", None),
    ("confidence:0.5,x", 15, "'x' is not a number", None),
    ("confidence>nan", 11, "'nan' is not a number", None),
    ("confidence>1e999", 11, "'1e999' is not a number", None),
    ("latency>5h", 8, "not a length of time", "200ms"),
    ("latency>ms", 8, "not a length of time", "200ms"),
    ("time>yesterday", 5, "is not a time", "-7d"),
    ("time:2026-11-23", 4, "`time` cannot be compared with `:`", "< <= > >="),
    ("confidence~5", 10, "cannot be compared with `~`", ">="),
    ("device>5", 6, "cannot be compared with `>`", "~"),
    ("class<5", 5, "cannot be compared with `<`", "~"),
    ("image:ab", 5, "cannot be compared with `:`", "has:image"),
    # Inside of one detection.
    ("detection(line:7)", 10, "`line` is not of one detection", "class and confidence"),
    ("detection(class:a b)", 18, "`b` is not of one detection", "class and confidence"),
    ("detection(class:a detection(class:b))", 18, "is not of one detection", "class and confidence"),
    ("detection(has:tag)", 14, "`tag` is not of one detection", "class and confidence"),
    ("detection(confidence:x)", 21, "not a number", None),
    # Bounds, and what is not text.
    ("(" * 33 + "line:7" + ")" * 33, 32, "at most 32 deep", None),
    ("(" * 8_000, 32, "at most 32 deep", None),
    ("(" * 10_000, DEFAULT.filter, "at most 8192 characters", None),
    ("x" * 10_000, DEFAULT.filter, "at most 8192 characters", None),
    ("a " * 101, 200, "at most 100 conditions", "line:7,8,9"),
    ("line:\0", 5, "not text", None),
    ("line:\ud800", 5, "not text", None),
]


@pytest.mark.parametrize(
    ("text", "column", "message", "hint"), MISTAKES, ids=[case[0][:40] for case in MISTAKES]
)
def test_mistake(factory: Any, text: str, column: int, message: str, hint: str | None) -> None:
    with pytest.raises(FilterError) as raised:
        factory.condition(text)
    assert message in raised.value.message
    assert raised.value.column == column
    assert raised.value.where == f"filter, column {column + 1}"
    if hint is not None:
        assert hint in (raised.value.hint or "")


def test_any_number_of_negations_is_one_or_none(factory: Any) -> None:
    assert factory.find("-" * 8_000 + "a1") == ["a1"]
    assert "a1" not in factory.find("-" * 7_999 + "a1")
    assert factory.find("NOT " * 2_000 + "a1") == ["a1"]


def test_a_message_does_not_repeat_a_long_text(factory: Any) -> None:
    for text in (
        "x" * 8_000 + ":1",
        "line>" + "x" * 8_000,
        "time>" + "x" * 8_000,
        "detection(" + "x" * 8_000 + ")",
    ):
        with pytest.raises(FilterError) as raised:
            factory.condition(text)
        assert len(raised.value.message) < 300
        assert len(raised.value.hint or "") < 300
