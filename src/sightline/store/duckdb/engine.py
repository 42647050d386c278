"""The DuckDB file of a workspace: how it is opened, written to, looked at and brought to order."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib.resources import files
from pathlib import Path

import duckdb
import msgspec

from sightline.domain.errors import Conflict
from sightline.domain.merge import Stamped
from sightline.domain.moment import MINUTE
from sightline.domain.report import Report
from sightline.domain.value import IMAGE_FIELD
from sightline.store.duckdb import counters, fold
from sightline.store.plan import StampedAttachment

_SCHEMA = files("sightline.store.duckdb").joinpath("schema.sql").read_text(encoding="utf-8")
_decode_report = msgspec.json.Decoder(Report).decode

SLICE_SECONDS = 0.025
"""What a slice of folding may take; it grows or shrinks to that."""
LEAST_SPAN, GREATEST_SPAN = 4_096, 4_194_304
"""Numbers of inferences that one slice may span."""
LOG_AT_ONCE = 2_000
"""Values that the index takes up in one step."""
COMPACT_AFTER = 5_000
"""Rows by which a counter table may grow before it is folded together."""


class Engine:
    """Used by the writer's thread alone, but for `cursor`, which hands a connection to a reader."""

    def __init__(self, path: Path, *, memory: str = "1GB") -> None:
        self.path = path
        try:
            self._connection = duckdb.connect(
                str(path),
                # Checkpoints run when we say so, never inside somebody's request.
                config={"memory_limit": memory, "checkpoint_threshold": "1TB", "threads": 2},
            )
        except duckdb.IOException as error:
            if "lock" not in str(error):
                raise
            raise Conflict(
                f"the workspace in {path.parent} is open in another process",
                hint="stop the server that uses this folder, or ask it over HTTP",
            ) from error
        self._connection.execute(_SCHEMA)
        if not self._connection.execute("SELECT 1 FROM fields WHERE field = 0").fetchone():
            self._connection.execute("INSERT INTO fields VALUES (0, $1, TRUE, 0, 0)", [IMAGE_FIELD])
        self.fields: dict[str, int] = {}
        """Every field's number by its name."""
        self.columns: list[int] = []
        """The fields that have a column."""
        self._last_seen: dict[str, int] = {}
        self._read_fields()
        self.sequence = self.last_sequence()
        self._span = 4 * LEAST_SPAN
        self._compacted = {table: self._rows_of(table) for table in counters.COUNTERS}

    def _read_fields(self) -> None:
        found = self._connection.execute(
            "SELECT name, field, has_column, last_seen FROM fields ORDER BY field"
        ).fetchall()
        self.fields = {name: field for name, field, _, _ in found}
        self.columns = [field for _, field, has_column, _ in found if has_column]
        self._last_seen = {name: last_seen for name, _, _, last_seen in found}

    def last_sequence(self) -> int:
        """The last sequence given out. The truth is in receive order, so the last rows tell."""
        tables = ("reports", "attached_log", "heartbeats", "rejected")
        last = ", ".join(f"(SELECT coalesce(max(sequence), 0) FROM {table})" for table in tables)
        found = self._connection.execute(f"SELECT greatest({last})").fetchone()
        return int(found[0]) if found else 0

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """A connection of its own to the same database."""
        return self._connection.cursor()

    @contextmanager
    def transaction(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """All of it is on disk at the end, or none of it."""
        self._connection.execute("BEGIN")
        try:
            yield self._connection
        except BaseException:
            # After a failed write to disk the transaction is gone already; the first error tells why.
            with suppress(duckdb.Error):
                self._connection.execute("ROLLBACK")
                self._read_fields()
            raise
        self._connection.execute("COMMIT")

    def note_fields(
        self, connection: duckdb.DuckDBPyConnection, attachments: Sequence[StampedAttachment]
    ) -> None:
        """Number the fields that are new, in order of appearance, and note when each was last seen; part of the
        transaction that stores the attachments."""
        seen: dict[str, list[int]] = {}
        for _, received, attachment in attachments:
            seen.setdefault(attachment.field, []).append(received)
        for name, moments in seen.items():
            minute = max(moments) - max(moments) % MINUTE
            if name not in self.fields:
                self.fields[name] = len(self.fields)
                connection.execute(
                    "INSERT INTO fields VALUES ($1, $2, FALSE, $3, $4)",
                    [self.fields[name], name, min(moments), minute],
                )
            elif minute > self._last_seen[name]:
                connection.execute(
                    "UPDATE fields SET last_seen = $1 WHERE field = $2", [minute, self.fields[name]]
                )
            else:
                continue
            self._last_seen[name] = minute

    def load(self, sequences: Sequence[int]) -> list[Stamped]:
        """Reports from the truth."""
        if not sequences:
            return []
        rows = self._connection.execute(
            "SELECT sequence, received, body FROM reports WHERE sequence BETWEEN $1 AND $2 "
            "AND sequence IN (SELECT unnest($3))",
            [min(sequences), max(sequences), list(sequences)],
        ).fetchall()
        return [(sequence, received, _decode_report(body)) for sequence, received, body in rows]

    def log_after(self, sequence: int) -> tuple[list[tuple[str, str, str | None, int]], int]:
        """(inference_id, field, value, sequence) of the next entries of the log of values, and how far they reach."""
        found = self._connection.execute(
            "SELECT max(sequence) FROM (SELECT sequence FROM attached_log WHERE sequence > $1 LIMIT $2)",
            [sequence, LOG_AT_ONCE],
        ).fetchone()
        if not found or found[0] is None:
            return [], sequence
        rows = self._connection.execute(
            "SELECT inference_id, field, value, sequence FROM attached_log WHERE sequence > $1 AND sequence <= $2",
            [sequence, found[0]],
        ).fetchall()
        return rows, found[0]

    # Order, in the time between requests.

    @property
    def unfolded(self) -> int:
        """Values in the overlay."""
        return self._rows_of("overlay")

    def _rows_of(self, table: str) -> int:
        found = self._connection.execute(f"SELECT count(*) FROM {table}").fetchone()
        return int(found[0]) if found else 0

    def add_columns(self) -> bool:
        """Give a column to the next field that is worth one."""
        for field in fold.fields_worth_a_column(self._connection, self.columns)[:1]:
            fold.add_column(self._connection, field)
            self.columns.append(field)
            return True
        return False

    def fold(self) -> int:
        """Fold one slice of the overlay; returns the values folded."""
        begun = time.perf_counter()
        with self.transaction() as connection:
            folded = fold.fold_slice(connection, self.columns, self._span)
        seconds = time.perf_counter() - begun
        if seconds > 2 * SLICE_SECONDS:
            self._span = max(self._span // 2, LEAST_SPAN)
        elif folded and seconds < SLICE_SECONDS:
            self._span = min(self._span * 2, GREATEST_SPAN)
        return folded

    def compact(self) -> bool:
        """Fold one counter table together, if it has grown by much."""
        for table, left in self._compacted.items():
            if self._rows_of(table) > 2 * left + COMPACT_AFTER:
                with self.transaction() as connection:
                    self._compacted[table] = counters.compact(connection, table)
                return True
        return False

    @property
    def unchecked(self) -> int:
        """Bytes in the write-ahead log."""
        log = self.path.with_name(self.path.name + ".wal")
        try:
            return log.stat().st_size
        except FileNotFoundError:
            return 0

    def checkpoint(self) -> bool:
        """Move the write-ahead log into the file; False if readers are in the way just now."""
        try:
            self._connection.execute("CHECKPOINT")
        except duckdb.TransactionException:
            return False
        return True

    def close(self) -> None:
        self._connection.close()
