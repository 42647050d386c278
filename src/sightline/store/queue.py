"""The bounded queue before the writer: what gathers while a commit runs is the next commit."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable
from concurrent.futures import Future
from contextlib import suppress
from threading import Condition

import msgspec

from sightline.domain.errors import Busy, Unavailable
from sightline.store.write import Receipt, Write


class Pending(msgspec.Struct):
    """A write and the promise of its receipt."""

    write: Write
    future: "Future[Receipt] | asyncio.Future[Receipt]"


def settle(outcomes: Iterable[tuple[Pending, Receipt | Exception]]) -> None:
    """Keep the promises. An event loop is woken once for all of its own, because waking it costs more than a write.

    A request that was given up cannot be answered, but what it sent is stored all the same.
    """
    loops: dict[asyncio.AbstractEventLoop, list[tuple[asyncio.Future[Receipt], Receipt | Exception]]]
    loops = defaultdict(list)
    for pending, outcome in outcomes:
        if isinstance(pending.future, asyncio.Future):
            loops[pending.future.get_loop()].append((pending.future, outcome))
        elif pending.future.set_running_or_notify_cancel():
            _keep(pending.future, outcome)
    for loop, promised in loops.items():
        with suppress(RuntimeError):  # the loop was closed, and with it whoever waited
            loop.call_soon_threadsafe(_keep_all, promised)


def _keep_all(promised: list[tuple[asyncio.Future[Receipt], Receipt | Exception]]) -> None:
    for future, outcome in promised:
        if not future.done():
            _keep(future, outcome)


def _keep(future: Future[Receipt] | asyncio.Future[Receipt], outcome: Receipt | Exception) -> None:
    if isinstance(outcome, Exception):
        future.set_exception(outcome)
    else:
        future.set_result(outcome)


class WriteQueue:
    """Counted in rows. A single write larger than the bound is let in when the queue is empty."""

    def __init__(self, rows: int) -> None:
        self._bound = rows
        self._rows = 0
        self._pending: list[Pending] = []
        self._changed = Condition()
        self._closed = False

    @property
    def rows(self) -> int:
        return self._rows

    @property
    def closed(self) -> bool:
        return self._closed

    def put(self, write: Write) -> Future[Receipt]:
        """For callers without an event loop."""
        future: Future[Receipt] = Future()
        self._add(Pending(write, future))
        return future

    def put_soon(self, write: Write) -> asyncio.Future[Receipt]:
        """For coroutines: the future is of the running loop."""
        future: asyncio.Future[Receipt] = asyncio.get_running_loop().create_future()
        self._add(Pending(write, future))
        return future

    def _add(self, pending: Pending) -> None:
        write = pending.write
        with self._changed:
            if self._closed:
                raise Unavailable(
                    "the workspace is being closed", hint="send it again to the restarted server"
                )
            if self._rows and self._rows + write.size > self._bound:
                raise Busy(
                    f"{self._rows} rows wait to be stored, which is as many as may",
                    hint="send it again after the time in Retry-After",
                )
            self._rows += write.size
            self._pending.append(pending)
            self._changed.notify()

    def take(self, rows: int, *, seconds: float) -> list[Pending]:
        """What waits, up to about so many rows; after `seconds` without any, nothing."""
        with self._changed:
            if not self._pending and not self._closed and seconds > 0:
                self._changed.wait(seconds)
            taken = size = 0
            for pending in self._pending:
                if taken and size + pending.write.size > rows:
                    break
                size += pending.write.size
                taken += 1
            batch, self._pending = self._pending[:taken], self._pending[taken:]
            self._rows -= size
            return batch

    def close(self) -> None:
        """Let nothing more in; what is in can still be taken."""
        with self._changed:
            self._closed = True
            self._changed.notify()
