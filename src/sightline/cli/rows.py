"""Rows of metadata out of CSV, NDJSON and Parquet files, in bounded pieces."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import msgspec

from sightline.domain.errors import BadRequest
from sightline.domain.value import text_of

ID = "inference_id"
LONG = ("field", "value")
FETCH = 10_000
"""Rows read at once."""

Row = tuple[int, str, list[tuple[str, str | None]]]
"""Number in the file from 1 (a header does not count), inference_id, and (field, value) pairs; None is empty."""


class Table(msgspec.Struct):
    rows: Iterator[Row]
    total: int | None
    """How many rows there are; None where only reading tells."""


def open_file(file: Path) -> Table:
    """Raises `BadRequest` where the file is not one of the three, or has no `inference_id`."""
    suffix = file.suffix.lower()
    if suffix in (".ndjson", ".jsonl"):
        return Table(_of_lines(file), None)
    if suffix in (".csv", ".tsv"):
        # Everything stays the text that it is in the file; only a cell without quotes is empty.
        return _of_relation(
            file, "read_csv($1, header = true, all_varchar = true, allow_quoted_nulls = false)"
        )
    if suffix in (".parquet", ".pq"):
        return _of_relation(file, "read_parquet($1)")
    raise BadRequest(
        f"{file.name} is not a file that can be read", hint="use .csv, .tsv, .ndjson, .jsonl or .parquet"
    )


def _of_relation(file: Path, source: str) -> Table:
    connection = duckdb.connect()
    try:
        # A name is a name, not a pattern.
        parameters = [str(file.resolve()).replace("[", "[[]").replace("*", "[*]").replace("?", "[?]")]
        total = connection.execute(f"SELECT count(*) FROM {source}", parameters).fetchall()[0][0]
        found = connection.execute(f"SELECT CAST(COLUMNS(*) AS VARCHAR) FROM {source}", parameters)
    except duckdb.Error as error:
        raise BadRequest(f"{file.name} cannot be read: {_first_line(error)}") from None
    names = [column[0] for column in found.description or ()]
    if ID not in names:
        raise BadRequest(f"{file.name} has no column {ID}", hint=f"its columns are {', '.join(names)}")
    return Table(_of_cursor(file, found, names), total)


def _of_cursor(file: Path, found: duckdb.DuckDBPyConnection, names: list[str]) -> Iterator[Row]:
    number = 0
    while True:
        try:
            chunk = found.fetchmany(FETCH)
        except duckdb.Error as error:
            raise BadRequest(f"{file.name} cannot be read: {_first_line(error)}") from None
        if not chunk:
            return
        for cells in chunk:
            number += 1
            yield _row(file, number, dict(zip(names, cells, strict=True)))


def _of_lines(file: Path) -> Iterator[Row]:
    with file.open("rb") as lines:
        number = 0
        for line in lines:
            if not line.strip():
                continue
            number += 1
            try:
                record = msgspec.json.decode(line)
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                raise BadRequest(f"not JSON: {error}", where=f"{file.name}, row {number}") from None
            if not isinstance(record, dict):
                raise BadRequest("not a JSON object", where=f"{file.name}, row {number}")
            cells = {name: None if value is None else _text(value) for name, value in record.items()}
            yield _row(file, number, cells)


def _text(value: object) -> str:
    if isinstance(value, str | float | int | bool):
        return text_of(value)
    return msgspec.json.encode(value).decode()


def _row(file: Path, number: int, cells: dict[str, str | None]) -> Row:
    where = f"{file.name}, row {number}"
    inference_id = cells.pop(ID, None)
    if not inference_id:
        raise BadRequest(f"no {ID}", where=where)
    if set(cells) != set(LONG):
        return number, inference_id, list(cells.items())
    field = cells["field"]
    if not field:
        raise BadRequest("no field", where=where)
    return number, inference_id, [(field, cells["value"])]


def _first_line(error: Exception) -> str:
    return str(error).split("\n", 1)[0]
