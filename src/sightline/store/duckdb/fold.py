"""Folding: moving current values from the overlay into the columns of inferences, in slices small enough to wait for.

DuckDB updates whole vectors of 2,048 rows, so values of recent inferences, which lie close together, fold quickly, and
values scattered over old ones slowly. The engine adapts the span of a slice to how long the last one took.
"""

from collections.abc import Sequence

import duckdb

COLUMNS_AT_MOST = 256
"""Fields with a column of their own. The values of further fields stay in the overlay, where they are asked for too."""
COLUMN_WORTH = 64
"""Values that a field must have before it gets a column."""


def fields_worth_a_column(connection: duckdb.DuckDBPyConnection, columns: Sequence[int]) -> list[int]:
    """Fields without a column, most values first, that should get one now."""
    room = COLUMNS_AT_MOST - len(columns)
    found = connection.execute(
        "SELECT field FROM overlay WHERE field NOT IN (SELECT unnest($1)) GROUP BY field HAVING count(*) >= $2 "
        "ORDER BY count(*) DESC, field LIMIT $3",
        [list(columns), COLUMN_WORTH, max(room, 0)],
    ).fetchall()
    return [int(field) for (field,) in found]


def add_column(connection: duckdb.DuckDBPyConnection, field: int) -> None:
    """In a transaction of its own: DuckDB cannot alter a table that the same transaction has written to."""
    connection.execute("BEGIN")
    connection.execute(f"ALTER TABLE inferences ADD COLUMN f{field} VARCHAR")
    connection.execute("UPDATE fields SET has_column = TRUE WHERE field = $1", [field])
    connection.execute("COMMIT")


def fold_slice(connection: duckdb.DuckDBPyConnection, columns: Sequence[int], span: int) -> int:
    """Fold the newest values: those of the last `span` numbers that have any. Returns how many values were folded.

    To be called inside a transaction: the counters of values, the columns and the overlay change together.
    """
    written = ", ".join(str(field) for field in columns)
    (highest,) = connection.execute(
        f"SELECT max(number) FROM overlay WHERE field IN ({written})"
    ).fetchone() or (None,)
    if highest is None:
        return 0
    # The bounds let the scans skip all row groups that the slice does not touch.
    within = f"number BETWEEN {highest - span + 1} AND {highest}"
    laid = f"field IN ({written}) AND {within}"
    found = connection.execute(
        f"SELECT field, count(*) FROM overlay WHERE {laid} GROUP BY field ORDER BY field"
    )
    values = dict(found.fetchall())
    present = list(values)
    slice_ = (
        "SELECT number, field, arg_max(struct_pack(v := value), sequence).v AS value "
        f"FROM overlay WHERE {laid} GROUP BY number, field"
    )
    _count(connection, slice_, present, within)
    _assign(connection, slice_, present, within)
    connection.execute(f"DELETE FROM overlay WHERE {laid}")
    return sum(values.values())


def _count(connection: duckdb.DuckDBPyConnection, slice_: str, fields: Sequence[int], within: str) -> None:
    old = " ".join(f"WHEN {field} THEN inferences.f{field}" for field in fields)
    connection.execute(
        f"INSERT INTO value_counts WITH slice AS MATERIALIZED ({slice_}) SELECT field, value, sum(n) FROM ("
        f"SELECT slice.field, CASE slice.field {old} END AS value, -1 AS n "
        f"FROM slice JOIN inferences ON inferences.number = slice.number WHERE inferences.{within} "
        "UNION ALL SELECT field, value, 1 FROM slice"
        ") WHERE value IS NOT NULL AND field != 0 GROUP BY field, value HAVING sum(n) != 0"
    )


def _assign(connection: duckdb.DuckDBPyConnection, slice_: str, fields: Sequence[int], within: str) -> None:
    pivoted = ", ".join(
        f"bool_or(field = {field}) AS has{field}, max(value) FILTER (field = {field}) AS v{field}"
        for field in fields
    )
    assigned = ", ".join(
        f"f{field} = CASE WHEN laid.has{field} THEN laid.v{field} ELSE inferences.f{field} END"
        for field in fields
    )
    connection.execute(
        f"UPDATE inferences SET {assigned} FROM (SELECT number, {pivoted} FROM ({slice_}) GROUP BY number) AS laid "
        f"WHERE inferences.number = laid.number AND inferences.{within}"
    )
