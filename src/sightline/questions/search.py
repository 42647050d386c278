"""The list of inferences that match, page by page."""

from typing import Annotated, Literal

import msgspec

from sightline.questions.item import InferenceItem
from sightline.questions.scope import ScopeParameters
from sightline.store.duckdb.session import Session

Order = Literal["newest", "oldest", "confidence", "-confidence", "latency", "-latency"]


class SearchParameters(ScopeParameters, frozen=True, kw_only=True):
    order: Order = "newest"
    limit: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 50
    cursor: str = ""
    """`next_cursor` of the page before; of the same order and filter."""


class Total(msgspec.Struct, frozen=True):
    value: int
    exact: bool


class SearchAnswer(msgspec.Struct, frozen=True):
    items: list[InferenceItem]
    next_cursor: str | None
    total: Total
    sentence: str


def ask(session: Session, parameters: SearchParameters) -> SearchAnswer:
    raise NotImplementedError
