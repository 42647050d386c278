"""The values of a field that start with a prefix, most frequent first."""

from typing import Annotated

import msgspec

from sightline.questions.facets import ValueCount
from sightline.store.duckdb.session import Session


class ValuesParameters(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    prefix: str = ""
    """Matched without regard to case."""
    limit: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 20


class ValuesAnswer(msgspec.Struct, frozen=True):
    items: list[ValueCount]
    more: bool


def ask(session: Session, parameters: ValuesParameters) -> ValuesAnswer:
    raise NotImplementedError
