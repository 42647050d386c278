"""The list of inferences that match, page by page."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import blake2b
from typing import Annotated, Literal

import msgspec

from sightline.domain.errors import BadRequest
from sightline.questions import counters
from sightline.questions.item import InferenceItem, items
from sightline.questions.scope import Scope, ScopeParameters, resolve
from sightline.store.duckdb.deadline import OutOfTime
from sightline.store.duckdb.session import Session

Order = Literal["newest", "oldest", "confidence", "-confidence", "latency", "-latency"]


class SearchParameters(ScopeParameters, frozen=True, kw_only=True):
    order: Order = "newest"
    limit: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 50
    cursor: str = ""
    """`next_cursor` of the page before; of the same order and filter."""


class Total(msgspec.Struct, frozen=True):
    value: int
    exact: bool


class SearchAnswer(msgspec.Struct, frozen=True):
    items: list[InferenceItem]
    next_cursor: str | None
    total: Total
    sentence: str


class _Cursor(msgspec.Struct, frozen=True, array_like=True):
    """Where a page ended: what it was a page of, and the last row's key and number."""

    of: str
    key: int | float | None
    number: int


_COLUMN = {"newest": "time", "oldest": "time"}
_TOTAL_MILLISECONDS = 300
_ESTIMATE_MILLISECONDS = 200
_SLICES, _OF_SLICE = 16, 100
"""An estimate looks at this many evenly spread slices, each so small a part of its sixteenth of the range."""


def ask(session: Session, parameters: SearchParameters) -> SearchAnswer:
    scope = resolve(session, parameters)
    of = _digest(parameters)
    column = f"i.{_COLUMN.get(parameters.order, parameters.order.removeprefix('-'))}"
    descending = parameters.order == "newest" or parameters.order.startswith("-")
    direction = "DESC" if descending else "ASC"
    # The number breaks ties in the direction of time, so that it may come from the same end of the table.
    tie = "ASC" if parameters.order == "oldest" else "DESC"
    after, bound = "", dict[str, object]()
    if parameters.cursor:
        cursor = _decode(parameters.cursor, of)
        after, bound = _after(cursor, column, "<" if descending else ">", ">" if tie == "ASC" else "<")
    rows = session.rows(
        f"SELECT i.number, {column} {scope.source(session)}{after} "
        f"ORDER BY {column} {direction} NULLS LAST, i.number {tie} LIMIT {parameters.limit + 1:d}",
        scope.condition.parameters | bound,
    )
    page = rows[: parameters.limit]
    more = len(rows) > len(page)
    whole = len(page) if not parameters.cursor and not more else None
    return SearchAnswer(
        items=items(session, [number for number, _ in page]),
        next_cursor=_encode(_Cursor(of, page[-1][1], page[-1][0])) if more else None,
        total=Total(whole, exact=True) if whole is not None else _total(session, scope, len(rows)),
        sentence=scope.condition.sentence,
    )


def _after(cursor: _Cursor, column: str, beyond: str, tie: str) -> tuple[str, dict[str, object]]:
    """The condition for rows after the cursor, in an order whose NULLs come last."""
    if cursor.key is None:
        return f" AND {column} IS NULL AND i.number {tie} {cursor.number:d}", {}
    nulls = "" if column == "i.time" else f" OR {column} IS NULL"
    # The first bound is implied by the rest, but it is what lets parts of the table be skipped.
    bound = f"({column} {beyond}= $cursor_key{nulls})"
    later = f"{column} {beyond} $cursor_key OR ({column} = $cursor_key AND i.number {tie} {cursor.number:d}){nulls}"
    return f" AND {bound} AND ({later})", {"cursor_key": cursor.key}


def _total(session: Session, scope: Scope, at_least: int) -> Total:
    if not scope.filtered:
        (value,) = session.row(
            f"SELECT coalesce(sum(inferences), 0) FROM {counters.inferences(scope.start, scope.end)}"
        )
        return Total(int(value), exact=True)
    try:
        ((value,),) = session.rows(
            f"SELECT count(*) {scope.source(session)}",
            scope.condition.parameters,
            milliseconds=_TOTAL_MILLISECONDS,
        )
    except OutOfTime:
        return Total(max(at_least, _estimate(session, scope)), exact=False)
    return Total(value, exact=True)


def _estimate(session: Session, scope: Scope) -> int:
    """The share that matches in a few slices of the range, times all inferences of the range."""
    step = max((scope.end - scope.start) // _SLICES, 1)
    starts = range(scope.start, scope.end, step)
    width = max(step // _OF_SLICE, 1)
    slices = " OR ".join(f"(i.time >= {start} AND i.time < {start + width})" for start in starts)
    try:
        ((matching, looked_at),) = session.rows(
            f"SELECT count(*) FILTER ({scope.condition.where}), count(*) "
            f"FROM {session.relation(scope.condition.fields)} AS i WHERE {slices}",
            scope.condition.parameters,
            milliseconds=_ESTIMATE_MILLISECONDS,
        )
    except OutOfTime:
        return 0
    (whole,) = session.row(
        f"SELECT coalesce(sum(inferences), 0) FROM {counters.inferences(scope.start, scope.end)}"
    )
    return round(int(whole) * matching / looked_at) if looked_at else 0


def _digest(parameters: SearchParameters) -> str:
    said = f"{parameters.order}\0{parameters.filter.strip()}"
    return blake2b(said.encode(), digest_size=8).hexdigest()


def _encode(cursor: _Cursor) -> str:
    return urlsafe_b64encode(msgspec.json.encode(cursor)).rstrip(b"=").decode()


def _decode(text: str, of: str) -> _Cursor:
    try:
        cursor = msgspec.json.decode(urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4)), type=_Cursor)
    except (ValueError, UnicodeError):
        raise BadRequest(
            "is not a cursor of ours", where="cursor", hint="pass next_cursor as it was"
        ) from None
    if cursor.of != of:
        raise BadRequest(
            "is of another order or filter",
            where="cursor",
            hint="start without a cursor when order or filter change",
        )
    return cursor
