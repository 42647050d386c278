"""Every metadata field."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

import msgspec

from sightline.domain.moment import write_moment
from sightline.domain.names import likeness
from sightline.domain.value import ValueType, type_of
from sightline.questions import counters
from sightline.questions.facets import ValueCount
from sightline.questions.scope import Scope, ScopeParameters, resolve
from sightline.store.duckdb.session import Field, Session

_TOP = 10
_READ = 20_000
"""Values whose type is looked at, of all fields together; the most frequent ones, at most 10,000 a field."""
_READ_OF_FIELD = 10_000
_COUNTED = 500_000
"""Rows of counters up to which a field's values are added up; beyond it, each row is taken for a value."""


class FieldsParameters(ScopeParameters, frozen=True, kw_only=True):
    """Range and filter narrow the counts only when given."""


class FieldItem(msgspec.Struct, frozen=True):
    name: str
    type: ValueType
    """What most of its values read as."""
    inferences: int
    """That bear it."""
    coverage: float
    distinct: int
    """A little too high, at most, for fields of more than half a million values whose counters are not folded yet."""
    types: dict[str, int]
    """Inferences by what their value reads as; of its most frequent values only, where it has very many."""
    first_seen: str
    last_seen: str
    """To the minute."""
    top_values: list[ValueCount]
    look_alikes: list[str]


class FieldsAnswer(msgspec.Struct, frozen=True):
    inferences: int
    items: list[FieldItem]


class _Counts(msgspec.Struct, frozen=True):
    inferences: int = 0
    distinct: int = 0
    values: list[tuple[str, int]] = []
    """The most frequent, with their counts."""


def ask(session: Session, parameters: FieldsParameters) -> FieldsAnswer:
    fields = list(session.fields.values())
    read = max(_TOP, min(_READ_OF_FIELD, _READ // max(len(fields), 1)))
    if parameters.narrowed:
        scope = resolve(session, parameters)
        (inferences,) = session.row(f"SELECT count(*) {scope.source(session)}", scope.condition.parameters)
        counts = _counted(session, scope, fields, read)
    else:
        (inferences,) = session.row("SELECT coalesce(sum(inferences), 0)::BIGINT FROM hourly")
        counts = _from_counters(session, fields, read)
    alike = defaultdict(list)
    for field in fields:
        alike[likeness(field.name)].append(field.name)
    items = [
        _item(field, counts.get(field.number, _Counts()), inferences, alike[likeness(field.name)])
        for field in fields
    ]
    return FieldsAnswer(inferences, sorted(items, key=lambda item: (-item.inferences, item.name)))


def _item(field: Field, counts: _Counts, inferences: int, alike: list[str]) -> FieldItem:
    types: Counter[ValueType] = Counter()
    for value, count in counts.values:
        types[type_of(value)] += count
    return FieldItem(
        name=field.name,
        type=types.most_common(1)[0][0] if types else "text",
        inferences=counts.inferences,
        coverage=counts.inferences / inferences if inferences else 0.0,
        distinct=counts.distinct,
        types=dict(types.items()),
        first_seen=write_moment(field.first_seen),
        last_seen=write_moment(max(field.first_seen, field.last_seen)),
        top_values=[ValueCount(value, count) for value, count in counts.values[:_TOP]],
        look_alikes=sorted(name for name in alike if name != field.name),
    )


def _added_up(values: str, read: int) -> str:
    """Field, distinct values, inferences and the most frequent values, of a term as `counters.values`."""
    return (
        "SELECT field, count(*), sum(n)::BIGINT, min_by(struct_pack(value, n), row(-n, value), "
        f"{read}) FROM (SELECT field, value, sum(inferences)::BIGINT AS n FROM {values} GROUP BY field, value "
        "HAVING n > 0) GROUP BY field"
    )


def _read(rows: Sequence[tuple[Any, ...]]) -> dict[int, _Counts]:
    return {
        field: _Counts(inferences, distinct, [(value["value"], value["n"]) for value in values])
        for field, distinct, inferences, values in rows
    }


def _from_counters(session: Session, fields: list[Field], read: int) -> dict[int, _Counts]:
    sizes = {
        field: (rows, inferences)
        for field, rows, inferences in session.rows(
            f"SELECT field, count(*), sum(inferences)::BIGINT FROM {counters.values(fields)} GROUP BY field"
        )
    }
    small = [field for field in fields if sizes.get(field.number, (0, 0))[0] <= _COUNTED]
    counts = _read(session.rows(_added_up(counters.values(small), read)))
    large = [field.number for field in fields if sizes.get(field.number, (0, 0))[0] > _COUNTED]
    if large:
        parts = " UNION ALL ".join(
            f"(SELECT field, value, inferences FROM value_counts WHERE field = {field} AND inferences > 0 "
            f"ORDER BY inferences DESC LIMIT {_TOP * _TOP})"
            for field in large
        )
        tops = defaultdict(list)
        for field, value, inferences in session.rows(f"{parts} ORDER BY inferences DESC, value"):
            tops[field].append((value, inferences))
        for field in large:
            rows, inferences = sizes[field]
            counts[field] = _Counts(inferences, min(rows, inferences), tops[field])
    return counts


def _counted(session: Session, scope: Scope, fields: list[Field], read: int) -> dict[int, _Counts]:
    """Of a range or filter: from the rows themselves, and what the overlay changes in them."""
    source = scope.source(session)
    # In the source, the overlay is laid over the fields of the filter already.
    whole = scope.condition.fields
    parts = [
        f"SELECT {field.number} AS field, i.{field.column} AS value, count(*) AS inferences {source} "
        f"AND i.{field.column} IS NOT NULL GROUP BY value"
        for field in fields
        if field.has_column or field.name in whole
    ]
    laid = [
        field for field in fields if (field.has_overlay or not field.has_column) and field.name not in whole
    ]
    parts += counters.overlaid(laid, among="number IN (SELECT number FROM segment)")
    if not parts:
        return {}
    segment = f"WITH segment AS MATERIALIZED (SELECT i.number {source}) "
    return _read(
        session.rows(segment + _added_up(f"({' UNION ALL '.join(parts)})", read), scope.condition.parameters)
    )
