"""Reading the truth of a workspace again, in receive order, as batches that a plan can be made of."""

from collections.abc import Iterator
from itertools import groupby

import duckdb
import msgspec

from sightline.domain.merge import Stamped
from sightline.domain.report import Report
from sightline.domain.value import Attachment
from sightline.store.plan import StampedAttachment

_decode_report = msgspec.json.Decoder(Report).decode

SEQUENCES_AT_ONCE = 20_000


def read_truth(
    connection: duckdb.DuckDBPyConnection, *, after: int, upto: int
) -> Iterator[tuple[int, list[Stamped], list[StampedAttachment]]]:
    """(last sequence, reports, attachments) a batch, from the one after `after` to `upto`."""
    for start in range(after, upto, SEQUENCES_AT_ONCE):
        end = min(start + SEQUENCES_AT_ONCE, upto)
        reports = connection.execute(
            "SELECT sequence, received, body FROM reports WHERE sequence > $1 AND sequence <= $2 ORDER BY sequence",
            [start, end],
        ).fetchall()
        values = connection.execute(
            "SELECT sequence, received, field, value, inference_id FROM attached_log "
            "WHERE sequence > $1 AND sequence <= $2 ORDER BY sequence, rowid",
            [start, end],
        ).fetchall()
        yield (
            end,
            [(sequence, received, _decode_report(body)) for sequence, received, body in reports],
            [
                (entry[0], entry[1], Attachment([row[4] for row in rows], entry[2], entry[3]))
                for entry, rows in groupby(values, key=lambda row: row[:4])
            ],
        )
