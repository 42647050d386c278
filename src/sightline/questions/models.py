"""Models and their classes, most inferences first."""

import msgspec

from sightline.domain.merge import split_model
from sightline.domain.moment import HOUR, write_moment
from sightline.questions import counters, exploded
from sightline.questions.names import Name
from sightline.questions.scope import Scope, ScopeParameters, resolve
from sightline.store.duckdb.session import Session

_HOURS_APART = 20
"""Hours that are read one by one; of more, the whole range is."""


class ModelsParameters(ScopeParameters, frozen=True, kw_only=True):
    pass


class ClassItem(msgspec.Struct, frozen=True, rename={"class_name": "class"}):
    class_name: str
    inferences: int
    """That contain the class."""
    detections: int
    confidence: float | None
    share: float
    """Of the model's detections."""


class ModelItem(msgspec.Struct, frozen=True):
    model: str | None
    project: str | None
    version: str | None
    task: str | None
    inferences: int
    previous_inferences: int
    share: float
    """Of all inferences in the period."""
    detections: int
    confidence: float | None
    latency: float | None
    errors: int
    first_seen: str | None
    """In the period; None when the model was seen in the period before only."""
    last_seen: str | None
    classes: list[ClassItem]


class ModelsAnswer(msgspec.Struct, frozen=True):
    items: list[ModelItem]


class _Sums(msgspec.Struct, frozen=True):
    inferences: int
    detections: int
    confidence: float | None
    latency: float | None
    errors: int


_NOTHING = _Sums(0, 0, None, None, 0)


def ask(session: Session, parameters: ModelsParameters) -> ModelsAnswer:
    scope = resolve(session, parameters)
    current = _sums(session, scope, scope.start, scope.end)
    previous = _sums(session, scope, scope.previous_start, scope.start)
    classes = (_filtered_classes if scope.filtered else _unfiltered_classes)(session, scope)
    seen = _seen(session, scope)
    total = sum(found.inferences for found in current.values())
    items = []
    for model in current.keys() | previous.keys():
        found = current.get(model, _NOTHING)
        task, first, last = seen.get(model, (None, None, None))
        project, version = split_model(model)
        items.append(
            ModelItem(
                model=model,
                project=project,
                version=version,
                task=task,
                inferences=found.inferences,
                previous_inferences=previous.get(model, _NOTHING).inferences,
                share=found.inferences / total if total else 0.0,
                detections=found.detections,
                confidence=found.confidence,
                latency=found.latency,
                errors=found.errors,
                first_seen=None if first is None else write_moment(first),
                last_seen=None if last is None else write_moment(last),
                classes=_class_items(classes.get(model, [])),
            )
        )
    return ModelsAnswer(
        sorted(items, key=lambda item: (-item.inferences, -item.previous_inferences, item.model or ""))
    )


def _seen(session: Session, scope: Scope) -> dict[str | None, tuple[str | None, int, int]]:
    """Task, first and last time of each model."""
    within = "TRUE" if scope.filtered else _first_and_last_hours(session, scope)
    return {
        model: (task, first, last)
        for model, task, first, last in session.rows(
            "SELECT i.model_id, arg_max(i.task, i.time), min(i.time), max(i.time) "
            f"{scope.source(session)} AND ({within}) GROUP BY i.model_id",
            scope.condition.parameters,
        )
    }


def _first_and_last_hours(session: Session, scope: Scope) -> str:
    """SQL: the whole hours in which a model was seen first or last, as the counters know them, and the parts of hours
    at both ends of the range. Only their rows are read."""
    low, high = scope.start + -scope.start % HOUR, scope.end - scope.end % HOUR
    hours = session.rows(
        "SELECT DISTINCT unnest([min(hour), max(hour)]) FROM (SELECT model_id, hour FROM hourly "
        f"WHERE hour >= {low} AND hour < {high} GROUP BY model_id, hour HAVING sum(inferences) > 0) GROUP BY model_id"
    )
    if len(hours) > _HOURS_APART:
        return "TRUE"
    ends = [(hour, hour + HOUR) for (hour,) in sorted(hours)]
    return " OR ".join(
        f"(i.time >= {start} AND i.time < {end})" for start, end in [(0, low), *ends, (high, scope.end)]
    )


_ClassSums = dict[str | None, list[tuple[str, int, int, float | None]]]
"""By model: class, inferences, detections, confidence."""


def _class_items(rows: list[tuple[str, int, int, float | None]]) -> list[ClassItem]:
    total = sum(detections for _, _, detections, _ in rows)
    items = [
        ClassItem(
            class_name=name,
            inferences=inferences,
            detections=count,
            confidence=confidence,
            share=count / total,
        )
        for name, inferences, count, confidence in rows
    ]
    return sorted(items, key=lambda item: (-item.inferences, -item.detections, item.class_name))


def _sums(session: Session, scope: Scope, start: int, end: int) -> dict[str | None, _Sums]:
    return _filtered(session, scope, start, end) if scope.filtered else _unfiltered(session, start, end)


def _unfiltered(session: Session, start: int, end: int) -> dict[str | None, _Sums]:
    sums = ", ".join(f"sum({measure})" for measure in counters.MEASURES)
    rows = session.rows(f"SELECT model_id, {sums} FROM {counters.inferences(start, end)} GROUP BY model_id")
    return {
        model: _Sums(
            inferences=int(inferences),
            detections=int(detections),
            confidence=counters.mean(confidence, confident),
            latency=counters.mean(latency, timed),
            errors=int(errors),
        )
        for model, inferences, detections, confident, confidence, timed, latency, errors in rows
        if inferences
    }


def _filtered(session: Session, scope: Scope, start: int, end: int) -> dict[str | None, _Sums]:
    confident = counters.confident(session)
    rows = session.rows(
        "SELECT i.model_id, count(*), sum(i.detection_count)::BIGINT, "
        f"sum(i.confidence * {confident}) / nullif(sum({confident}), 0), "
        f"avg(i.latency), count(i.error) {scope.source(session, start=start, end=end)} GROUP BY i.model_id",
        scope.condition.parameters,
    )
    return {model: _Sums(*rest) for model, *rest in rows}


def _unfiltered_classes(session: Session, scope: Scope) -> _ClassSums:
    rows = session.rows(
        "SELECT model_id, class, sum(inferences), sum(detections), sum(confident), sum(confidence_total) "
        f"FROM {counters.classes(scope.start, scope.end)} GROUP BY model_id, class"
    )
    found: _ClassSums = {}
    for model, name, inferences, detections, confident, total in rows:
        if detections:
            mean = counters.mean(total, confident)
            found.setdefault(model, []).append((name, int(inferences), int(detections), mean))
    return found


def _filtered_classes(session: Session, scope: Scope) -> _ClassSums:
    names = [Name("model", "i.model_id", "model", None), Name("class", "i.classes", "class", None)]
    rows = session.rows(
        f"SELECT n0, n1, {exploded.INFERENCES}, {exploded.DETECTIONS}, {exploded.CONFIDENCE} "
        f"FROM {exploded.rows(session, scope, names)} WHERE n1 IS NOT NULL GROUP BY n0, n1",
        scope.condition.parameters,
    )
    found: _ClassSums = {}
    for model, *rest in rows:
        found.setdefault(model, []).append(tuple(rest))
    return found
