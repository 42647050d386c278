"""One consistent look at a workspace: what the questions ask through."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import duckdb
import msgspec

from sightline.store.duckdb.deadline import Deadlines, OutOfTime
from sightline.store.index import RARE, IndexReader, Known, identity, value_key

_EQUALITIES = 32
"""Entries of the log that are looked up one by one."""


class Field(msgspec.Struct, frozen=True):
    """A metadata field as it stands in this look."""

    number: int
    name: str
    has_column: bool
    has_overlay: bool
    """Some of its values are not folded into its column (yet)."""
    first_seen: int
    """When a value of it was first attached, microseconds."""
    last_seen: int
    """When a value of it was last attached, to the minute."""

    @property
    def column(self) -> str:
        """The name of its column in a relation, holding the value's text or NULL."""
        return f"f{self.number}"


class Session:
    """A read-only transaction. Everything asked through one session sees the same state."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, index: IndexReader, deadlines: Deadlines
    ) -> None:
        self._connection = connection
        self._index = index
        self._deadlines = deadlines
        self._begin()

    def _begin(self) -> None:
        self._connection.execute("BEGIN")
        found = self._connection.execute(
            "SELECT field, name, has_column, field IN (SELECT field FROM overlay), first_seen, last_seen "
            "FROM fields ORDER BY field"
        ).fetchall()
        image, *others = (Field(*row) for row in found)
        self.image = image
        """The built-in field 0, `f0`: the content hash of an inference's picture. Its name is `IMAGE_FIELD`."""
        self.fields: Mapping[str, Field] = {field.name: field for field in others}
        """Every metadata field by its name."""

    def rows(
        self, sql: str, parameters: Mapping[str, Any] | None = None, *, milliseconds: float | None = None
    ) -> list[tuple[Any, ...]]:
        """All rows of a query; `parameters` are bound to `$name`. `OutOfTime` if it takes longer than it may."""
        if milliseconds is None:
            return self._connection.execute(sql, dict(parameters or {})).fetchall()
        try:
            with self._deadlines.limited(self._connection, milliseconds / 1000):
                return self._connection.execute(sql, dict(parameters or {})).fetchall()
        except OutOfTime:
            # DuckDB gives up a transaction whose statement was interrupted. What is asked next sees a newer state.
            self._connection.execute("ROLLBACK")
            self._begin()
            raise

    def row(self, sql: str, parameters: Mapping[str, Any] | None = None) -> tuple[Any, ...]:
        """The one row of a query that always has one."""
        found = self._connection.execute(sql, dict(parameters or {})).fetchone()
        if found is None:
            raise LookupError(sql)
        return found

    def numbers(self, inference_id: str) -> list[int]:
        """The inferences that bear an id, by number; empty when none has arrived."""
        return sorted({known.number for known in self._known(inference_id)})

    def report_sequences(self, inference_id: str) -> list[int]:
        """Where the reports of an id stand in the truth."""
        return [known.sequence for known in self._known(inference_id)]

    def log_of(self, inference_id: str) -> str:
        """A FROM term: what the log of values says of one id, which the query binds to `$inference_id`."""
        upto = self._index.progress_of_attached  # read first, because the index goes on
        known = self._index.attached(identity(inference_id))
        one = "SELECT * FROM attached_log WHERE inference_id = $inference_id AND sequence"
        # Equalities are found quickest, one by one, but each makes the statement longer.
        found = (
            [f"{one} = {sequence}" for sequence in known]
            if len(known) <= _EQUALITIES
            else [f"{one} IN ({', '.join(map(str, known))})"]
        )
        return f"({' UNION ALL '.join([*found, f'{one} > {upto}'])})"

    def bearers(
        self, field: str, values: Iterable[str], latest: str, parameters: Mapping[str, Any]
    ) -> list[int] | None:
        """The inferences, by number, that may bear one of some rare values; None if they are many, or not all known.

        `latest` tells, over the columns `field` and `value` of the log, what the index may not know of yet.
        """
        upto = self._index.progress_of_attached  # read first, because the index goes on
        ids: set[bytes] = set()
        for value in values:
            found = self._index.bearers(value_key(field, value))
            if found is None:
                return None
            ids.update(found)
        (newest,) = self.row("SELECT coalesce(max(number), 0) FROM inferences")
        if newest > self._index.progress:
            return None
        rows = self.rows(
            f"SELECT DISTINCT inference_id FROM attached_log WHERE sequence > {upto} AND {latest} LIMIT {RARE + 1}",
            parameters,
        )
        ids.update(identity(inference_id) for (inference_id,) in rows)
        if len(ids) > RARE:
            return None
        return sorted({known.number for reports in self._index.known(ids).values() for known in reports})

    def waiting_values(self, inference_id: str) -> int:
        """How many values wait for an id."""
        return len(self._index.waiting([identity(inference_id)]).get(identity(inference_id), ()))

    def waiting_summary(self) -> tuple[int, int, int | None]:
        """Values that wait, the ids they wait for, and when the oldest was received (microseconds)."""
        return self._index.waiting_summary()

    def waiting_items(self, limit: int) -> list[tuple[str, str, str, int]]:
        """(inference_id, field name, value, received) of the values that wait, newest first."""
        names = {field.number: field.name for field in (*self.fields.values(), self.image)}
        return [
            (found.inference_id, names[found.field], found.value, found.received)
            for found in self._index.newest_waiting(limit)
            if found.field in names
        ]

    def _known(self, inference_id: str) -> list[Known]:
        id_ = identity(inference_id)
        return self._index.known([id_]).get(id_, [])

    def relation(self, names: Iterable[str] = ()) -> str:
        """A FROM term: inferences with a column `f<number>` for each of the named metadata fields.

        Values that are not folded into their column are laid over it here, so a value can be asked for as soon as
        it is attached. Use it as `FROM {session.relation(names)} AS i`.
        """
        known = {**self.fields, self.image.name: self.image}
        wanted = [known[name] for name in sorted(set(names)) if name in known]
        patched = [field for field in wanted if field.has_overlay or not field.has_column]
        if not patched:
            return "inferences"
        return f"({_patched(patched)})"


def _patched(patched: Sequence[Field]) -> str:
    numbers = ", ".join(str(field.number) for field in patched)
    replaced = ", ".join(field.column for field in patched if field.has_column)
    kept = f"inferences.* EXCLUDE ({replaced})" if replaced else "inferences.*"
    chosen = ", ".join(
        f"CASE WHEN laid.number IS NOT NULL AND laid.s{field.number} IS NOT NULL "
        f"THEN laid.v{field.number} ELSE {'inferences.' + field.column if field.has_column else 'NULL'} "
        f"END AS {field.column}"
        for field in patched
    )
    latest = ", ".join(
        f"max(sequence) FILTER (field = {field.number}) AS s{field.number}, "
        f"arg_max(struct_pack(value := value), sequence) FILTER (field = {field.number}).value AS v{field.number}"
        for field in patched
    )
    return (
        f"SELECT {kept}, {chosen} FROM inferences LEFT JOIN "
        f"(SELECT number, {latest} FROM overlay WHERE field IN ({numbers}) GROUP BY number) AS laid "
        "ON inferences.number = laid.number"
    )
