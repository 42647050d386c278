"""Making the read model of a workspace anew from its truth. Nothing else may have the folder open."""

import shutil
from collections.abc import Callable
from pathlib import Path

from sightline.domain.errors import NotFound
from sightline.store.duckdb.apply import apply_plan
from sightline.store.duckdb.engine import Engine
from sightline.store.index import Index
from sightline.store.plan import make_plan
from sightline.store.truth import read_truth
from sightline.store.writer import database_of, index_of

_TRUTH = ("reports", "attached_log", "heartbeats", "rejected")


def rebuild(
    folder: Path, *, memory: str = "1GB", progress: Callable[[int, int], None] = lambda _done, _all: None
) -> int:
    """Replace the read model of the workspace in `folder`; returns the last sequence. The old one stays in place until
    the new one is whole. `progress` is told how many sequences are done, and of how many."""
    if not database_of(folder).exists():
        raise NotFound(
            f"there is no workspace in {folder}", hint="name the folder that holds workspace.duckdb"
        )
    scratch = folder / "rebuild"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir()
    engine = Engine(database_of(scratch), memory=memory)
    index = Index(index_of(scratch))
    try:
        last = _copy_truth(engine, database_of(folder))
        for upto, reports, attachments in read_truth(engine.cursor(), after=0, upto=last):
            with engine.transaction() as connection:
                engine.note_fields(connection, attachments)
                plan = make_plan(reports, attachments, index, engine.fields, engine.load)
                apply_plan(connection, plan, engine.columns)
            index.write(plan.index, upto)
            while engine.add_columns() or engine.fold():
                pass
            progress(upto, last)
        while engine.compact():
            pass
    finally:
        index.close()
        engine.close()
    # Without its index a workspace catches up by itself, so a crash between these steps costs time, not data.
    for leftover in folder.glob(index_of(folder).name + "*"):
        leftover.unlink()
    database_of(folder).with_name("workspace.duckdb.wal").unlink(missing_ok=True)
    database_of(scratch).replace(database_of(folder))
    index_of(scratch).replace(index_of(folder))
    shutil.rmtree(scratch)
    return last


def _copy_truth(engine: Engine, old: Path) -> int:
    connection = engine.cursor()
    # Opening also replays the old file's write-ahead log.
    connection.execute(f"ATTACH '{str(old).replace(chr(39), chr(39) * 2)}' AS old")
    with engine.transaction() as transaction:
        for table in _TRUTH:
            transaction.execute(f"INSERT INTO {table} SELECT * FROM old.{table} ORDER BY sequence")
    connection.execute("CHECKPOINT old")
    connection.execute("DETACH old")
    engine.sequence = engine.last_sequence()
    return engine.sequence
