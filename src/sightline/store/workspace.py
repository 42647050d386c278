"""The store of one workspace: a folder, its one writer and its many readers."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import BoundedSemaphore
from typing import TypeVar

import duckdb

from sightline.domain.errors import Busy
from sightline.store.duckdb.deadline import Deadlines
from sightline.store.duckdb.engine import Engine
from sightline.store.duckdb.session import Session
from sightline.store.index import Index, IndexReader
from sightline.store.queue import WriteQueue
from sightline.store.write import Receipt, Write
from sightline.store.writer import RESERVE, Writer, database_of, index_of

Answer = TypeVar("Answer")

READERS = 4
"""Questions answered at the same time."""
ASKED_AT_MOST = 128
"""Questions answered or waiting; more are turned away."""


class Workspace:
    def __init__(
        self, folder: Path, *, queue: int = 100_000, memory: str = "1GB", reserve: int = RESERVE
    ) -> None:
        """`queue` is in rows, `memory` is DuckDB's own bound, `reserve` the bytes of the disk that stay free."""
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._queue = WriteQueue(queue)
        self._index = Index(index_of(folder))
        self._writer = Writer(
            lambda: Engine(database_of(folder), memory=memory), self._index, self._queue, reserve=reserve
        )
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix=f"reader {folder.name}")
        self._deadlines = Deadlines()
        self._spare: list[tuple[Engine, duckdb.DuckDBPyConnection, IndexReader]] = []
        self._asked = BoundedSemaphore(ASKED_AT_MOST)

    def submit(self, write: Write) -> Future[Receipt]:
        """Queue a write, for callers without an event loop. Raises `Busy` or `Unavailable` at once."""
        return self._queue.put(write)

    async def write(self, write: Write) -> Receipt:
        """Store it; the answer comes after it is on disk. Raises `Busy`, `DiskFull`, `Unavailable`."""
        return await self._queue.put_soon(write)

    async def ask(self, question: Callable[[Session], Answer], *, seconds: float = 30.0) -> Answer:
        """Ask a question in a worker thread, on one consistent look; interrupted after `seconds` (`Unavailable`)."""
        if not self._asked.acquire(blocking=False):
            raise Busy(f"{ASKED_AT_MOST} questions are being answered already", hint="ask again in a second")
        try:
            return await asyncio.get_running_loop().run_in_executor(
                self._readers, self._answer, question, seconds
            )
        finally:
            self._asked.release()

    def _answer(self, question: Callable[[Session], Answer], seconds: float) -> Answer:
        with self._look(seconds) as session:
            return question(session)

    @contextmanager
    def session(self, *, seconds: float = 3600.0) -> Iterator[Session]:
        """One consistent look, for callers with a thread of their own."""
        with self._look(seconds) as session:
            yield session

    @contextmanager
    def _look(self, seconds: float) -> Iterator[Session]:
        engine, connection, index = self._borrow()
        try:
            with self._deadlines.limited(connection, seconds):
                yield Session(connection, index, self._deadlines)
        finally:
            with suppress(duckdb.Error):
                connection.execute("ROLLBACK")
            self._spare.append((engine, connection, index))

    def _borrow(self) -> tuple[Engine, duckdb.DuckDBPyConnection, IndexReader]:
        """Connections to look through; opening them anew for each question would take longer than most questions."""
        with suppress(IndexError):
            while True:
                engine, connection, index = self._spare.pop()
                if engine is self._writer.engine:
                    return engine, connection, index
                index.close()
        return self._writer.engine, self._writer.engine.cursor(), self._index.reader()

    @property
    def counts(self) -> Counter[str]:
        """What the writer did since the start: commits, reports, replays, values, heartbeats, rejected."""
        return Counter(self._writer.counts)

    @property
    def queued(self) -> int:
        """Rows that wait to be stored."""
        return self._queue.rows

    def settle(self, *, seconds: float = 600.0) -> bool:
        """Wait until all that was handed in is stored and every value is in its column; False if it takes longer.
        Nobody needs to wait to read what was stored; loads and measurements do, to start from a quiet state."""
        self._writer.hurry.set()
        # An empty write, once answered, tells that the writer has seen everything before it.
        self._writer.settled.clear()
        self._queue.put(Write()).result(seconds)
        settled = self._writer.settled.wait(seconds)
        self._writer.hurry.clear()
        return settled

    def close(self) -> None:
        """Drain the queue, store what is in it, close the files."""
        self._queue.close()
        self._writer.join()
        self._readers.shutdown()
        self._deadlines.close()
        for _, connection, index in self._spare:
            connection.close()
            index.close()
        self._spare.clear()
        self._index.close()
