"""A workspace of N inferences with three values each, made in bulk by SQL: the state that the other benchmarks measure.

What it leaves is what the writer would have left, checkpointed: truth, read model, counters, index. Thirty days, three
models, twelve devices, 0 to 4 detections (two on average); `location` (5 values), `line` (9), `serial_number` (unique).
"""

import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import duckdb

from sightline.domain.moment import DAY, HOUR
from sightline.domain.report import Kind, Report
from sightline.store.duckdb.engine import Engine
from sightline.store.index import Index, replay_key
from sightline.store.writer import database_of, index_of

FIELDS = ("location", "line", "serial_number")
CHUNK = 500_000


def load(folder: Path, inferences: int, progress: Callable[[int], None]) -> None:
    """`progress` is told how many inferences are made."""
    folder.mkdir(parents=True)
    engine = Engine(database_of(folder), memory="8GB")
    connection = engine.cursor()
    now = time.time_ns() // 1000
    start = now - 30 * DAY
    step = 30 * DAY // inferences
    for number, name in enumerate(FIELDS, 1):
        connection.execute(f"ALTER TABLE inferences ADD COLUMN f{number} VARCHAR")
        connection.execute("INSERT INTO fields VALUES ($1, $2, TRUE, $3, $4)", [number, name, start, now])
    for first in range(1, inferences + 1, CHUNK):
        last = min(first + CHUNK - 1, inferences)
        _chunk(connection, first, last, start, step)
        progress(last)
    _values(connection, inferences)
    _counters(connection)
    connection.close()
    engine.close()
    engine = Engine(database_of(folder), memory="8GB")
    _index(engine.cursor(), folder, (1 + len(FIELDS)) * inferences)
    engine.close()


def _chunk(connection: duckdb.DuckDBPyConnection, first: int, last: int, start: int, step: int) -> None:
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE made AS
        WITH rows AS (
            SELECT n, hash(n) AS h, {start} + n * {step} AS time,
                   ['parts/3', 'parts/4', 'welds/1'][1 + (hash(n + 1) % 3)::INTEGER] AS model_id,
                   'edge-' || (hash(n + 2) % 12) AS device, 0.05 + (hash(n + 3) % 1000) / 4000 AS latency,
                   md5(n::VARCHAR) AS m,
                   [{{'class': ['scratch', 'dent', 'missing_screw', 'ok'][1 + (hash(n * 10 + k) % 4)::INTEGER],
                     'confidence': 0.3 + (hash(n * 7 + k) % 7000) / 10000.0, 'x': (hash(n * 3 + k) % 640)::DOUBLE,
                     'y': (hash(n * 5 + k) % 480)::DOUBLE, 'width': 40.0, 'height': 30.0}}
                    for k in range((hash(n + 4) % 5)::INTEGER)] AS found
            FROM range({first}, {last + 1}) AS r(n)
        )
        SELECT n AS number, concat_ws('-', m[1:8], m[9:12], m[13:16], m[17:20], m[21:32]) AS inference_id, time,
               model_id, device, latency, found, h, to_json(found)::VARCHAR AS detections FROM rows
        """
    )
    connection.execute(
        """
        INSERT INTO reports SELECT number, time + 30000000, inference_id,
            '{"kind":4,"inference_id":"' || inference_id || '","time":' || time || ',"model":"' || model_id ||
            '","device":"' || device || '","latency":' || latency || ',"detections":' || detections || '}' FROM made
        """
    )
    connection.execute(
        """
        INSERT INTO inferences BY NAME SELECT number, inference_id, time, time + 30000000 AS received, model_id,
            split_part(model_id, '/', 1) AS model, split_part(model_id, '/', 2) AS version,
            'object-detection' AS task, 'external' AS source, device, 'srv' AS server, '1.8.3' AS server_version,
            []::VARCHAR[] AS tags, '0.4' AS threshold, latency, 'self-hosted' AS deployment,
            len(found) AS detection_count, list_avg([d.confidence for d in found]) AS confidence,
            [d.class for d in found] AS classes, [d.confidence for d in found]::DOUBLE[] AS confidences, detections,
            ['texas', 'ohio', 'michigan', 'emea', 'canada'][1 + (h % 5)::INTEGER] AS f1, (1 + h % 9)::VARCHAR AS f2,
            'SN-' || md5((number * 31)::VARCHAR)[1:12] AS f3
        FROM made
        """
    )


def _values(connection: duckdb.DuckDBPyConnection, inferences: int) -> None:
    for number, name in enumerate(FIELDS, 1):
        connection.execute(
            f"INSERT INTO attached_log SELECT {number * inferences} + number, received, inference_id, '{name}', "
            f"f{number}, 'bench', 'bench' FROM inferences ORDER BY number"
        )


def _counters(connection: duckdb.DuckDBPyConnection) -> None:
    hour = f"time - time % {HOUR}"
    unit = "1208925819614629174706176.0"
    connection.execute(
        f"INSERT INTO hourly SELECT {hour}, model_id, device, count(*), sum(detection_count), sum(detection_count), "
        f"coalesce(sum(list_sum([CAST(c * {unit} AS HUGEINT) for c in confidences])), 0), count(latency), "
        f"sum(CAST(latency * {unit} AS HUGEINT)), count(error) FROM inferences GROUP BY ALL"
    )
    connection.execute(
        f"INSERT INTO hourly_classes SELECT hour, model_id, class, count(DISTINCT number), count(*), count(*), "
        f"sum(CAST(confidence * {unit} AS HUGEINT)) FROM (SELECT {hour} AS hour, model_id, number, "
        "unnest(classes) AS class, unnest(confidences) AS confidence FROM inferences) GROUP BY ALL"
    )
    for number in range(1, len(FIELDS) + 1):
        connection.execute(
            f"INSERT INTO value_counts SELECT {number}, f{number}, count(*) FROM inferences GROUP BY ALL"
        )


def _index(connection: duckdb.DuckDBPyConnection, folder: Path, sequence: int) -> None:
    Index(index_of(folder)).close()
    index = sqlite3.connect(index_of(folder), isolation_level=None)
    index.execute("PRAGMA synchronous = OFF")
    index.execute("BEGIN")
    rows = connection.execute(
        "SELECT unhex(replace(inference_id, '-', '')), number, model_id, time FROM inferences ORDER BY inference_id"
    )
    while batch := rows.fetchmany(100_000):
        index.executemany(
            f"INSERT INTO reports VALUES (?, ?, {int(Kind.PINGBACK_TINY)}, ?, ?)",
            [
                (id_, number, replay_key(Report(Kind.PINGBACK_TINY, "", time=moment, model=model)), number)
                for id_, number, model, moment in batch
            ],
        )
    rows = connection.execute(
        "SELECT unhex(replace(inference_id, '-', '')), sequence FROM attached_log ORDER BY inference_id, sequence"
    )
    while batch := rows.fetchmany(100_000):
        index.executemany("INSERT INTO attached VALUES (?, ?)", batch)
    # As `value_key` has it. Of the values that many bear, enough to know that they are many.
    key = "(CASE WHEN k >= 9223372036854775808 THEN k::HUGEINT - 18446744073709551616 ELSE k::HUGEINT END)::BIGINT"
    values = " UNION ALL ".join(
        f"SELECT inference_id, md5_number_upper('{name}' || chr(0) || f{number}{more}) AS k FROM inferences {which}"
        for number, name, more, which in (
            (1, "location", "", "WHERE number < 10000"),
            (2, "line", " || '.0'", "WHERE number < 10000"),
            (3, "serial_number", "", ""),
        )
    )
    rows = connection.execute(
        f"SELECT {key}, unhex(replace(inference_id, '-', '')) AS id FROM ({values}) ORDER BY ALL"
    )
    while batch := rows.fetchmany(100_000):
        index.executemany("INSERT INTO bearers VALUES (?, ?)", batch)
    index.execute("INSERT INTO progress VALUES (?, ?)", (sequence, sequence))
    index.execute("COMMIT")
    index.close()
