"""The index of a workspace: which reports speak of an inference_id, which values wait for one, who bears a rare value.

An SQLite file beside the DuckDB file, because looking up single ids is what column stores are bad at (10 us here, 10 ms
there, at 10 M inferences). It is derived from the truth: it may lag behind after a crash and is then caught up, and may
be deleted.
"""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from hashlib import blake2b, md5
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from sightline.domain.merge import FAMILIES
from sightline.domain.report import Kind, Report
from sightline.domain.value import type_of

_SCHEMA = """
CREATE TABLE IF NOT EXISTS reports (
    id BLOB NOT NULL, sequence INTEGER NOT NULL, kind INTEGER NOT NULL, key INTEGER NOT NULL, number INTEGER NOT NULL,
    PRIMARY KEY (id, sequence)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS waiting (
    id BLOB NOT NULL, field INTEGER NOT NULL, sequence INTEGER NOT NULL, received INTEGER NOT NULL,
    inference_id TEXT NOT NULL, value TEXT NOT NULL,
    PRIMARY KEY (id, field)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS waiting_by_age ON waiting (received);
CREATE TABLE IF NOT EXISTS attached (
    id BLOB NOT NULL, sequence INTEGER NOT NULL, PRIMARY KEY (id, sequence)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS bearers (
    value INTEGER NOT NULL, id BLOB NOT NULL, PRIMARY KEY (value, id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS progress (sequence INTEGER NOT NULL, attached INTEGER NOT NULL);
"""
_VERSION = 3
"""Of the schema."""
_AT_ONCE = 500
"""Ids looked up in one statement."""
REUSED_AT_MOST = 10_000
"""An id that its client reuses for ever names, for joining, only so many of its latest reports."""
RARE = 256
"""Ids that may bear a value for it to be looked up by the index."""
_OFTEN = 20
"""Times that a value must come at once for anybody to look whether it is rare."""
_COMMON_AT_MOST = 10_000
"""Values remembered as not rare."""


class Known(msgspec.Struct, frozen=True):
    """One report of an id, as far as joining needs to know it."""

    sequence: int
    kind: int
    key: int
    number: int
    """The inference that the report belongs to."""


class Waiting(msgspec.Struct, frozen=True):
    """A value whose inference has not arrived."""

    field: int
    sequence: int
    received: int
    inference_id: str
    value: str


class Changes(msgspec.Struct):
    """What a batch changes in the index."""

    reports: dict[bytes, list[Known]] = {}
    """Rows to write, by id; they replace those of equal sequence."""
    waiting: dict[tuple[bytes, int], Waiting] = {}
    """Values that wait from now on."""
    arrived: set[bytes] = set()
    """Ids for which nothing waits any more."""
    withdrawn: set[tuple[bytes, int]] = set()
    """Waiting values that were removed again."""


def identity(inference_id: str) -> bytes:
    """16 bytes that stand for an id: the UUID itself where it is written as one, else a hash."""
    if len(inference_id) == 36:
        try:
            uuid = UUID(inference_id)
        except ValueError:
            pass
        else:
            if str(uuid) == inference_id:
                return uuid.bytes
    return blake2b(inference_id.encode(), digest_size=16).digest()


def value_key(field: str, value: str) -> int:
    """Equal for values that a filter may find equal, such as 7 and 7.0; now and then for others."""
    kind = type_of(value)
    said: str | float | int | None = value
    if kind == "number":
        said = float(value) + 0.0  # which makes zero of minus zero
    elif kind == "boolean":
        said = value.lower()
    return int.from_bytes(
        md5(f"{field}\0{said}".encode(), usedforsecurity=False).digest()[:8], "little", signed=True
    )


def replay_key(report: Report) -> int:
    """Equal for reports that are replays of each other: same model and time. The aggregator, which has no time of its
    own and sends an id's classes one by one, also needs equal detections."""
    said: tuple[object, ...] = report.key
    if report.kind is Kind.AGGREGATOR:
        said = (*said, report.detections)
    return int.from_bytes(blake2b(repr(said).encode(), digest_size=8).digest(), signed=True)


def is_replay(report: Report, key: int, known: Iterable[Known]) -> bool:
    """Whether a report of the same family and key, at least as rich, is known already."""
    family = FAMILIES[report.kind]
    return any(
        other.key == key and FAMILIES[Kind(other.kind)] == family and other.kind <= report.kind
        for other in known
    )


class Index:
    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._connection.execute("PRAGMA journal_mode = WAL")
        # No fsync at commit: what a power cut takes is caught up from the truth.
        self._connection.execute("PRAGMA synchronous = NORMAL")
        self._connection.execute("PRAGMA cache_size = -65536")
        self._connection.execute("PRAGMA wal_autocheckpoint = 10000")
        if self._connection.execute("PRAGMA user_version").fetchone() != (_VERSION,):
            # Made by another version of Sightline: it is derived, so it is made anew.
            for table in ("reports", "waiting", "attached", "bearers", "progress"):
                self._connection.execute(f"DROP TABLE IF EXISTS {table}")
            self._connection.execute(f"PRAGMA user_version = {_VERSION}")
        self._connection.executescript(_SCHEMA)
        self._reused: set[bytes] = set()
        self._common: set[int] = set()

    @property
    def progress(self) -> int:
        """The last sequence of the truth that the index knows of; 0 when it is new."""
        return self._progress()[0]

    @property
    def progress_of_attached(self) -> int:
        """The sequence up to which `attached` knows the log of values. It follows in quiet moments."""
        return self._progress()[1]

    def _progress(self) -> tuple[int, int]:
        found = self._connection.execute("SELECT sequence, attached FROM progress").fetchone()
        return found or (0, 0)

    def attached(self, id_: bytes) -> list[int]:
        """Where the log of values speaks of an id, up to `progress_of_attached`; the latest 1,000 at most."""
        found = self._connection.execute(
            "SELECT sequence FROM attached WHERE id = ? ORDER BY sequence DESC LIMIT 1000", (id_,)
        ).fetchall()
        return [sequence for (sequence,) in found]

    def bearers(self, value: int) -> list[bytes] | None:
        """The ids that may bear a value, by its `value_key`, up to `progress_of_attached`; None if there are many."""
        found = self._connection.execute(
            "SELECT id FROM bearers WHERE value = ? LIMIT ?", (value, RARE + 1)
        ).fetchall()
        return [id_ for (id_,) in found] if len(found) <= RARE else None

    def add_attached(self, rows: Iterable[tuple[bytes, int, int]], upto: int) -> None:
        """(id, key of the value, sequence) of the log of values, up to a sequence."""
        rows = sorted(rows)  # so that neighbouring pages are written together
        for value, times in Counter(value for _, value, _ in rows).items():
            if times >= _OFTEN and value not in self._common and self.bearers(value) is None:
                if len(self._common) >= _COMMON_AT_MOST:
                    self._common.clear()
                self._common.add(value)
        self._connection.execute("BEGIN")
        self._connection.executemany(
            "INSERT OR IGNORE INTO attached VALUES (?, ?)", ((id_, sequence) for id_, _, sequence in rows)
        )
        # Of a value that many bear it is enough to know that.
        rare = sorted((value, id_) for id_, value, _ in rows if value not in self._common)
        self._connection.executemany("INSERT OR IGNORE INTO bearers VALUES (?, ?)", rare)
        self._connection.execute("UPDATE progress SET attached = ?", (upto,))
        self._connection.execute("COMMIT")

    def known(self, ids: Iterable[bytes]) -> dict[bytes, list[Known]]:
        """The reports of each id, in receive order; ids without any are absent."""
        columns = "SELECT id, sequence, kind, key, number FROM reports WHERE"
        wanted = set(ids)
        found: dict[bytes, list[Known]] = {}
        for id_, *rest in self._select(f"{columns} id IN", wanted - self._reused):
            found.setdefault(id_, []).append(Known(*rest))
        self._reused |= {id_ for id_, reports in found.items() if len(reports) > REUSED_AT_MOST}
        for id_ in wanted & self._reused:
            latest = self._connection.execute(
                f"{columns} id = ? ORDER BY sequence DESC LIMIT ?", (id_, REUSED_AT_MOST)
            ).fetchall()
            found[id_] = [Known(*rest) for _, *rest in reversed(latest)]
        return found

    def waiting(self, ids: Iterable[bytes]) -> dict[bytes, list[Waiting]]:
        found: dict[bytes, list[Waiting]] = {}
        columns = "SELECT id, field, sequence, received, inference_id, value FROM waiting WHERE id IN"
        for id_, *rest in self._select(columns, ids):
            found.setdefault(id_, []).append(Waiting(*rest))
        return found

    def waiting_summary(self) -> tuple[int, int, int | None]:
        """Values that wait, the ids they wait for, and when the oldest was received (microseconds)."""
        values, ids, oldest = self._connection.execute(
            "SELECT count(*), count(DISTINCT id), min(received) FROM waiting"
        ).fetchone()
        return values, ids, oldest

    def newest_waiting(self, limit: int) -> list[Waiting]:
        rows = self._connection.execute(
            "SELECT field, sequence, received, inference_id, value FROM waiting ORDER BY received DESC LIMIT ?",
            (limit,),
        )
        return [Waiting(*row) for row in rows]

    def write(self, changes: Changes, sequence: int) -> None:
        """Bring the index to `sequence`, in one transaction."""
        connection = self._connection
        connection.execute("BEGIN")
        try:
            connection.executemany(
                "INSERT OR REPLACE INTO reports VALUES (?, ?, ?, ?, ?)",
                (
                    (id_, known.sequence, known.kind, known.key, known.number)
                    for id_, reports in changes.reports.items()
                    for known in reports
                ),
            )
            connection.executemany("DELETE FROM waiting WHERE id = ?", ((id_,) for id_ in changes.arrived))
            connection.executemany("DELETE FROM waiting WHERE id = ? AND field = ?", changes.withdrawn)
            connection.executemany(
                "INSERT OR REPLACE INTO waiting VALUES (?, ?, ?, ?, ?, ?)",
                (
                    (id_, value.field, value.sequence, value.received, value.inference_id, value.value)
                    for (id_, _), value in changes.waiting.items()
                ),
            )
            if connection.execute("UPDATE progress SET sequence = ?", (sequence,)).rowcount == 0:
                connection.execute("INSERT INTO progress VALUES (?, 0)", (sequence,))
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")

    def reader(self) -> "IndexReader":
        """A connection of its own for a reading thread."""
        (_, _, path) = self._connection.execute("PRAGMA database_list").fetchone()
        return IndexReader(Path(path))

    def close(self) -> None:
        self._connection.close()

    def _select(self, statement: str, ids: Iterable[bytes]) -> Iterable[Sequence[Any]]:
        wanted = list(ids)
        for start in range(0, len(wanted), _AT_ONCE):
            chunk = wanted[start : start + _AT_ONCE]
            yield from self._connection.execute(f"{statement} ({', '.join('?' * len(chunk))})", chunk)


class IndexReader(Index):
    """The index, to be read while the writer writes."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(
            f"file:{path}?mode=ro", uri=True, isolation_level=None, check_same_thread=False
        )
        self._reused = set()
        self._common = set()
