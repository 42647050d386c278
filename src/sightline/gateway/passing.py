"""Passes a request to the inference server behind us, and reads a record out of what went by.

The client's answer is streamed as it comes. Only afterwards, in the recorder's thread, are request and answer read.
"""

import time
import uuid
from collections.abc import Callable, Iterable
from typing import Any

import msgspec
from starlette.responses import Response

from sightline.domain.errors import SightlineError
from sightline.domain.report import Report
from sightline.gateway.local import Caller
from sightline.gateway.recorder import Item, Recorder, Seen
from sightline.gateway.upstream import Upstream
from sightline.wire import hosted, image_input, json
from sightline.wire.hosted import Asked
from sightline.wire.image_input import ImageInput

NOT_AN_INFERENCE = frozenset({401, 402, 403, 404, 405, 429})
"""Answers to a request that never reached a model."""
_ERROR = msgspec.json.Decoder(dict[str, Any])


class Passed:
    """One request on its way through."""

    def __init__(
        self,
        recorder: Recorder,
        caller: Caller | None,
        asked: Asked,
        task: str | None,
        body: bytes,
        content_type: str,
    ) -> None:
        self._recorder = recorder
        self._caller = caller
        self._asked = asked
        self._task = task
        self._body = body
        self._content_type = content_type
        self._started = time.perf_counter()

    async def through(
        self, upstream: Upstream, method: str, path: str, query: str, headers: Iterable[tuple[str, str]]
    ) -> Response:
        """The inference server's answer. Raises what `Upstream.forward` raises, recorded as an error."""
        done = None if self._caller is None or self._asked.unmonitored else self._done
        try:
            return await upstream.forward(method, path, query, headers, self._body, done=done)
        except SightlineError as error:
            if done is not None:
                failed = self._failed(error.message, time.time_ns() // 1000)
                self._record(lambda: Seen(failed, self._picture()), len(self._body))
            raise

    def _done(self, status: int, answer: bytes) -> None:
        ended, seconds = time.time_ns() // 1000, time.perf_counter() - self._started
        if status in NOT_AN_INFERENCE:
            return
        self._record(lambda: self._read(status, answer, ended, seconds), len(self._body) + len(answer))

    def _record(self, read: Callable[[], Seen | None], size: int) -> None:
        if self._caller is not None:
            self._recorder.record(Item(self._caller.workspace, read, size, self._caller.actor))

    def _read(self, status: int, answer: bytes, ended: int, seconds: float) -> Seen | None:
        if status >= 400:
            return Seen(self._failed(_reason(status, answer), ended), self._picture())
        inference_id, latency, answers, problems = hosted.read_answers(answer)
        inference_id = inference_id or self._asked.inference_id
        if inference_id is None:
            return None  # an answer without an id: nobody could ever refer to it
        report = hosted.report_of(
            self._asked,
            answers,
            inference_id=inference_id,
            time=ended,
            latency=seconds if latency is None else latency,
            device=self._caller.device if self._caller else None,
            task=self._task,
        )
        return Seen(report, self._picture(), problems)

    def _failed(self, reason: str, ended: int) -> Report:
        return hosted.failure_of(
            self._asked,
            reason,
            inference_id=self._asked.inference_id or str(uuid.uuid4()),
            time=ended,
            device=self._caller.device if self._caller else None,
            task=self._task,
        )

    def _picture(self) -> bytes | None:
        """The request's first picture, where it came with the request."""
        try:
            found = self._inputs()
        except SightlineError:
            return None
        return found[0].data or None if found else None

    def _inputs(self) -> list[ImageInput]:
        if self._asked.image is not None:
            return self._asked.images()
        return [image_input.read_body(self._body, self._content_type)]


def _reason(status: int, answer: bytes) -> str:
    """What an error's body says, as `inference_sdk` would show it."""
    try:
        found = json.decode(answer, _ERROR)
    except SightlineError:
        found = {}
    said = (
        found.get("message")
        or found.get("detail")
        or found.get("error")
        or answer[:200].decode("utf-8", "replace")
    )
    return f"{status}: {said}"
