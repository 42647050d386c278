"""The bounded queue before the writer: what gathers while a commit runs is the next commit."""

from concurrent.futures import Future
from threading import Condition

import msgspec

from sightline.domain.errors import Busy, Unavailable
from sightline.store.write import Receipt, Write


class Pending(msgspec.Struct):
    """A write and the promise of its receipt."""

    write: Write
    future: Future[Receipt]


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
        pending = Pending(write, Future())
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
        return pending.future

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
