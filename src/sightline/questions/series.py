"""Measures through time, split by a name if asked."""

import re
from typing import Annotated, Literal, get_args

import msgspec

from sightline.domain.errors import BadRequest
from sightline.domain.moment import DAY, UNITS, WEEK, write_moment
from sightline.questions import exploded
from sightline.questions.measures import wanted
from sightline.questions.names import Name, resolve_name
from sightline.questions.scope import Scope, ScopeParameters, resolve
from sightline.store.duckdb.session import Session

_CHOICE = ("1m", "5m", "15m", "1h", "6h", "1d", "1w", "4w", "26w")
_CHOSEN_AT_MOST = 200
_GIVEN_AT_MOST = 2000
_MONDAY = 4 * DAY
"""1970-01-05: buckets of weeks start on Mondays, all others at multiples of their length since 1970."""
_OTHER, _WITHOUT = 0, -1
"""Ranks beside 1, 2 … of the top values."""


Measure = Literal["inferences", "detections", "confidence", "latency_p50", "latency_p95", "errors"]


class SeriesParameters(ScopeParameters, frozen=True, kw_only=True):
    bucket: str = ""
    """`1m`, `5m`, `1h`, `1d` …; chosen when empty."""
    split: str = ""
    top: Annotated[int, msgspec.Meta(ge=1, le=50)] = 8
    measures: str = ""
    """Comma-separated; all when empty. Latencies, which take longest, are null where not named."""


class SeriesItem(msgspec.Struct, frozen=True):
    """One list entry a bucket; None where nothing tells."""

    value: str | None
    inferences: list[int]
    detections: list[int]
    confidence: list[float | None]
    latency_p50: list[float | None]
    latency_p95: list[float | None]
    errors: list[int]


class SeriesAnswer(msgspec.Struct, frozen=True):
    bucket: str
    buckets: list[str]
    """Their starts."""
    split: str | None
    items: list[SeriesItem]


def ask(session: Session, parameters: SeriesParameters) -> SeriesAnswer:
    scope = resolve(session, parameters)
    bucket, length, starts = _buckets(scope, parameters.bucket.strip())
    split = resolve_name(session, parameters.split, where="split") if parameters.split else None
    names = [] if split is None else [split]
    top = [] if split is None else _top(session, scope, split, parameters.top)
    rank = (
        f"CASE WHEN n0 IS NULL THEN {_WITHOUT} ELSE coalesce(list_position($top::VARCHAR[], n0), {_OTHER}) END"
        if names
        else str(_OTHER)
    )
    measures = wanted(parameters.measures, get_args(Measure))
    latencies_sql = exploded.LATENCIES if measures & {"latency_p50", "latency_p95"} else "NULL"
    found = session.rows(
        f"SELECT {rank} AS rank, (time - {starts[0]}) // {length} AS bucket, "
        f"{exploded.INFERENCES}, {exploded.DETECTIONS}, {exploded.CONFIDENCE}, {latencies_sql}, {exploded.ERRORS} "
        f"FROM {exploded.rows(session, scope, names)} GROUP BY 1, 2",
        scope.condition.parameters | ({"top": top} if names else {}),
    )
    ranks = {row[0] for row in found} or {_OTHER}
    values = dict(enumerate(top, 1)) | {_OTHER: "(other)" if names else None, _WITHOUT: None}
    # The top by rank, then the rest, then those without.
    ordered = sorted(ranks, key=lambda rank: (rank < 1, abs(rank)))
    items = {rank: _empty(values[rank], len(starts)) for rank in ordered}
    for rank, place, inferences, detections, confidence, latencies, errors in found:
        item = items[rank]
        item.inferences[place] = inferences
        item.detections[place] = detections
        item.confidence[place] = confidence
        item.latency_p50[place], item.latency_p95[place] = latencies or (None, None)
        item.errors[place] = errors
    return SeriesAnswer(
        bucket=bucket,
        buckets=[write_moment(start) for start in starts],
        split=None if split is None else split.text,
        items=list(items.values()),
    )


def _buckets(scope: Scope, given: str) -> tuple[str, int, range]:
    """The bucket as text and in microseconds, and the start of each."""
    if not given:
        for choice in _CHOICE[:-1]:
            length, starts = _starts(scope, choice)
            if len(starts) <= _CHOSEN_AT_MOST:
                return choice, length, starts
        return (_CHOICE[-1], *_starts(scope, _CHOICE[-1]))
    if not re.fullmatch(r"[1-9]\d{0,3}[smhdw]", given):
        raise BadRequest(f"{given[:80]!r} is not a length of time", where="bucket", hint="write 5m, 1h, 1d …")
    length, starts = _starts(scope, given)
    if len(starts) > _GIVEN_AT_MOST:
        raise BadRequest(
            f"makes {len(starts):,} buckets, more than {_GIVEN_AT_MOST:,}",
            where="bucket",
            hint="choose a longer bucket or a shorter range",
        )
    return given, length, starts


def _starts(scope: Scope, bucket: str) -> tuple[int, range]:
    length = int(bucket[:-1]) * UNITS[bucket[-1]]
    origin = _MONDAY if length % WEEK == 0 else 0
    first = (scope.start - origin) // length * length + origin
    return length, range(first, scope.end, length)


def _top(session: Session, scope: Scope, split: Name, count: int) -> list[str]:
    rows = session.rows(
        f"SELECT n0 FROM {exploded.rows(session, scope, [split])} WHERE n0 IS NOT NULL AND first "
        f"GROUP BY n0 ORDER BY count(*) DESC, n0 LIMIT {count:d}",
        scope.condition.parameters,
    )
    return [value for (value,) in rows]


def _empty(value: str | None, buckets: int) -> SeriesItem:
    return SeriesItem(
        value=value,
        inferences=[0] * buckets,
        detections=[0] * buckets,
        confidence=[None] * buckets,
        latency_p50=[None] * buckets,
        latency_p95=[None] * buckets,
        errors=[0] * buckets,
    )
