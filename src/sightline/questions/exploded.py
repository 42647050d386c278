"""The rows behind groups and series: an inference once, or once for each of its classes or tags.

Every row has `first` (whether the inference counts here), `detections`, `confident` (those with a confidence),
`confidence_sum`, `latency` and `error`, so that all measures are the same SQL whatever is grouped by. Grouped by class,
detections and confidences are those of the class; an inference without any has one row, whose class is NULL.
"""

from collections.abc import Sequence

from sightline.questions import counters
from sightline.questions.names import Name, fields_of
from sightline.questions.scope import Scope
from sightline.store.duckdb.session import Session

INFERENCES = "count(*) FILTER (first)"
DETECTIONS = "coalesce(sum(detections), 0)::BIGINT"
CONFIDENCE_SUM = "coalesce(sum(confidence_sum), 0)::DOUBLE"
CONFIDENT = "coalesce(sum(confident), 0)::BIGINT"
CONFIDENCE = "sum(confidence_sum) / nullif(sum(confident), 0)"
ERRORS = "count(error) FILTER (first)"
LATENCIES = "quantile_cont(latency, [0.5, 0.95]) FILTER (first)"
"""p50 and p95; NULL where no inference tells one."""

_TAGS = "unnest(CASE WHEN len(i.tags) > 0 THEN list_distinct(i.tags) ELSE [NULL] END)"


def rows(session: Session, scope: Scope, names: Sequence[Name]) -> str:
    """A parenthesised SELECT with `time`, `n0`, `n1` … for the names, and what is said above."""
    chosen = ["i.time", "i.latency", "i.error"]
    by_class = None
    for place, name in enumerate(names):
        if name.built_in == "class":
            by_class = f"n{place}"
        else:
            chosen.append(f"{_TAGS if name.built_in == 'tag' else name.sql} AS n{place}")
    source = scope.source(session, fields_of(names))
    if by_class is None:
        confident = counters.confident(session)
        chosen += [
            "TRUE AS first",
            "i.detection_count AS detections",
            f"{confident} AS confident",
            f"i.confidence * {confident} AS confidence_sum",
        ]
        return f"(SELECT {', '.join(chosen)} {source})"
    # One row a detection; list_position is several times faster than list_distinct or count(DISTINCT number).
    unnested = (
        f"SELECT *, unnest(CASE WHEN len(classes) > 0 THEN classes ELSE [NULL] END) AS {by_class}, "
        "unnest(confidences) AS confidence_sum, generate_subscripts(classes, 1) AS place "
        f"FROM (SELECT {', '.join(chosen)}, i.classes, i.confidences {source})"
    )
    return (
        f"(SELECT * EXCLUDE (classes, confidences, place), "
        f"place IS NULL OR list_position(classes, {by_class}) = place AS first, "
        f"({by_class} IS NOT NULL)::INTEGER AS detections, (confidence_sum IS NOT NULL)::INTEGER AS confident "
        f"FROM ({unnested}))"
    )


def detections(session: Session, scope: Scope, names: Sequence[Name]) -> str:
    """One row a detection, for medians: `n0`, `n1` …, `confidence`."""
    columns = ", ".join(f"n{place}" for place in range(len(names)))
    if any(name.built_in == "class" for name in names):
        return f"(SELECT {columns}, confidence_sum AS confidence FROM {rows(session, scope, names)})"
    chosen = ", ".join(
        f"{_TAGS if name.built_in == 'tag' else name.sql} AS n{place}" for place, name in enumerate(names)
    )
    source = scope.source(session, fields_of(names))
    return f"(SELECT {columns}, unnest(confidences) AS confidence FROM (SELECT {chosen}, i.confidences {source}))"
