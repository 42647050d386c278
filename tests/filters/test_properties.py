"""Rules that hold for every filter."""

import random
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sightline.domain.errors import FilterError
from sightline.domain.value import timestamp_of, type_of
from sightline.filters import condition, equals, parse, written

# The database is only read, so that one may serve all examples.
READ_ONLY = settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

UNICODE = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)
SYNTAX = st.lists(
    st.sampled_from(
        ["line", "class", ":", "=", "!=", ">", "<=", "~", ",", "-", "(", ")", '"', "\\", " ", "OR", "NOT", "AND",
         "has:", "detection(", "7", "true", "0.2s", "2026-11-23", "-2h", "é", "\n", "\ud800", "metadata."]
    ),
    max_size=30,
).map("".join)  # fmt: skip


@READ_ONLY
@given(text=st.one_of(st.text(), SYNTAX))
def test_any_text_is_a_filter_or_a_filter_error(factory: Any, text: str) -> None:
    column = 0
    try:
        parse(text)
        factory.find(text)
    except FilterError as error:
        column = error.column
    assert 0 <= column <= len(text)


VALUES = [
    None, "", "7", "7.0", "07", "+7", "7e0", "-3", "1e999", "nan", " 7", "7\t", "1_000", "+-7",
    "7.", ".7e1", "true", "True", "TRUE", "false",
    "tRue", "texas", "Texas", "te%as", "te_as", "te\\as", 'te"xas', "münchen", "2026-11-23", "2026-11-23T00:00:00Z",
    "2026-11-23 02:00:00+02:00", "2026-11-23T12:30:00.5Z", "2026-02-30", "2026-11-23T24:00", "OR", "-x", "a,b", "(a)",
]  # fmt: skip
CLASSES = ["scratch", "dent", "Dent", "ok"]
FIELDS = ["line", "shift name", "OR", "class", "wörk"]


def _random_rows(count: int) -> list[dict[str, Any]]:
    chance = random.Random(7)
    rows = []
    for number in range(count):
        values = {name: chance.choice(VALUES) for name in FIELDS}
        rows.append(
            {
                "id": f"id-{number}",
                "latency": chance.choice([None, 0.1, 0.2, 0.3]),
                "device": chance.choice([None, "7", "edge", "Edge"]),
                "tags": chance.choice([None, [], ["dent"], ["a", "b"]]),
                "detections": [
                    (chance.choice(CLASSES), chance.choice([None, 0.1, 0.5, 0.9]))
                    for _ in range(chance.randrange(4))
                ],
                "metadata": {name: value for name, value in values.items() if value is not None},
            }
        )
    return rows


ROWS = _random_rows(200)
Predicate = Callable[[dict[str, Any]], bool]
Written = tuple[str, Predicate]
ORDERS: dict[str, Callable[[float, float], bool]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


@pytest.fixture(scope="module")
def rows(make_database: Callable[..., Any]) -> Any:
    return make_database(ROWS, fields=FIELDS)


def quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def same(value: str | None, literal: str, *, in_quotes: bool) -> bool:
    """Whether a value is what was written: the rule of the language, in plain Python."""
    if value is None:
        return False
    if value == literal:
        return True
    if in_quotes or type_of(value) != type_of(literal):
        return False
    if type_of(literal) == "number":
        return float(value) == float(literal)
    if type_of(literal) == "boolean":
        return value.lower() == literal.lower()
    return type_of(literal) == "timestamp" and timestamp_of(value) == timestamp_of(literal)


@st.composite
def metadata(draw: st.DrawFn) -> Written:
    field = draw(st.sampled_from(FIELDS))
    name = draw(st.sampled_from([quoted(written(field)), quoted(f"metadata.{field}")]))
    kind = draw(st.sampled_from(["equal", "order", "contains", "has"]))
    if kind == "has":
        return f"has:{name}", lambda row: field in row["metadata"]
    if kind == "contains":
        part = draw(st.sampled_from(["e", "TE", "%", "_", "\\", '"', "Ü", "7", ""]))
        return (
            f"{name}~{quoted(part)}",
            lambda row: field in row["metadata"] and part.lower() in row["metadata"][field].lower(),
        )
    if kind == "order":
        sign = draw(st.sampled_from(list(ORDERS)))
        literal = draw(st.sampled_from(["7", "-3.0", "0", "2026-11-23T00:00Z", "2026-11-23T12:30:00+00:00"]))
        read = float if type_of(literal) == "number" else timestamp_of
        return (
            f"{name}{sign}{literal}",
            lambda row: (
                type_of(row["metadata"].get(field, "")) == type_of(literal)
                and ORDERS[sign](read(row["metadata"][field]), read(literal))  # type: ignore[arg-type]  # both are times
            ),
        )
    chosen = draw(
        st.lists(st.sampled_from([value for value in VALUES if value is not None]), min_size=1, max_size=3)
    )
    literals = [(value, draw(st.booleans()) or not value.isalnum()) for value in chosen]
    text = ",".join(quoted(value) if in_quotes else value for value, in_quotes in literals)
    return f"{name}:{text}", lambda row: any(
        same(row["metadata"].get(field), value, in_quotes=in_quotes) for value, in_quotes in literals
    )


@READ_ONLY
@given(
    values=st.lists(
        st.text(st.sampled_from("0123456789+-.eE_ \t\n\r\x0b\f\xa0infax"), max_size=6), max_size=200
    )
)
def test_the_engine_and_the_domain_agree_on_what_a_number_is(rows: Any, values: list[str]) -> None:
    found = condition("line>=0 OR line<0", {"line": rows.fields["line"]})
    column = rows.fields["line"].column
    numbers = rows.connection.execute(
        f"SELECT i.{column} FROM (SELECT unnest($values::VARCHAR[]) AS {column}) AS i WHERE {found.where}",
        {**found.parameters, "values": values},
    ).fetchall()
    assert sorted(row[0] for row in numbers) == sorted(
        value for value in values if type_of(value) == "number"
    )


@st.composite
def of_one_detection(draw: st.DrawFn) -> tuple[str, Callable[[str, float | None], bool]]:
    name = draw(st.sampled_from(CLASSES))
    limit = draw(st.sampled_from([0.1, 0.3, 0.5, 0.9]))
    sign = draw(st.sampled_from(list(ORDERS)))
    by_class = f"class:{name}", lambda other, _: other == name
    by_confidence = (
        f"confidence{sign}{limit}",
        lambda _, confidence: confidence is not None and ORDERS[sign](confidence, limit),
    )
    shape = draw(st.sampled_from(["class", "confidence", "both", "either", "not"]))
    if shape == "class":
        return by_class
    if shape == "confidence":
        return by_confidence
    if shape == "both":
        return f"{by_class[0]} {by_confidence[0]}", lambda a, b: by_class[1](a, b) and by_confidence[1](a, b)
    if shape == "either":
        return (
            f"{by_class[0]} OR {by_confidence[0]}",
            lambda a, b: by_class[1](a, b) or by_confidence[1](a, b),
        )
    return f"{by_class[0]} -{by_confidence[0]}", lambda a, b: by_class[1](a, b) and not by_confidence[1](a, b)


@st.composite
def built_in(draw: st.DrawFn) -> Written:  # noqa: PLR0911  # one case a built-in
    kind = draw(st.sampled_from(["id", "class", "tag", "device", "latency", "detections", "detection"]))
    if kind == "id":
        wanted = f"id-{draw(st.integers(0, 250))}"
        return wanted, lambda row: row["id"] == wanted
    if kind == "class":
        name = draw(st.sampled_from(CLASSES))
        return f"class:{name}", lambda row: name in [found for found, _ in row["detections"]]
    if kind == "tag":
        return "tag:dent,a", lambda row: bool({"dent", "a"} & set(row["tags"] or []))
    if kind == "device":
        name = draw(st.sampled_from(["7", "7.0", "edge"]))
        return f"device:{name}", lambda row: row["device"] == name
    if kind == "latency":
        sign = draw(st.sampled_from(list(ORDERS)))
        return (
            f"latency{sign}200ms",
            lambda row: row["latency"] is not None and ORDERS[sign](row["latency"], 0.2),
        )
    if kind == "detections":
        count = draw(st.integers(0, 4))
        return f"detections>={count}", lambda row: len(row["detections"]) >= count
    text, holds = draw(of_one_detection())
    return f"detection({text})", lambda row: any(holds(*found) for found in row["detections"])


def joined(parts: st.SearchStrategy[Written]) -> st.SearchStrategy[Written]:
    pair = st.tuples(parts, parts)
    return st.one_of(
        pair.map(lambda two: (f"({two[0][0]}) {two[1][0]}", lambda row: two[0][1](row) and two[1][1](row))),
        pair.map(lambda two: (f"({two[0][0]} OR {two[1][0]})", lambda row: two[0][1](row) or two[1][1](row))),
        parts.map(lambda one: (f"-({one[0]})", lambda row: not one[1](row))),
        parts.map(lambda one: (f"NOT ({one[0]})", lambda row: not one[1](row))),
    )


WRITTEN = st.recursive(st.one_of(metadata(), built_in()), joined, max_leaves=6)


@READ_ONLY
@given(filter_=WRITTEN)
def test_finds_what_plain_python_finds(rows: Any, filter_: Written) -> None:
    text, holds = filter_
    assert rows.find(text) == [row["id"] for row in ROWS if holds(row)]


@READ_ONLY
@given(filter_=WRITTEN)
def test_not_is_the_complement(rows: Any, filter_: Written) -> None:
    text, _ = filter_
    found, others = rows.find(text), rows.find(f"NOT ({text})")
    assert set(found) | set(others) == {row["id"] for row in ROWS}
    assert not set(found) & set(others)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=UNICODE.filter(bool),
    values=st.lists(st.one_of(UNICODE, st.sampled_from(VALUES)), min_size=2, max_size=6),
)
def test_what_equals_writes_finds_exactly_that_value(
    make_database: Callable[..., Any], name: str, values: list[str | None]
) -> None:
    database = make_database(
        [
            {"id": str(k), "metadata": {} if value is None else {name: value}}
            for k, value in enumerate(values)
        ],
        fields=[name],
    )
    for wanted in values:
        assert database.find(equals(written(name), wanted)) == [
            str(k) for k, value in enumerate(values) if value == wanted
        ]
    database.connection.close()


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    values=st.lists(
        st.one_of(UNICODE, st.sampled_from(["true", "7", "parts", "parts/3", "a/b"])), min_size=1, max_size=6
    )
)
def test_what_equals_writes_of_a_built_in_finds_exactly_that_value(
    make_database: Callable[..., Any], values: list[str]
) -> None:
    database = make_database(
        [
            {
                "id": value,
                "device": value,
                "error": value,
                "model": value,
                "tags": [value],
                "detections": [(value, 1)],
            }
            for value in values
        ]
    )
    for name in ("id", "device", "error", "model", "tag", "class"):
        for wanted in values:
            assert database.find(equals(name, wanted)) == [value for value in values if value == wanted]
    database.connection.close()


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("location", "texas", "location:texas"),
        ("shift name", "night", '"shift name":night'),
        ("location", "new york", 'location:"new york"'),
        ("note", 'say "hi"\\', 'note:"say \\"hi\\"\\\\"'),
        ("line", "7", 'line:"7"'),
        ("passed", "true", 'passed:"true"'),
        ("produced", "2026-11-23T10:00:00Z", 'produced:"2026-11-23T10:00:00Z"'),
        ("model", "parts/3", "model:parts/3"),
        ("model", "parts", 'model:"parts"'),
        ("line", None, "-has:line"),
        ("shift name", None, '-has:"shift name"'),
    ],
)
def test_equals_uses_quotes_only_where_they_matter(name: str, value: str | None, text: str) -> None:
    assert equals(name, value) == text
