"""The store of one workspace: a folder, its one writer and its many readers."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from sightline.store.duckdb.session import Session
from sightline.store.write import Receipt, Write


Answer = TypeVar("Answer")


class Workspace:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def write(self, write: Write) -> Receipt:
        """Store it; the answer comes after it is on disk. Raises `Busy`, `DiskFull`, `Unavailable`."""
        raise NotImplementedError

    async def ask(self, question: Callable[[Session], Answer], *, seconds: float = 30.0) -> Answer:
        """Ask a question in a worker thread, on one consistent look; interrupted after `seconds` (`Unavailable`)."""
        raise NotImplementedError

    @contextmanager
    def session(self) -> Iterator[Session]:
        """One consistent look, for callers with a thread of their own."""
        raise NotImplementedError

    def close(self) -> None:
        """Drain the queue, store what is in it, close the files."""
        raise NotImplementedError
