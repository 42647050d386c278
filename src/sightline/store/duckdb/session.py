"""One consistent look at a workspace: what the questions ask through."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import duckdb
import msgspec


class Field(msgspec.Struct, frozen=True):
    """A metadata field as it stands in this look."""

    number: int
    name: str
    has_column: bool
    has_overlay: bool
    """Some of its values are not folded into its column (yet)."""
    first_seen: int
    """Microseconds."""

    @property
    def column(self) -> str:
        """The name of its column in a relation, holding the value's text or NULL."""
        return f"f{self.number}"


class Session:
    """A read-only transaction. Everything asked through one session sees the same state."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, fields: Mapping[str, Field], image: Field) -> None:
        self._connection = connection
        self.fields = fields
        """Every metadata field by its name."""
        self.image = image
        """The built-in field 0, `f0`: the content hash of an inference's picture. Its name is `IMAGE_FIELD`."""

    def rows(self, sql: str, parameters: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
        """All rows of a query; `parameters` are bound to `$name`."""
        return self._connection.execute(sql, dict(parameters or {})).fetchall()

    def row(self, sql: str, parameters: Mapping[str, Any] | None = None) -> tuple[Any, ...]:
        """The one row of a query that always has one."""
        found = self._connection.execute(sql, dict(parameters or {})).fetchone()
        if found is None:
            raise LookupError(sql)
        return found

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
