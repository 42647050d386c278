"""Counts of values for the sidebar, each within a budget of time."""

from typing import Annotated, Literal

import msgspec

from sightline.domain.value import ValueType
from sightline.questions.scope import ScopeParameters
from sightline.store.duckdb.session import Session


class FacetsParameters(ScopeParameters, frozen=True, kw_only=True):
    names: str = ""
    """Comma-separated, at most 30; chosen when empty."""
    limit: Annotated[int, msgspec.Meta(ge=1, le=100)] = 10


class ValueCount(msgspec.Struct, frozen=True):
    value: str
    count: int


class Histogram(msgspec.Struct, frozen=True):
    edges: list[float]
    """One more than there are counts. The last bin holds its upper edge too."""
    counts: list[int]


class FacetItem(msgspec.Struct, frozen=True):
    name: str
    kind: Literal["builtin", "field"]
    type: ValueType
    complete: bool
    """False: it did not finish within its time, and has no values."""
    milliseconds: int
    distinct: int | None
    missing: int | None
    values: list[ValueCount]
    histogram: Histogram | None


class FacetsAnswer(msgspec.Struct, frozen=True):
    items: list[FacetItem]


def ask(session: Session, parameters: FacetsParameters) -> FacetsAnswer:
    raise NotImplementedError
