"""Interrupting what takes too long. One thread watches over all, because starting one a question costs more than many
questions do."""

import heapq
import itertools
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition, Thread

import duckdb

from sightline.domain.errors import Unavailable


class OutOfTime(Unavailable):
    """A question took longer than it was given, and was interrupted."""


class Deadlines:
    def __init__(self) -> None:
        self._changed = Condition()
        self._due: list[tuple[float, int]] = []
        self._running: dict[int, duckdb.DuckDBPyConnection] = {}
        self._names = itertools.count()
        self._closed = False
        self._thread = Thread(target=self._watch, name="deadlines", daemon=True)
        self._thread.start()

    @contextmanager
    def limited(self, connection: duckdb.DuckDBPyConnection, seconds: float) -> Iterator[None]:
        """Interrupt what runs on the connection after so many seconds: `OutOfTime`."""
        name = self._add(connection, seconds)
        try:
            yield
        except duckdb.InterruptException:
            raise OutOfTime(
                f"the question took longer than {seconds:g} s",
                hint="choose a shorter time range or fewer conditions",
            ) from None
        finally:
            self._remove(name)

    def close(self) -> None:
        """End the thread: one that lives on at the process's end makes DuckDB's binding complain of leaks."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join()

    def _add(self, connection: duckdb.DuckDBPyConnection, seconds: float) -> int:
        with self._changed:
            name = next(self._names)
            self._running[name] = connection
            heapq.heappush(self._due, (time.monotonic() + seconds, name))
            if self._due[0][1] == name:
                self._changed.notify()
            return name

    def _remove(self, name: int) -> None:
        with self._changed:
            self._running.pop(name, None)
            while self._due and self._due[0][1] not in self._running:
                heapq.heappop(self._due)

    def _watch(self) -> None:
        with self._changed:
            while not self._closed:
                now = time.monotonic()
                while self._due and self._due[0][0] <= now:
                    late = self._running.pop(heapq.heappop(self._due)[1], None)
                    if late is not None:
                        late.interrupt()
                self._changed.wait(self._due[0][0] - now if self._due else None)
