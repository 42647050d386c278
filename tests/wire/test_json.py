"""What is wrong with a body is said with its place."""

import json as standard

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sightline.domain.errors import BadRequest
from sightline.domain.limits import Limits
from sightline.wire import json


class Part(msgspec.Struct):
    name: str
    sizes: list[int] = []


class Body(msgspec.Struct):
    data: list[Part]


BODY = msgspec.json.Decoder(Body)


def refusal(body: bytes, limits: Limits | None = None) -> BadRequest:
    with pytest.raises(BadRequest) as caught:
        json.decode(body, BODY, limits or Limits())
    return caught.value


@pytest.mark.parametrize(
    ("body", "where", "message"),
    [
        (b"", "line 1, column 1", "the JSON ends too early"),
        (b'{"data": [', "line 1, column 11", "the JSON ends too early"),
        (b'{"data":\n  [}]}', "line 2, column 4", "the JSON is malformed: invalid character"),
        (b"\xef\xbb\xbf{}", "line 1, column 1", "the JSON is malformed: invalid character"),
        (b'{"data": [{"name": "\\ud800"}]}', "line 1, column 21", "half of a surrogate pair is not text"),
        (b'{"data": [{"name": "\\udc00 and so on"}]}', "line 1, column 21", "half of a surrogate pair"),
        (b'{"data": [{"name": "\\ud800 and so on"}]}', "line 1, column 21", "half of a surrogate pair"),
        (b'{"data": [{"name": "\xff"}]}', "line 1, column 21", "the text is not UTF-8"),
        (b'{"data": 3}', "$.data", "Expected `array`, got `int`"),
        (b"[]", "$", "Expected `object`, got `array`"),
        (b'{"data": [{"name": "a"}, {"name": 3}]}', "$.data[1].name", "Expected `str`, got `int`"),
        (b'{"data": [{"sizes": []}]}', "$.data[0].name", "it is required, but missing"),
        (b"{}", "$.data", "it is required, but missing"),
        (b'{"data": [{"name": "a", "sizes": [1e999]}]}', "$.data[0].sizes[0]", "Number out of range"),
    ],
)
def test_names_the_place(body: bytes, where: str, message: str) -> None:
    error = refusal(body)
    assert error.where == where
    assert error.message.startswith(message)


@pytest.mark.parametrize("literal", ["NaN", "Infinity", "-Infinity"])
def test_refuses_what_is_no_json_number(literal: str) -> None:
    error = refusal(b'{"data": [{"name": "a", "sizes": [%s]}]}' % literal.encode())
    assert error.hint == "JSON has no NaN and no Infinity; write null"
    assert error.where in ("line 1, column 35", "line 1, column 36")


@pytest.mark.parametrize("depth", [200, 100_000])
def test_refuses_deep_nesting_even_where_nobody_reads(depth: int) -> None:
    body = b'{"data": [], "more": ' + b"[" * depth + b"]" * depth + b"}"
    assert refusal(body).message == "the JSON is nested more than 64 levels deep"


def test_whole_pairs_and_escaped_backslashes_are_text() -> None:
    body = rb'{"data": [{"name": "\ud83d\ude00 \\ud800"}]}'
    assert json.decode(body, BODY).data[0].name == "\U0001f600 \\ud800"
    assert json.mend_surrogates(body) == body


def test_mends_halves() -> None:
    assert json.mend_surrogates(rb'"\ud800 \udc00 \\ud800 \\\ud800"') == rb'"\ufffd \ufffd \\ud800 \\\ufffd"'


def test_member_paths() -> None:
    assert json.member("$.metadata", "line") == "$.metadata.line"
    assert json.member("$.metadata", 'a "b"') == r'$.metadata["a \"b\""]'


def nesting(value: object) -> int:
    if isinstance(value, dict):
        return 1 + max(map(nesting, value.values()), default=0)
    if isinstance(value, list):
        return 1 + max(map(nesting, value), default=0)
    return 0


VALUES = st.recursive(
    st.text(alphabet='[]{}"\\a') | st.integers() | st.none(),
    lambda parts: st.lists(parts) | st.dictionaries(st.text(alphabet='[]{}"\\a'), parts),
)


@given(VALUES, st.integers(1, 6))
def test_shallow_counts_levels(value: object, depth: int) -> None:
    body = standard.dumps([value] * 4).encode()
    assert json.shallow(body, depth) == (1 + nesting(value) <= depth)
