"""Every metadata field."""

import msgspec

from sightline.domain.value import ValueType
from sightline.questions.facets import ValueCount
from sightline.questions.scope import ScopeParameters
from sightline.store.duckdb.session import Session


class FieldsParameters(ScopeParameters, frozen=True, kw_only=True):
    """Range and filter narrow the counts only when given."""


class FieldItem(msgspec.Struct, frozen=True):
    name: str
    type: ValueType
    """What most of its values read as."""
    inferences: int
    """That bear it."""
    coverage: float
    distinct: int
    types: dict[str, int]
    """Inferences by what their value reads as."""
    first_seen: str
    last_seen: str
    top_values: list[ValueCount]
    look_alikes: list[str]


class FieldsAnswer(msgspec.Struct, frozen=True):
    inferences: int
    items: list[FieldItem]


def ask(session: Session, parameters: FieldsParameters) -> FieldsAnswer:
    raise NotImplementedError
