"""One inference with everything known about it."""

from collections.abc import Sequence
from typing import Any

import msgspec

from sightline.domain.errors import NotFound
from sightline.domain.moment import parse_moment, write_moment
from sightline.domain.report import Kind, Report
from sightline.domain.value import IMAGE_FIELD, ValueType, type_of
from sightline.questions.item import InferenceItem, items
from sightline.store.duckdb.session import Session

_HISTORY = 1000
"""Changes of values that are shown, newest first."""
_REPORTS = 100
_OTHERS = 100


class InferenceParameters(msgspec.Struct, frozen=True, kw_only=True):
    now: int
    inference_id: str
    time: str = ""
    """Of several inferences of one id, the nearest to this moment; the newest when empty."""


class PastValue(msgspec.Struct, frozen=True):
    field_value: str | None
    """None: the field was removed."""
    time: str
    by: str | None
    request: str | None


class ValueItem(msgspec.Struct, frozen=True):
    field_name: str
    field_value: str
    type: ValueType
    time: str
    by: str | None
    request: str | None
    history: list[PastValue]
    """What held before, newest first."""


class ReportItem(msgspec.Struct, frozen=True):
    kind: str
    received: str
    time: str | None


class OtherItem(msgspec.Struct, frozen=True):
    time: str
    model: str | None
    number: int


class InferenceAnswer(InferenceItem, frozen=True):
    values: list[ValueItem]
    reports: list[ReportItem]
    others: list[OtherItem]


def ask(session: Session, parameters: InferenceParameters) -> InferenceAnswer:
    """Raises `NotFound`; its hint tells how many values wait."""
    inference_id = parameters.inference_id
    numbers = session.numbers(inference_id)
    if not numbers:
        waiting = session.waiting_values(inference_id)
        hint = f"{waiting} values wait for it" if waiting else "no values wait for it either"
        raise NotFound(f"no inference {inference_id[:80]!r} has arrived", hint=hint)
    written = ", ".join(f"{number:d}" for number in numbers)
    known = session.rows(
        f"SELECT number, time, model_id FROM inferences WHERE number IN ({written}) ORDER BY time DESC, number DESC"
    )
    moment = (
        parse_moment(parameters.time, now=parameters.now, where="time") if parameters.time.strip() else None
    )
    chosen = known[0] if moment is None else min(known, key=lambda row: abs(row[1] - moment))
    (item,) = items(session, [chosen[0]])
    return InferenceAnswer(
        **msgspec.structs.asdict(item),
        values=_values(session, inference_id, item.metadata),
        reports=_reports(session, inference_id),
        others=[
            OtherItem(time=write_moment(time), model=model, number=number)
            for number, time, model in known
            if number != chosen[0]
        ][:_OTHERS],
    )


def _values(session: Session, inference_id: str, metadata: dict[str, str]) -> list[ValueItem]:
    rows = session.rows(
        f"SELECT field, value, received, actor, request FROM {session.log_of(inference_id)} "
        f"WHERE field != $image ORDER BY sequence DESC LIMIT {_HISTORY}",
        {"inference_id": inference_id, "image": IMAGE_FIELD},
    )
    by_field: dict[str, list[Sequence[Any]]] = {}
    for field, *rest in rows:
        by_field.setdefault(field, []).append(rest)
    return [
        ValueItem(
            field_name=name,
            field_value=value,
            type=type_of(value),
            time=write_moment(found[0][1]),
            by=found[0][2],
            request=found[0][3],
            history=[
                PastValue(field_value=past, time=write_moment(received), by=actor, request=request)
                for past, received, actor, request in found[1:]
            ],
        )
        for name, value in metadata.items()
        if (found := by_field.get(name))
    ]


def _reports(session: Session, inference_id: str) -> list[ReportItem]:
    sequences = session.report_sequences(inference_id)[-_REPORTS:]
    written = ", ".join(f"{sequence:d}" for sequence in sequences) or "NULL"
    rows = session.rows(
        f"SELECT received, body FROM reports WHERE sequence IN ({written}) AND inference_id = $inference_id "
        "ORDER BY sequence",
        {"inference_id": inference_id},
    )
    items = []
    for received, body in rows:
        report = msgspec.json.decode(body, type=Report)
        time = None if report.time is None else write_moment(report.time)
        items.append(ReportItem(kind=_KINDS[report.kind], received=write_moment(received), time=time))
    return items


_KINDS = {
    Kind.NATIVE: "native",
    Kind.GATEWAY: "gateway",
    Kind.PINGBACK_FULL: "pingback",
    Kind.PINGBACK_TINY: "pingback",
    Kind.AGGREGATOR: "aggregator",
}
