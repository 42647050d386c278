"""One inference with everything known about it."""

import msgspec

from sightline.domain.value import ValueType
from sightline.questions.item import InferenceItem
from sightline.store.duckdb.session import Session


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
    raise NotImplementedError
