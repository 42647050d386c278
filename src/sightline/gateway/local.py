"""Answers an inference with a model of the workspace, and has it recorded: what was found, or why it failed."""

import base64
import time
import uuid
from typing import TYPE_CHECKING, NamedTuple

from sightline.domain.errors import BadRequest, Busy, SightlineError
from sightline.domain.report import Detection
from sightline.gateway import fetch, overlay
from sightline.gateway.card import Card
from sightline.gateway.recorder import Item, Recorder, Seen
from sightline.gateway.runner import Runner
from sightline.gateway.shelf import Shelf
from sightline.store.picture import PictureLimits, decode, encode
from sightline.store.workspace import Workspace
from sightline.wire import hosted
from sightline.wire.hosted import Answer, Asked, Size
from sightline.wire.image_input import ImageInput

if TYPE_CHECKING:
    from sightline.gateway.network import Network

PICTURES = 64
"""Pictures of one request."""
FETCHES = 16
"""Pictures fetched from addresses at the same time, each of which may be held in memory whole."""


class Caller(NamedTuple):
    """Who asks, and where it is recorded."""

    workspace: Workspace
    actor: str | None
    device: str | None


class Local:
    def __init__(
        self, runner: Runner, recorder: Recorder, limits: PictureLimits, *, fetch_private: bool
    ) -> None:
        self.runner = runner
        self._recorder = recorder
        self._limits = limits
        self._fetch_private = fetch_private
        self._fetching = 0

    def shelf(self, workspace: Workspace) -> Shelf:
        return Shelf(workspace.folder / "models")

    async def answer(
        self, caller: Caller, card: Card, asked: Asked, inputs: list[ImageInput]
    ) -> list[Answer]:
        """One answer a picture; all share one inference_id. What fails is recorded as an error and raised."""
        inference_id = asked.inference_id or str(uuid.uuid4())
        pictures: list[bytes] = []
        if len(inputs) > PICTURES:
            raise BadRequest(f"at most {PICTURES} images a request, not {len(inputs)}", where="$.image")
        try:
            pictures += [await self._bytes(given) for given in inputs]
            answers = await self.runner.run(
                self.shelf(caller.workspace),
                card,
                lambda network: self._look(network, asked, pictures, inference_id),
            )
        except Exception as error:
            reason = (
                error.message if isinstance(error, SightlineError) else f"{type(error).__name__}: {error}"
            )
            failure = hosted.failure_of(
                asked, reason, inference_id=inference_id, time=_now(), device=caller.device, task=card.task
            )
            self._record(
                caller, asked, Seen(failure, pictures[0] if pictures else None), sum(map(len, pictures))
            )
            raise
        report = hosted.report_of(
            asked,
            answers,
            inference_id=inference_id,
            time=_now(),
            latency=sum(answer.time for answer in answers),
            device=caller.device,
            task=card.task,
        )
        self._record(caller, asked, Seen(report, pictures[0]), sum(map(len, pictures)))
        return answers

    def _record(self, caller: Caller, asked: Asked, seen: Seen, size: int) -> None:
        if not asked.unmonitored:
            self._recorder.record(Item(caller.workspace, lambda: seen, size, caller.actor))

    async def _bytes(self, given: ImageInput) -> bytes:
        if given.url is None:
            return given.data
        if self._fetching >= FETCHES:
            raise Busy(
                f"{FETCHES} images are being fetched from addresses already",
                hint="ask again in a second, or send the image itself",
            )
        self._fetching += 1
        try:
            return await fetch.fetch(given.url, limit=self._limits.bytes, allow_private=self._fetch_private)
        finally:
            self._fetching -= 1

    def _look(
        self, network: "Network", asked: Asked, pictures: list[bytes], inference_id: str
    ) -> list[Answer]:
        """In the model's thread: decoding too, so that a flood of pictures waits where it is bounded."""
        answers = []
        for index, data in enumerate(pictures):
            where = "$.image" if len(pictures) == 1 else f"$.image[{index}]"
            picture = decode(data, self._limits, where=where)
            started = time.perf_counter()
            found = network.look(
                picture.image,
                confidence=asked.threshold,
                overlap=hosted.DEFAULT_OVERLAP if asked.overlap is None else asked.overlap,
                limit=hosted.DEFAULT_DETECTIONS if asked.max_detections is None else asked.max_detections,
                classes=asked.class_filter,
                class_agnostic=asked.class_agnostic,
            )
            seconds = time.perf_counter() - started
            drawn = None
            if asked.visualize or asked.format == "image":
                drawn = base64.b64encode(encode(overlay.draw(picture.image, found), "jpg")).decode()
            classified = network.card.task == "classification"
            best = _top(found) if classified else None
            answers.append(
                Answer(
                    inference_id=inference_id,
                    time=seconds,
                    image=Size(picture.width, picture.height),
                    predictions=found,
                    top=None if best is None else best.class_name,
                    confidence=None if best is None else best.confidence,
                    visualization=drawn,
                )
            )
        return answers


def _top(found: list[Detection]) -> Detection:
    return found[0] if found else Detection("", 0.0)


def _now() -> int:
    return time.time_ns() // 1000
