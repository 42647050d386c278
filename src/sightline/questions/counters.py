"""Exact sums of unfiltered inferences: whole hours from the counters, the partial hours at the edges from the rows.

Totals are integers in units of 2^-80, as in the counters, so that both parts add up without rounding.
"""

from collections.abc import Iterator, Sequence

from sightline.domain.moment import HOUR
from sightline.store.duckdb.session import Field, Session

UNIT = 2**80
_EXACT = f"CAST({{}} * {float(UNIT)!r} AS HUGEINT)"

MEASURES = ("inferences", "detections", "confident", "confidence_total", "timed", "latency_total", "errors")


def exact(number: str) -> str:
    """SQL: a DOUBLE in units of 2^-80."""
    return _EXACT.format(number)


def mean(total: int | None, count: int | None) -> float | None:
    """The correctly rounded mean of what adds up to `total` units."""
    return int(total) / (count * UNIT) if total is not None and count else None


def confident(session: Session) -> str:
    """SQL over alias `i`: how many detections of an inference have a confidence.

    Where all have one, as nearly always, the lists of confidences need not be read: that is several times faster.
    """
    (without,) = session.row("SELECT coalesce(sum(detections - confident), 0) FROM hourly")
    return "list_count(i.confidences)" if without else "i.detection_count"


def inferences(start: int, end: int, *, split: int | None = None) -> str:
    """SELECT of `model_id`, `device` and MEASURES, several rows a pair.

    With `split`, a moment in between, there is also `later`: whether a row counts what came from then on. To ask for
    two periods at once takes little longer than for one, because most of the time goes into planning.
    """
    periods = [(start, end)] if split is None else [(start, split), (split, end)]
    hours = [span for period in periods for span in _hours(*period)]
    edges = [span for period in periods for span in _edges(*period)]
    parts = []
    if hours:
        parts.append(
            f"SELECT {_later('hour', split)} model_id, device, {', '.join(MEASURES)} FROM hourly "
            f"WHERE {_within('hour', hours)}"
        )
    if edges:
        confidences = f"list_sum(list_transform(confidences, lambda c: {exact('c')}))"
        parts.append(
            f"SELECT {_later('time', split)} model_id, device, count(*) AS inferences, "
            f"sum(detection_count) AS detections, sum(list_count(confidences)) AS confident, "
            f"coalesce(sum({confidences}), 0) AS confidence_total, count(latency) AS timed, "
            f"coalesce(sum({exact('latency')}), 0) AS latency_total, count(error) AS errors "
            f"FROM inferences WHERE {_within('time', edges)} GROUP BY ALL"
        )
    return "(" + " UNION ALL ".join(parts) + ")"


def _later(column: str, split: int | None) -> str:
    return "" if split is None else f"{column} >= {split} AS later,"


def _within(column: str, spans: Sequence[tuple[int, int]]) -> str:
    any_of = " OR ".join(f"({column} >= {low} AND {column} < {high})" for low, high in spans)
    # The outer bounds let parts of the table be skipped.
    return f"{column} >= {min(spans)[0]} AND {column} < {max(high for _, high in spans)} AND ({any_of})"


def classes(start: int, end: int) -> str:
    """SELECT of `model_id`, `class` and the first four of MEASURES, several rows a pair."""
    parts = [
        "SELECT model_id, class, inferences, detections, confident, confidence_total "
        f"FROM hourly_classes WHERE hour >= {low} AND hour < {high}"
        for low, high in _hours(start, end)
    ]
    parts += [
        "SELECT model_id, class, count(DISTINCT number) AS inferences, count(*) AS detections, "
        f"count(confidence) AS confident, coalesce(sum({exact('confidence')}), 0) AS confidence_total "
        "FROM (SELECT number, model_id, unnest(classes) AS class, "
        f"unnest(confidences) AS confidence FROM inferences WHERE time >= {low} AND time < {high}) GROUP BY ALL"
        for low, high in _edges(start, end)
    ]
    return "(" + " UNION ALL ".join(parts) + ")"


def values(fields: Sequence[Field]) -> str:
    """SELECT of `field`, `value`, `inferences` of the whole workspace, several rows a pair; some take away.

    Folded values are counted already; of those in the overlay the newest counts, in place of what is in the column.
    """
    counted = f"SELECT field, value, inferences FROM value_counts WHERE field IN ({_numbers(fields)})"
    laid = [field for field in fields if field.has_overlay or not field.has_column]
    return "(" + " UNION ALL ".join([counted, *overlaid(laid)]) + ")"


def overlaid(laid: Sequence[Field], *, among: str = "TRUE") -> list[str]:
    """What the overlay adds to the counts of values in columns, and what it takes from them, as SELECTs.

    `among` is a condition on `number`.
    """
    if not laid:
        return []
    latest = (
        "SELECT number, field, arg_max(struct_pack(value := value), sequence).value AS value FROM overlay "
        f"WHERE field IN ({_numbers(laid)}) AND {among} GROUP BY number, field"
    )
    parts = [f"SELECT field, value, 1 AS inferences FROM ({latest}) WHERE value IS NOT NULL"]
    columns = [field for field in laid if field.has_column]
    if columns:
        old = " ".join(f"WHEN {field.number} THEN i.{field.column}" for field in columns)
        parts.append(
            f"SELECT field, value, -1 AS inferences FROM (SELECT l.field, CASE l.field {old} END AS value FROM "
            f"(SELECT DISTINCT number, field FROM overlay WHERE field IN ({_numbers(columns)}) AND {among}) AS l "
            "JOIN inferences AS i ON i.number = l.number) WHERE value IS NOT NULL"
        )
    return parts


def _numbers(fields: Sequence[Field]) -> str:
    return ", ".join(str(field.number) for field in fields) or "NULL"


def _hours(start: int, end: int) -> Iterator[tuple[int, int]]:
    low, high = -(-start // HOUR) * HOUR, end // HOUR * HOUR
    if low < high:
        yield low, high


def _edges(start: int, end: int) -> Iterator[tuple[int, int]]:
    low, high = -(-start // HOUR) * HOUR, end // HOUR * HOUR
    if low >= high:
        yield start, end
        return
    if start < low:
        yield start, low
    if high < end:
        yield high, end
