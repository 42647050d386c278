"""Names, facets' rest of a filter, and the sentence."""

from typing import Any

import pytest

from sightline.filters import BUILT_INS, parse, resolve, suggestion, without, written


def test_every_built_in_can_be_asked_of_the_schema(factory: Any) -> None:
    for name, built_in in BUILT_INS.items():
        assert built_in.name == name
        assert built_in.help
        factory.connection.execute(f"SELECT {built_in.sql} FROM inferences AS i").fetchall()
        assert len(factory.find(f"has:{name}")) + len(factory.find(f"-has:{name}")) == 7


def test_resolve(factory: Any) -> None:
    assert resolve("class", factory.fields) is BUILT_INS["class"]
    assert resolve("metadata.class", factory.fields) == ("class", factory.fields["class"])
    assert resolve("line", factory.fields) == ("line", factory.fields["line"])
    assert resolve("nothing", factory.fields) is None
    for field in factory.fields:
        assert resolve(written(field), factory.fields) == (field, factory.fields[field])


def test_suggestion(factory: Any) -> None:
    assert suggestion("Serial Number", factory.fields) == "did you mean `serial_number`?"
    assert suggestion("confidance", factory.fields) == "did you mean `confidence`?"
    assert suggestion("qqqqqqqq", factory.fields) is None


@pytest.mark.parametrize(
    ("text", "name", "rest"),
    [
        ("line:7 location:texas", "line", "location:texas"),
        ("-line:7 has:line (line:8 OR -line:9) location:texas", "line", "location:texas"),
        ("line:7 OR location:texas", "line", "line:7 OR location:texas"),
        ("line:7", "line", ""),
        ("metadata.line:7", "line", ""),
        ("line:7", "metadata.line", ""),
        ("metadata.class:x class:y", "class", "metadata.class:x"),
        ("metadata.class:x class:y", "metadata.class", "class:y"),
        ("a1 line:7", "id", "line:7"),
        ("detection(class:x) class:y", "class", "detection(class:x)"),
        ("", "line", ""),
    ],
)
def test_without(factory: Any, text: str, name: str, rest: str) -> None:
    from sightline.filters import compile as compile_filter

    left = compile_filter(without(parse(text), name), factory.fields, now=0)
    assert left.sentence == compile_filter(parse(rest), factory.fields, now=0).sentence


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "all inferences"),
        ("line:7,8 passed!=true", "line is 7 or 8, passed is not true"),
        ("-line:7,8 -has:operator has:image", "line is none of 7, 8, has no operator, has image"),
        ("location~tex -location~o", "location contains tex, location does not contain o"),
        ("confidence<0.5 -latency>=200ms", "confidence is below 0.5, latency is not at least 200ms"),
        (
            "time>-2h -time<2026-01-01",
            "time is after 2026-11-23T12:00:00Z, not (time is before 2026-01-01T00:00:00Z)",
        ),
        ("produced<=now", "produced is not after 2026-11-23T14:00:00Z"),
        ("error:false -error:false", "has no error, has an error"),
        ("a1 -bare", "id is a1, id is not bare"),
        ("location:x OR (line:7 passed:true)", "(location is x or (line is 7 and passed is true))"),
        ("-(location:x OR line:7)", "not (location is x or line is 7)"),
        (
            "detection(class:dent confidence<0.5)",
            "one detection with (class is dent and confidence is below 0.5)",
        ),
        ("-detection(class:dent)", "no detection with class is dent"),
        ('line:""', 'line is ""'),
    ],
)
def test_sentence(factory: Any, text: str, sentence: str) -> None:
    assert factory.condition(text).sentence == sentence
