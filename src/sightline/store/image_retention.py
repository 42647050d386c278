"""Removes pictures by age, by room, and those whose inference never came. The numbers stay; only pixels go."""

import asyncio
import time
from typing import NamedTuple

from sightline.domain.value import IMAGE_FIELD, Attachment
from sightline.store.duckdb.session import Session
from sightline.store.image_policy import ImagePolicy, read_policy
from sightline.store.images import Images, Stored
from sightline.store.workspace import Workspace
from sightline.store.write import Write

DAY = 86_400.0
ACTOR = "retention"


class Swept(NamedTuple):
    removed: int
    """Pictures."""
    bytes: int
    kept: int


async def sweep(workspace: Workspace, *, now: float | None = None) -> Swept:
    """Apply the workspace's policy. Inferences forget a picture before its file goes, so none points at nothing."""
    images = Images(workspace.folder / "images")
    policy = read_policy(images.folder)
    moment = time.time() if now is None else now
    stored = await asyncio.to_thread(lambda: sorted(images, key=lambda picture: picture.used))
    waited = [picture for picture in stored if picture.used < moment - policy.waiting_days * DAY]
    known = await workspace.ask(lambda session: _referenced(session, waited)) if waited else set()
    condemned = _over(stored, policy, moment) | {
        picture.sha256 for picture in waited if picture.sha256 not in known
    }
    if condemned:
        ids = await workspace.ask(lambda session: _ids(session, condemned))
        if ids:
            await workspace.write(Write(attachments=[Attachment(ids, IMAGE_FIELD, None)], actor=ACTOR))
        await asyncio.to_thread(images.remove, condemned)
    gone = sum(picture.bytes for picture in stored if picture.sha256 in condemned)
    return Swept(len(condemned), gone, len(stored) - len(condemned))


def _over(stored: list[Stored], policy: ImagePolicy, now: float) -> set[str]:
    """The pictures, oldest first, that are too old or for which there is no room."""
    excess = 0 if policy.bytes is None else sum(picture.bytes for picture in stored) - policy.bytes
    condemned = set()
    for picture in stored:
        old = policy.days is not None and picture.used < now - policy.days * DAY
        if not old and excess <= 0:
            break
        condemned.add(picture.sha256)
        excess -= picture.bytes
    return condemned


def _referenced(session: Session, pictures: list[Stored]) -> set[str]:
    """Which of these an inference has."""
    rows = session.rows(
        f"SELECT DISTINCT i.f0 FROM {session.relation([IMAGE_FIELD])} AS i WHERE i.f0 IN (SELECT unnest($known))",
        {"known": [picture.sha256 for picture in pictures]},
    )
    return {sha256 for (sha256,) in rows}


def _ids(session: Session, pictures: set[str]) -> list[str]:
    """The ids, arrived or not, whose picture is one of these now."""
    rows = session.rows(
        "SELECT inference_id FROM attached_log WHERE field = $image GROUP BY inference_id "
        "HAVING arg_max(struct_pack(value := value), sequence).value IN (SELECT unnest($gone))",
        {"image": IMAGE_FIELD, "gone": list(pictures)},
    )
    return [inference_id for (inference_id,) in rows]
