"""Records answered inferences behind their answers: a bounded queue, one worker, and a count of what was lost.

The answer to a client never waits for its record and never fails with it. What is queued is stored when the server
shuts down; what the queue had no room for, or what the store refused, is counted in
`sightline_gateway_unrecorded_total`.
"""

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

import msgspec
from prometheus_client import CollectorRegistry, Counter

from sightline.domain.errors import Busy, SightlineError
from sightline.domain.report import Problem, Report
from sightline.domain.value import IMAGE_FIELD, Attachment
from sightline.store.image_policy import read_policy
from sightline.store.images import Images
from sightline.store.picture import PictureLimits, decode
from sightline.store.workspace import Workspace
from sightline.store.write import Write

ITEMS = 2_000
"""Inferences that may wait to be recorded."""
BYTES = 128 * 1024 * 1024
"""Bytes of requests and answers that may wait with them."""
BATCH = 200
"""Inferences of one write."""
PAUSE = 0.1
"""Seconds between two writes while inferences keep coming: a commit costs as much for one as for a hundred, and takes
that from the requests that are being answered."""
TRIES = 20
"""Attempts while the store says that it is busy."""

log = logging.getLogger(__name__)


class Seen(NamedTuple):
    """What is known of an answered inference once it has been read."""

    report: Report
    picture: bytes | None = None
    """The first picture of the request, for workspaces that keep pictures."""
    problems: list[Problem] = []  # noqa: RUF012  # a tuple's default, never changed
    """What of it was not understood."""


class Item(NamedTuple):
    workspace: Workspace
    read: Callable[[], Seen | None]
    """Called in a worker thread; None where nothing is to be recorded."""
    bytes: int
    actor: str | None


class Recorder:
    def __init__(self, limits: PictureLimits, registry: CollectorRegistry) -> None:
        self._limits = limits
        self._recorded = Counter(
            "sightline_gateway_recorded", "Inferences recorded by the gateway.", registry=registry
        )
        self._unrecorded = Counter(
            "sightline_gateway_unrecorded",
            "Inferences that were answered but could not be recorded.",
            ["reason"],
            registry=registry,
        )
        self._waiting: deque[Item] = deque()
        self._bytes = 0
        self._news = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._closing = asyncio.Event()
        self._worker: asyncio.Task[None] | None = None

    def record(self, item: Item) -> None:
        """Take an item for recording, or count it as lost where there is no room. Never raises, never waits."""
        if len(self._waiting) >= ITEMS or self._bytes + item.bytes > BYTES:
            self._unrecorded.labels("queue full").inc()
            return
        if self._worker is None or self._worker.done():
            self._worker = asyncio.create_task(self._work())
        self._waiting.append(item)
        self._bytes += item.bytes
        self._idle.clear()
        self._news.set()

    async def drained(self) -> None:
        """Wait until everything taken so far is stored or counted."""
        await self._idle.wait()

    async def close(self, seconds: float = 30.0) -> None:
        """Store what waits, for at most `seconds`; the rest is counted as lost."""
        self._closing.set()
        try:
            async with asyncio.timeout(seconds):
                await self.drained()
        except TimeoutError:
            self._unrecorded.labels("shutdown").inc(len(self._waiting))
        if self._worker is not None:
            self._worker.cancel()
            await asyncio.gather(self._worker, return_exceptions=True)

    async def _work(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            while self._waiting:
                batch = [self._waiting.popleft() for _ in range(min(BATCH, len(self._waiting)))]
                try:
                    await self._store(batch)
                except Exception:
                    log.exception("the gateway could not record %d inferences", len(batch))
                    self._unrecorded.labels("failed").inc(len(batch))
                self._bytes -= sum(item.bytes for item in batch)
                if len(self._waiting) < BATCH and not self._closing.is_set():
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(self._closing.wait(), PAUSE)
            self._idle.set()

    async def _store(self, batch: list[Item]) -> None:
        """One write a workspace and actor."""
        groups: dict[tuple[int, str | None], list[Item]] = {}
        for item in batch:
            groups.setdefault((id(item.workspace), item.actor), []).append(item)
        for items in groups.values():
            workspace = items[0].workspace
            write = await asyncio.to_thread(self._write, workspace, items)
            if not write.reports:
                continue
            try:
                await _patiently(workspace, write)
            except SightlineError as error:
                log.warning("the gateway could not record %d inferences: %s", len(write.reports), error)
                self._unrecorded.labels("store refused").inc(len(write.reports))
            else:
                self._recorded.inc(len(write.reports))

    def _write(self, workspace: Workspace, items: list[Item]) -> Write:
        images = Images(workspace.folder / "images")
        policy = read_policy(images.folder)
        reports: list[Report] = []
        attachments: list[Attachment] = []
        problems: list[Problem] = []
        for item in items:
            try:
                seen = item.read()
            except (SightlineError, msgspec.DecodeError, ValueError) as error:
                log.info("an inference passed by that could not be read: %s", error)
                self._unrecorded.labels("not understood").inc()
                continue
            if seen is None:
                continue
            reports.append(seen.report)
            problems += seen.problems
            if seen.picture is not None and policy.wants(seen.report):
                try:
                    sha256 = images.keep(seen.picture, decode(seen.picture, self._limits))
                except SightlineError as error:
                    log.info("the picture of %s was not kept: %s", seen.report.inference_id, error)
                    continue
                attachments.append(Attachment([seen.report.inference_id], IMAGE_FIELD, sha256))
        return Write(reports=reports, attachments=attachments, problems=problems, actor=items[0].actor)


async def _patiently(workspace: Workspace, write: Write) -> None:
    """Store it; while the store is busy, wait and try again."""
    for _ in range(TRIES - 1):
        try:
            await workspace.write(write)
        except Busy as busy:
            await asyncio.sleep(busy.retry_after)
        else:
            return
    await workspace.write(write)
