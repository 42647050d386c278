"""What every route that writes does: hand it to the store, and wait until it is on disk."""

from itertools import count
from secrets import token_hex

from sightline.domain.report import Heartbeat, Problem, Report
from sightline.domain.value import Attachment
from sightline.http.state import State
from sightline.store.catalog import Identity
from sightline.store.write import Receipt, Write

_REQUESTS = (f"{process}-{number}" for process in [token_hex(6)] for number in count(1))
"""A name for each request that writes, kept beside what it wrote."""


async def store(
    state: State,
    identity: Identity,
    *,
    reports: list[Report] | None = None,
    attachments: list[Attachment] | None = None,
    heartbeats: list[Heartbeat] | None = None,
    problems: list[Problem] | None = None,
) -> Receipt:
    """In the workspace of `identity`. Raises `Busy`, `DiskFull`, `Unavailable`."""
    write = Write(
        reports=reports or [],
        attachments=attachments or [],
        heartbeats=heartbeats or [],
        problems=problems or [],
        actor=identity.actor,
        request=next(_REQUESTS),
    )
    workspace = await state.stores.get(identity.workspace)
    return await workspace.write(write)
