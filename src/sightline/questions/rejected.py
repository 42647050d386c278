"""Records that could not be understood whole."""

from typing import Annotated

import msgspec

from sightline.domain.moment import write_moment
from sightline.questions.scope import checked
from sightline.store.duckdb.session import Session


class RejectedParameters(msgspec.Struct, frozen=True, kw_only=True):
    limit: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 100


class RejectedItem(msgspec.Struct, frozen=True):
    time: str
    door: str
    where: str
    reason: str
    kept: bool
    """Whether the rest of the record was stored."""
    excerpt: str


class RejectedAnswer(msgspec.Struct, frozen=True):
    total: int
    items: list[RejectedItem]
    """Newest first."""


def ask(session: Session, parameters: RejectedParameters) -> RejectedAnswer:
    checked(parameters)
    (total,) = session.row("SELECT count(*) FROM rejected")
    rows = session.rows(
        "SELECT received, door, place, reason, kept, excerpt FROM rejected "
        f"ORDER BY sequence DESC LIMIT {parameters.limit:d}"
    )
    return RejectedAnswer(
        total=total,
        items=[RejectedItem(write_moment(received), *rest) for received, *rest in rows],
    )
