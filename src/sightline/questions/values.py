"""The values of a field that start with a prefix, most frequent first."""

from typing import Annotated

import msgspec

from sightline.domain.errors import NotFound
from sightline.filters import suggestion
from sightline.questions import counters
from sightline.questions.facets import ValueCount
from sightline.questions.scope import checked
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
    """Of the whole workspace. Raises `NotFound` where there is no such field."""
    checked(parameters)
    field = session.fields.get(parameters.name)
    if field is None:
        hint = suggestion(parameters.name, session.fields)
        raise NotFound(f"there is no field {parameters.name[:80]!r}", hint=hint)
    rows = session.rows(
        f"SELECT value, sum(inferences)::BIGINT AS count FROM {counters.values([field])} "
        "WHERE starts_with(lower(value), lower($prefix)) GROUP BY value HAVING sum(inferences) > 0 "
        f"ORDER BY count DESC, value LIMIT {parameters.limit + 1:d}",
        {"prefix": parameters.prefix},
    )
    return ValuesAnswer(
        items=[ValueCount(value, count) for value, count in rows[: parameters.limit]],
        more=len(rows) > parameters.limit,
    )
