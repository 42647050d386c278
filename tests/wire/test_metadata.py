"""Attach requests: both dialects, every scalar, every limit."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sightline.domain.errors import BadRequest, SightlineError, TooLarge
from sightline.domain.limits import Limits
from sightline.domain.value import Attachment
from sightline.wire import metadata


def entry(**changes: object) -> dict[str, object]:
    return {"inference_ids": ["i-1"], "field_name": "line", "field_value": "7", **changes}


def body(*entries: object, **members: object) -> bytes:
    return json.dumps({"data": list(entries), **members}).encode()


def refusal(sent: bytes, limits: Limits | None = None) -> SightlineError:
    with pytest.raises((BadRequest, TooLarge)) as caught:
        metadata.decode(sent, limits or Limits())
    return caught.value


def test_the_documented_request() -> None:
    sent = (
        b'{"api_key":"<your_api_key>","data":[{"inference_ids":["a12a19a9-a933-44c9-970c-a55ea03bb453"],'
        b'"field_name":"camera_location","field_value":"canada"},\n'
        b' {"inference_ids":["accf0af9-bdf0-4b22-8106-6988d4cada5a"],"field_name":"camera_location",'
        b'"field_value":"emea"}]}'
    )
    assert metadata.decode(sent) == (
        "<your_api_key>",
        [
            Attachment(["a12a19a9-a933-44c9-970c-a55ea03bb453"], "camera_location", "canada"),
            Attachment(["accf0af9-bdf0-4b22-8106-6988d4cada5a"], "camera_location", "emea"),
        ],
    )


@pytest.mark.parametrize("members", [{}, {"api_key": None}, {"api_key": ""}, {"nocache": True}])
def test_the_key_may_be_elsewhere(members: dict[str, object]) -> None:
    assert metadata.decode(body(entry(), **members))[0] is None


def test_ids_keep_their_order_once_each() -> None:
    _, attachments = metadata.decode(body(entry(inference_ids=["b", "a", "b", "ü", "a"])))
    assert attachments[0].inference_ids == ["b", "a", "ü"]


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ('"texas"', "texas"),
        ('""', ""),
        ('" 7 "', " 7 "),
        (r'"\u00fc \ud83d\ude00 \"x\""', 'ü 😀 "x"'),
        ("7", "7"),
        ("7.50", "7.50"),
        ("-0.0", "-0.0"),
        ("1e999", "1e999"),
        ("123456789012345678901234567890", "123456789012345678901234567890"),
        ("true", "true"),
        ("false", "false"),
        ("null", "null"),
    ],
)
def test_scalars_are_kept_as_they_were_written(written: str, kept: str) -> None:
    sent = '{"data":[{"inference_ids":["i"],"field_name":"f","field_value" : ' + written + " }]}"
    assert metadata.decode(sent.encode())[1][0].value == kept


LIMITS = Limits(name=5, value=8, inference_id=6, ids=3, entries=2)


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"inference_ids": []}, "inference_ids"),
        ({"inference_ids": ["a", ""]}, "inference_ids[1]"),
        ({"inference_ids": ["a", "b\0"]}, "inference_ids[1]"),
        ({"inference_ids": ["a", 7]}, "inference_ids[1]"),
        ({"inference_ids": "a"}, "inference_ids"),
        ({"inference_ids": None}, "inference_ids"),
        ({"field_name": ""}, "field_name"),
        ({"field_name": " \t"}, "field_name"),
        ({"field_name": "a\0"}, "field_name"),
        ({"field_name": 7}, "field_name"),
        ({"field_value": {"a": 1}}, "field_value"),
        ({"field_value": [1]}, "field_value"),
        ({"field_value": "a\0"}, "field_value"),
    ],
)
def test_bad_elements_are_named(changes: dict[str, object], where: str) -> None:
    error = refusal(body(entry(), entry(**changes)))
    assert (error.status, error.where) == (400, f"$.data[1].{where}")


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"inference_ids": ["a", "üüüü"]}, "inference_ids[1]"),
        ({"inference_ids": list("abcd")}, "inference_ids"),
        ({"field_name": "abcdef"}, "field_name"),
        ({"field_value": "ääääx"}, "field_value"),
        ({"field_value": 123456789}, "field_value"),
    ],
)
def test_limits(changes: dict[str, object], where: str) -> None:
    error = refusal(body(entry(), entry(**changes)), LIMITS)
    assert (error.status, error.where) == (413, f"$.data[1].{where}")


def test_what_is_just_within_the_limits() -> None:
    sent = body(entry(inference_ids=["üüü", "b", "c"], field_name="ääääx", field_value="ääää"), entry())
    assert len(metadata.decode(sent, LIMITS)[1]) == 2


def test_too_many_entries() -> None:
    error = refusal(body(entry(), entry(), entry()), LIMITS)
    assert (error.status, error.where) == (413, "$.data")


@pytest.mark.parametrize("sent", [b"{}", b'{"data": []}', b'{"data": null}', b'{"data": {}}'])
def test_nothing_to_attach(sent: bytes) -> None:
    error = refusal(sent)
    assert (error.status, error.where) == (400, "$.data")


@pytest.mark.parametrize("member", ["inference_ids", "field_name", "field_value"])
def test_missing_members(member: str) -> None:
    part = entry()
    del part[member]
    assert refusal(body(part)).where == f"$.data[0].{member}"


def test_a_value_that_is_not_utf_8() -> None:
    sent = b'{"data":[{"inference_ids":["i"],"field_name":"f","field_value":"\xff"}]}'
    assert refusal(sent).where == "$.data[0].field_value"


WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=40)


@given(st.lists(st.tuples(st.lists(WORDS, min_size=1), WORDS.filter(str.strip), WORDS), min_size=1))
def test_text_comes_back_as_it_was_sent(sent: list[tuple[list[str], str, str]]) -> None:
    entries = [entry(inference_ids=ids, field_name=name, field_value=value) for ids, name, value in sent]
    expected = [Attachment(list(dict.fromkeys(ids)), name, value) for ids, name, value in sent]
    assert metadata.decode(body(*entries, api_key="k")) == ("k", expected)
