"""Totals, and the change against the period of equal length before."""

import msgspec

from sightline.domain.moment import write_moment
from sightline.questions import counters
from sightline.questions.scope import Scope, ScopeParameters, resolve
from sightline.store.duckdb.session import Session


class SummaryParameters(ScopeParameters, frozen=True, kw_only=True):
    pass


class Totals(msgspec.Struct, frozen=True):
    inferences: int
    detections: int
    confidence: float | None
    """Mean over detections."""
    latency: float | None
    """Mean over the inferences that tell one; seconds."""
    errors: int
    models: int
    devices: int


class Change(msgspec.Struct, frozen=True):
    """Relative: 0.2 is a fifth more. None where there was nothing before."""

    inferences: float | None
    detections: float | None
    confidence: float | None
    latency: float | None
    errors: float | None
    models: float | None
    devices: float | None


class SummaryAnswer(msgspec.Struct, frozen=True):
    start: str
    end: str
    previous_start: str
    sentence: str
    current: Totals
    previous: Totals
    change: Change


def ask(session: Session, parameters: SummaryParameters) -> SummaryAnswer:
    scope = resolve(session, parameters)
    if scope.filtered:
        current = _filtered(session, scope, scope.start, scope.end)
        previous = _filtered(session, scope, scope.previous_start, scope.start)
    else:
        previous, current = _unfiltered(session, scope)
    return SummaryAnswer(
        start=write_moment(scope.start),
        end=write_moment(scope.end),
        previous_start=write_moment(scope.previous_start),
        sentence=scope.condition.sentence,
        current=current,
        previous=previous,
        change=Change(*map(_change, msgspec.structs.astuple(current), msgspec.structs.astuple(previous))),
    )


def _unfiltered(session: Session, scope: Scope) -> tuple[Totals, Totals]:
    """Of the period before and of this one."""
    sums = ", ".join(f"coalesce(sum({measure}), 0) AS {measure}" for measure in counters.MEASURES)
    counted = counters.inferences(scope.previous_start, scope.end, split=scope.start)
    # A pair that adds up to nothing was corrected away.
    rows = session.rows(
        f"SELECT later, {sums}, count(DISTINCT model_id) FILTER (inferences > 0), "
        "count(DISTINCT device) FILTER (inferences > 0) "
        f"FROM (SELECT later, model_id, device, {sums} FROM {counted} GROUP BY ALL) GROUP BY later"
    )
    found = {later: _read(*measures) for later, *measures in rows}
    nothing = _read(*[0] * 9)
    return found.get(False, nothing), found.get(True, nothing)


def _read(
    inferences: int,
    detections: int,
    confident: int,
    confidence: int,
    timed: int,
    latency: int,
    errors: int,
    models: int,
    devices: int,
) -> Totals:
    return Totals(
        inferences=int(inferences),
        detections=int(detections),
        confidence=counters.mean(confidence, confident),
        latency=counters.mean(latency, timed),
        errors=int(errors),
        models=models,
        devices=devices,
    )


def _filtered(session: Session, scope: Scope, start: int, end: int) -> Totals:
    confident = counters.confident(session)
    return Totals(
        *session.row(
            "SELECT count(*), coalesce(sum(i.detection_count), 0)::BIGINT, "
            f"sum(i.confidence * {confident}) / nullif(sum({confident}), 0), "
            "avg(i.latency), count(i.error), count(DISTINCT i.model_id), count(DISTINCT i.device) "
            f"{scope.source(session, start=start, end=end)}",
            scope.condition.parameters,
        )
    )


def _change(current: float | None, previous: float | None) -> float | None:
    return (current - previous) / previous if current is not None and previous else None
