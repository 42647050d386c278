"""`sightline attach`: set metadata on inferences, by hand or from a file."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sightline.cli.console import Json, note, print_json, progress
from sightline.cli.server import DEFAULT_URL, Key, Server, Url, Workspace
from sightline.domain.errors import BadRequest, SightlineError

if TYPE_CHECKING:
    from sightline.cli.rows import Table

VALUES = 20_000
"""Values in one request."""
BYTES = 8 * 1024 * 1024
"""Bytes of ids, fields and values in one request, well below the server's limit for a body."""

Batch = dict[tuple[str, str], str]
"""(inference_id, field) -> value: the last one of a batch holds, as it would if they were sent one by one."""


def attach(
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="ID… FIELD=VALUE…", help="Inference ids, then what to attach."),
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option(
            help="CSV, NDJSON or Parquet with inference_id, field, value; or inference_id and a column a field.",
            exists=True,
            dir_okay=False,
        ),
    ] = None,
    as_json: Json = False,
    url: Url = DEFAULT_URL,
    workspace: Workspace = "",
    key: Key = "",
) -> None:
    """Attach custom metadata to inferences by their ids. An id may come before its inference: its values wait.

    Examples:

        sightline attach a12a19a9-a933-44c9-970c-a55ea03bb453 location=texas line=7 passed=false

        sightline attach --file inspections.csv
    """
    if (words is None) == (file is None):
        raise BadRequest("give either ids with field=value, or --file", hint="sightline attach ID line=7")
    counts = {"values": 0, "empty": 0, "matched": 0, "waiting": 0}
    server = Server(url, workspace, key)
    if file is None:
        batch = _by_hand(words or [])
        _send(server, batch, counts)
    else:
        _from_file(server, file, counts)
    if as_json:
        print_json(counts)
    else:
        empty = f", {counts['empty']:,} empty left out" if counts["empty"] else ""
        note(
            f"{counts['values']:,} values: {counts['matched']:,} matched, {counts['waiting']:,} waiting{empty}"
        )


def _by_hand(words: list[str]) -> Batch:
    ids = [word for word in words if "=" not in word]
    pairs = [word.partition("=") for word in words if "=" in word]
    if not ids or not pairs:
        missing = "inference id" if not ids else "field=value"
        raise BadRequest(f"no {missing} given", hint="sightline attach ID line=7 passed=false")
    if any(not field for field, _, _ in pairs):
        raise BadRequest("a field needs a name before its `=`")
    return {(inference_id, field): value for inference_id in ids for field, _, value in pairs}


def _from_file(server: Server, file: Path, counts: dict[str, int]) -> None:
    from sightline.cli import rows  # noqa: PLC0415  # by hand one need not wait for DuckDB

    table = rows.open_file(file)
    with progress("rows") as bar:
        task = bar.add_task(file.name, total=table.total)
        for batch, read, empty in _batches(table):
            try:
                _send(server, batch, counts)
            except SightlineError as error:
                done = counts["matched"] + counts["waiting"]
                told = f"{error.hint}; " if error.hint else ""
                error.hint = (
                    f"{told}{done:,} values before it are attached; attaching them again changes nothing"
                )
                raise
            counts["empty"] += empty
            bar.update(task, completed=read)


def _batches(table: "Table") -> Iterator[tuple[Batch, int, int]]:
    """Bounded batches, with how many rows are read so far and how many of the batch's values were empty."""
    batch: Batch = {}
    size = empty = read = 0
    for read, inference_id, values in table.rows:
        for field, value in values:
            if value is None:
                empty += 1
                continue
            batch[inference_id, field] = value
            size += len(inference_id) + len(field) + len(value)
        if len(batch) >= VALUES or size >= BYTES:
            yield batch, read, empty
            batch, size, empty = {}, 0, 0
    if batch or empty:
        yield batch, read, empty


def _send(server: Server, batch: Batch, counts: dict[str, int]) -> None:
    if not batch:
        return
    grouped: dict[tuple[str, str], list[str]] = {}
    for (inference_id, field), value in batch.items():
        grouped.setdefault((field, value), []).append(inference_id)
    data: list[dict[str, Any]] = [
        {"inference_ids": ids, "field_name": field, "field_value": value}
        for (field, value), ids in grouped.items()
    ]
    answer = server.post("metadata", {"data": data})
    counts["values"] += len(batch)
    # The answer's own totals count ids; here every value counts.
    counts["matched"] += sum(entry["matched"] for entry in answer["entries"])
    counts["waiting"] += sum(entry["waiting"] for entry in answer["entries"])
