"""Values whose inference has not arrived."""

from typing import Annotated

import msgspec

from sightline.domain.moment import write_moment
from sightline.questions.scope import checked
from sightline.store.duckdb.session import Session


class WaitingParameters(msgspec.Struct, frozen=True, kw_only=True):
    limit: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 100


class WaitingItem(msgspec.Struct, frozen=True):
    inference_id: str
    field_name: str
    field_value: str
    time: str
    """When it was received."""


class WaitingAnswer(msgspec.Struct, frozen=True):
    values: int
    ids: int
    oldest: str | None
    items: list[WaitingItem]
    """Newest first."""


def ask(session: Session, parameters: WaitingParameters) -> WaitingAnswer:
    checked(parameters)
    values, ids, oldest = session.waiting_summary()
    return WaitingAnswer(
        values=values,
        ids=ids,
        oldest=None if oldest is None else write_moment(oldest),
        items=[
            WaitingItem(
                inference_id=inference_id, field_name=field, field_value=value, time=write_moment(received)
            )
            for inference_id, field, value, received in session.waiting_items(parameters.limit)
        ],
    )
