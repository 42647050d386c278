"""The engine's floor: the shortest SQL that could answer each question, on the bare file, without any of our code."""

import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import duckdb

from sightline.domain.moment import DAY, HOUR, WEEK
from sightline.store.writer import database_of

RUNS = 9


def floors(folder: Path) -> dict[str, float]:
    """Median seconds of each question's floor. The file is opened for the measurement and closed again."""
    connection = duckdb.connect(str(database_of(folder)), config={"threads": 2})
    try:
        (serial,) = connection.execute("SELECT any_value(f3) FROM inferences").fetchone() or ("",)
        (now,) = connection.execute("SELECT max(time) FROM inferences").fetchone() or (0,)
        connection.execute(
            "CREATE TEMP TABLE written(number BIGINT, field INTEGER, sequence BIGINT, value VARCHAR)"
        )
        asked = {name: _timed(connection, sql) for name, sql in _questions(now, serial).items()}
        asked["commit"] = _commit(connection)
    finally:
        connection.close()
    return asked


def _timed(connection: duckdb.DuckDBPyConnection, sql: str) -> float:
    return _median(lambda: connection.execute(sql).fetchall())


def _commit(connection: duckdb.DuckDBPyConnection) -> float:
    connection.execute("CREATE OR REPLACE TABLE bench_commit(number BIGINT, value VARCHAR)")

    def commit() -> None:
        connection.execute("BEGIN")
        connection.execute("INSERT INTO bench_commit VALUES (1, 'texas')")
        connection.execute("COMMIT")

    seconds = _median(commit)
    connection.execute("DROP TABLE bench_commit")
    return seconds


def _median(work: Callable[[], object]) -> float:
    work()
    seconds = []
    for _ in range(RUNS):
        begun = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - begun)
    return median(seconds)


def _questions(now: int, serial: str) -> dict[str, str]:
    month, week = now - 28 * DAY, now - WEEK
    page = (
        "SELECT number, time FROM inferences WHERE f1 = 'texas' AND f2 = '7' AND list_contains(classes, 'scratch') "
        f"AND time >= {month} ORDER BY time DESC LIMIT 50"
    )
    return {
        "summary": "SELECT sum(inferences), sum(confidence_total), sum(latency_total) FROM hourly "
        f"WHERE hour >= {week}",
        "models": f"SELECT model_id, class, sum(detections) FROM hourly_classes WHERE hour >= {week} GROUP BY ALL",
        "series": f"SELECT time - time % {HOUR} AS hour, count(*), avg(confidence), avg(latency) FROM inferences "
        f"WHERE time >= {month} AND f1 = 'texas' GROUP BY ALL",
        "search": page,
        "groups": "SELECT f2, count(*), avg(confidence), quantile_cont(latency, [0.5, 0.95]) FROM inferences "
        f"WHERE time >= {week} GROUP BY ALL",
        "fields": "SELECT field, count(*), sum(inferences) FROM value_counts WHERE field < 3 GROUP BY ALL",
        "by id": "SELECT * FROM inferences WHERE number = 1000",
        "by value": f"SELECT number FROM inferences WHERE f3 = '{serial}'",
    }
