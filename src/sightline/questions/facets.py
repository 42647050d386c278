"""Counts of values for the sidebar, each within a budget of time."""

from collections import Counter
from collections.abc import Callable
from time import perf_counter
from typing import Annotated, Any, Literal

import msgspec

from sightline import filters
from sightline.domain.errors import BadRequest
from sightline.domain.value import ValueType, type_of
from sightline.questions import counters
from sightline.questions.histogram import Histogram, binned, edges
from sightline.questions.names import GROUPABLE, NUMBERS, Name, fields_of, resolve_name, split_names
from sightline.questions.scope import Scope, ScopeParameters, resolve
from sightline.store.duckdb.deadline import OutOfTime
from sightline.store.duckdb.session import Session


class FacetsParameters(ScopeParameters, frozen=True, kw_only=True):
    names: str = ""
    """Comma-separated, at most 30; chosen when empty."""
    limit: Annotated[int, msgspec.Meta(ge=1, le=100)] = 10


class ValueCount(msgspec.Struct, frozen=True):
    value: str
    count: int


class FacetItem(msgspec.Struct, frozen=True):
    name: str
    kind: Literal["builtin", "field"]
    type: ValueType
    complete: bool
    """False: it did not finish within its time, and has no values."""
    milliseconds: int
    distinct: int | None
    missing: int | None
    values: list[ValueCount]
    histogram: Histogram | None


class FacetsAnswer(msgspec.Struct, frozen=True):
    items: list[FacetItem]


AT_MOST = 30
"""Facets a request."""
_MILLISECONDS = 200
_FEW = 10
"""Numbers with more distinct values than this are shown as a histogram."""
_MANY = 1000
"""Numbers of the built-ins with more distinct values than this, by estimate, are not counted one by one."""
_READ = 100
"""Most frequent values of a field by which its type is told."""


def ask(session: Session, parameters: FacetsParameters) -> FacetsAnswer:
    scope = resolve(session, parameters)
    written = split_names(parameters.names, where="names") or _chosen(session)
    if len(written) > AT_MOST:
        raise BadRequest(f"at most {AT_MOST} names, not {len(written)}", where="names")
    names = [resolve_name(session, name, where="names", numbers=True) for name in written]
    node = filters.parse(parameters.filter)
    items = []
    for name in names:
        condition = filters.compile(_without(node, name), session.fields, now=parameters.now)
        items.append(
            _facet(session, msgspec.structs.replace(scope, condition=condition), name, parameters.limit)
        )
    return FacetsAnswer(items)


def _without(node: filters.Node, name: Name) -> filters.Node:
    """A field may be written in two ways: `line` and `metadata.line`."""
    spellings = {name.text} if name.field is None else {filters.written(name.field), f"metadata.{name.field}"}
    for spelling in spellings:
        node = filters.without(node, spelling)
    return node


def _chosen(session: Session) -> list[str]:
    """The built-ins, and the fields that most inferences bear."""
    fields = {field.number: filters.written(name) for name, field in session.fields.items()}
    rows = session.rows(
        f"SELECT field FROM {counters.values(list(session.fields.values()))} GROUP BY field "
        f"HAVING sum(inferences) > 0 ORDER BY sum(inferences) DESC, field LIMIT {AT_MOST:d}"
    )
    names = [*GROUPABLE, *NUMBERS]
    return names + [fields[field] for (field,) in rows][: AT_MOST - len(names)]


class _Budget:
    """Runs statements as long as there is time; then raises `OutOfTime`."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._start = perf_counter()

    @property
    def milliseconds(self) -> int:
        return round((perf_counter() - self._start) * 1000)

    def rows(self, sql: str, parameters: dict[str, Any]) -> list[tuple[Any, ...]]:
        left = _MILLISECONDS - self.milliseconds
        if left <= 0:
            raise OutOfTime("a facet's time is up")
        return self._session.rows(sql, parameters, milliseconds=left)


def _facet(session: Session, scope: Scope, name: Name, limit: int) -> FacetItem:
    budget = _Budget(session)
    source = f"FROM {session.relation(scope.condition.fields | fields_of([name]))} AS i WHERE {scope.where()}"
    count: Callable[[_Budget, Scope, Name, str, int], FacetItem] = (
        _numbers if name.built_in in NUMBERS else _texts
    )
    try:
        item = count(budget, scope, name, source, limit)
    except OutOfTime:
        item = FacetItem(
            name=name.text,
            kind=name.kind,
            type="number" if name.built_in in NUMBERS else "text",
            complete=False,
            milliseconds=0,
            distinct=None,
            missing=None,
            values=[],
            histogram=None,
        )
    return msgspec.structs.replace(item, milliseconds=budget.milliseconds)


def _texts(budget: _Budget, scope: Scope, name: Name, source: str, limit: int) -> FacetItem:
    bound = scope.condition.parameters
    if name.built_in in ("class", "tag"):
        # Equal lists are counted first, then taken apart: several times faster than the other way round.
        alone = "CASE WHEN len(list) > 0 THEN list_distinct(list) ELSE [NULL] END"
        lists = f"SELECT {name.sql} AS list, count(*) AS n {source} GROUP BY list"
        counted = f"SELECT unnest({alone}) AS value, n FROM ({lists})"
    else:
        counted = f"SELECT {name.sql} AS value, count(*) AS n {source} GROUP BY value"
    counts = f"WITH c AS MATERIALIZED (SELECT value, sum(n)::BIGINT AS n FROM ({counted}) GROUP BY value) "
    number = "TRY_CAST(value AS DOUBLE)"
    rows = budget.rows(
        f"{counts} SELECT t.*, v.* FROM (SELECT count(value), coalesce(sum(n) FILTER (value IS NULL), 0)::BIGINT, "
        f"min({number}) FILTER (isfinite({number})), max({number}) FILTER (isfinite({number})) FROM c) AS t "
        "LEFT JOIN (SELECT value, n FROM c WHERE value IS NOT NULL "
        f"ORDER BY n DESC, value LIMIT {max(limit, _READ):d}) AS v ON TRUE ORDER BY n DESC, value",
        bound,
    )
    distinct, missing, low, high, *_ = rows[0]
    values = [ValueCount(value, n) for *_, value, n in rows if value is not None]
    type_ = _type(values) if name.field is not None else "text"
    histogram = None
    if (
        type_ == "number"
        and distinct > _FEW
        and low is not None
        and low < high
        and (bins := edges(low, high))
    ):
        histogram = _histogram(
            bins, budget.rows(counts + binned(number, "n", "FROM c", bins), bound | {"edges": bins})
        )
    return FacetItem(
        name=name.text,
        kind=name.kind,
        type=type_,
        complete=True,
        milliseconds=0,
        distinct=distinct,
        missing=missing,
        values=values[:limit],
        histogram=histogram,
    )


def _numbers(budget: _Budget, scope: Scope, name: Name, source: str, limit: int) -> FacetItem:
    bound = scope.condition.parameters
    ((distinct, missing, low, high),) = budget.rows(
        f"SELECT approx_count_distinct({name.sql}), count(*) - count({name.sql}), "
        f"min({name.sql})::DOUBLE, max({name.sql})::DOUBLE {source}",
        bound,
    )
    values: list[ValueCount] = []
    if distinct <= _MANY:
        rows = budget.rows(
            f"SELECT {name.sql} AS value, count(*) AS n {source} AND {name.sql} IS NOT NULL GROUP BY value "
            "ORDER BY n DESC, value",
            bound,
        )
        distinct = len(rows)
        values = [ValueCount(str(value), n) for value, n in rows[:limit]]
    histogram = None
    if distinct > _FEW and low < high and (bins := edges(low, high)):
        histogram = _histogram(
            bins, budget.rows(binned(f"{name.sql}::DOUBLE", "1", source, bins), bound | {"edges": bins})
        )
    return FacetItem(
        name=name.text,
        kind=name.kind,
        type="number",
        complete=True,
        milliseconds=0,
        distinct=distinct,
        missing=missing,
        values=values,
        histogram=histogram,
    )


def _type(values: list[ValueCount]) -> ValueType:
    """What most inferences' values read as."""
    types: Counter[ValueType] = Counter()
    for value in values:
        types[type_of(value.value)] += value.count
    return types.most_common(1)[0][0] if types else "text"


def _histogram(bins: list[float], rows: list[tuple[Any, ...]]) -> Histogram:
    counts = [0] * (len(bins) - 1)
    for place, count in rows:
        counts[place] = count
    return Histogram(bins, counts)
