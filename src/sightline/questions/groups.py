"""Measures by one or two names: built-ins or metadata fields."""

from typing import Annotated, Any, Literal, get_args

import msgspec

from sightline.domain.errors import BadRequest
from sightline.questions import exploded
from sightline.questions.measures import wanted
from sightline.questions.names import Name, resolve_name, split_names
from sightline.questions.scope import Scope, ScopeParameters, resolve
from sightline.store.duckdb.session import Session

Measure = Literal[
    "inferences", "detections", "confidence", "confidence_median", "latency_p50", "latency_p95", "errors"
]


class GroupsParameters(ScopeParameters, frozen=True, kw_only=True):
    by: str
    """One or two names, comma-separated."""
    limit: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 50
    order: Measure = "inferences"
    direction: Literal["descending", "ascending"] = "descending"
    measures: str = ""
    """Comma-separated; all when empty. Latencies and the median, which take longest, are null where not named."""


class GroupItem(msgspec.Struct, frozen=True):
    values: list[str | None]
    """One a name of `by`; None is "without"."""
    inferences: int
    share: float
    """Of the inferences of the segment."""
    detections: int
    confidence: float | None
    confidence_median: float | None
    """Median over detections."""
    latency_p50: float | None
    latency_p95: float | None
    errors: int


class OtherGroups(msgspec.Struct, frozen=True):
    """The groups beyond `limit`, folded into one."""

    inferences: int
    share: float
    detections: int
    confidence: float | None
    errors: int


class GroupsAnswer(msgspec.Struct, frozen=True):
    by: list[str]
    total_groups: int
    inferences: int
    items: list[GroupItem]
    other: OtherGroups | None


_AT_MOST = 2
"""Names to group by."""


def ask(session: Session, parameters: GroupsParameters) -> GroupsAnswer:
    scope = resolve(session, parameters)
    written = split_names(parameters.by, where="by")
    if not 1 <= len(written) <= _AT_MOST:
        raise BadRequest(
            f"takes one or two names, not {len(written)}", where="by", hint="such as by=line,shift"
        )
    names = [resolve_name(session, name, where="by") for name in written]
    measures = wanted(parameters.measures, get_args(Measure)) | {parameters.order}
    (segment,) = session.row(f"SELECT count(*) {scope.source(session)}", scope.condition.parameters)
    found = _ranked(session, scope, names, parameters)
    groups = [row for row in found if row[0] > 0]
    folded = next((row for row in found if row[0] == 0), None)
    keys = [row[2 : 2 + len(names)] for row in groups]
    latencies, medians = _quantiles(session, scope, names, keys, measures)
    items = [
        GroupItem(
            values=list(key),
            inferences=inferences,
            share=inferences / segment,
            detections=detections,
            confidence=total / confident if confident else None,
            confidence_median=medians.get(rank),
            latency_p50=latencies.get(rank, (None, None))[0],
            latency_p95=latencies.get(rank, (None, None))[1],
            errors=errors,
        )
        for key, (rank, *_, inferences, detections, total, confident, errors) in zip(
            keys, groups, strict=True
        )
    ]
    return GroupsAnswer(
        by=[name.text for name in names],
        total_groups=len(groups) + (folded[1] if folded else 0),
        inferences=segment,
        items=items,
        other=_other(folded, segment) if folded else None,
    )


def _ranked(
    session: Session, scope: Scope, names: list[Name], parameters: GroupsParameters
) -> list[tuple[Any, ...]]:
    """Rank (0 for all beyond the limit), number of groups, values, and the sums of each."""
    columns = [f"n{place}" for place in range(len(names))]
    by = ", ".join(columns)
    sums = {
        "inferences": exploded.INFERENCES,
        "detections": exploded.DETECTIONS,
        "confidence_sum": exploded.CONFIDENCE_SUM,
        "confident": exploded.CONFIDENT,
        "errors": exploded.ERRORS,
    }
    measured = [f"{sql} AS {name}" for name, sql in sums.items()]
    source = f"{exploded.rows(session, scope, names)} AS r"
    order = parameters.order
    if order == "confidence":
        order_sql = "confidence_sum / nullif(confident, 0)"
    elif order in sums:
        order_sql = order
    else:
        order_sql = "measure"
    grouped = f"SELECT {by}, {', '.join(measured)} FROM {source} GROUP BY {by}"
    if order in ("latency_p50", "latency_p95"):
        share = {"latency_p50": 0.5, "latency_p95": 0.95}[order]
        measure = f"quantile_cont(latency, {share}) FILTER (first) AS measure"
        grouped = f"SELECT {by}, {', '.join([*measured, measure])} FROM {source} GROUP BY {by}"
    elif order == "confidence_median":
        same = " AND ".join(f"g.{column} IS NOT DISTINCT FROM m.{column}" for column in columns)
        grouped = (
            f"SELECT g.*, m.measure FROM ({grouped}) AS g LEFT JOIN (SELECT {by}, median(confidence) AS measure "
            f"FROM {exploded.detections(session, scope, names)} GROUP BY {by}) AS m ON {same}"
        )
    direction = "DESC" if parameters.direction == "descending" else "ASC"
    rank = f"row_number() OVER (ORDER BY {order_sql} {direction} NULLS LAST, inferences DESC, {by})"
    return session.rows(
        f"SELECT CASE WHEN rank <= {parameters.limit:d} THEN rank ELSE 0 END AS kept, count(*), "
        f"{', '.join(f'any_value({column})' for column in columns)}, "
        + ", ".join(f"sum({name})::{'DOUBLE' if name == 'confidence_sum' else 'BIGINT'}" for name in sums)
        + f" FROM (SELECT *, {rank} AS rank FROM ({grouped}) WHERE inferences > 0) GROUP BY kept ORDER BY kept",
        scope.condition.parameters,
    )


def _quantiles(
    session: Session,
    scope: Scope,
    names: list[Name],
    keys: list[tuple[str | None, ...]],
    measures: set[str],
) -> tuple[dict[int, tuple[float | None, float | None]], dict[int, float | None]]:
    """Latency p50 and p95, and the median confidence, by rank; only of groups that are shown, and if wanted."""
    if not keys:
        return {}, {}
    parameters: dict[str, Any] = {f"k{place}": [key[place] for key in keys] for place in range(len(names))}
    unnested = ", ".join(f"unnest($k{place}::VARCHAR[]) AS k{place}" for place in range(len(names)))
    shown = f"(SELECT {unnested}, unnest(range(1, {len(keys) + 1})) AS rank) AS k"
    same = " AND ".join(f"n{place} IS NOT DISTINCT FROM k{place}" for place in range(len(names)))
    parameters |= scope.condition.parameters
    latencies: list[tuple[Any, ...]] = []
    medians: list[tuple[Any, ...]] = []
    if measures & {"latency_p50", "latency_p95"}:
        latencies = session.rows(
            f"SELECT rank, {exploded.LATENCIES} FROM {exploded.rows(session, scope, names)} JOIN {shown} ON {same} "
            "WHERE latency IS NOT NULL GROUP BY rank",
            parameters,
        )
    if "confidence_median" in measures:
        medians = session.rows(
            f"SELECT rank, median(confidence) FROM {exploded.detections(session, scope, names)} "
            f"JOIN {shown} ON {same} GROUP BY rank",
            parameters,
        )
    return {rank: tuple(found) for rank, found in latencies if found}, dict(medians)


def _other(folded: tuple[Any, ...], segment: int) -> OtherGroups:
    *_, inferences, detections, total, confident, errors = folded
    return OtherGroups(
        inferences=inferences,
        share=inferences / segment,
        detections=detections,
        confidence=total / confident if confident else None,
        errors=errors,
    )
