"""The design's budgets, measured over HTTP against a server of its own, beside the engine's floor in the same run."""

import asyncio
import itertools
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles

import msgspec

from sightline.bench.client import Connection, timed, together
from sightline.bench.floor import floors
from sightline.bench.ports import free_port

KEY = "bench-key"
WORKSPACE = "bench"
SERVERS = 4
"""Inference servers that report at once."""
_WEEK = "start=-7d"
_MONTH = "start=-28d"
_MEASURES = "inferences,confidence,latency_p50,latency_p95"
_SUMS = "inferences,detections,confidence,errors"
_TWO = "filter=location:texas%20line:7%20class:scratch"


class Row(msgspec.Struct, frozen=True):
    """One line of the table. Times in milliseconds; None where a floor or budget does not apply."""

    what: str
    floor: float | None
    measured: float
    budget: float | None
    unit: str = "ms"

    @property
    def ratio(self) -> float | None:
        return self.measured / self.floor if self.floor else None

    @property
    def met(self) -> bool | None:
        if self.budget is None:
            return None
        return self.measured >= self.budget if self.unit.endswith("/s") else self.measured <= self.budget


def measure(
    data: Path, *, runs: int = 15, seconds: float = 5.0, tell: Callable[[str], None] = print
) -> list[Row]:
    """`data` holds a workspace `bench` as `load` makes it. The server runs on a free port of the loopback."""
    tell("the engine's floor")
    floor = {name: 1000 * value for name, value in floors(data / "workspaces" / WORKSPACE).items()}
    with serving(data) as (server, port, start):
        tell("questions")
        rows = [Row("start to the first answer", None, 1000 * start, 2000)]
        rows.append(Row("memory, after the start", None, memory(server), 200, "MB"))
        rows += asyncio.run(_questions(port, floor, runs))
        tell("attaching")
        rows += asyncio.run(_attaching(port, floor, seconds))
        tell("reports")
        rows += asyncio.run(_reports(port, seconds))
        rows.append(Row("memory, after the load", None, memory(server), 2000, "MB"))
    return rows


@contextmanager
def serving(data: Path) -> Iterator[tuple[int, int, float]]:
    """(process id, port, seconds from start to the first answer)"""
    port = free_port()
    environment = {
        "SIGHTLINE_DATA": str(data),
        "SIGHTLINE_PORT": str(port),
        "SIGHTLINE_BOOTSTRAP_WORKSPACE": WORKSPACE,
        "SIGHTLINE_BOOTSTRAP_API_KEY": KEY,
        "PATH": "/usr/bin:/bin",
    }
    begun = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-P", "-m", "sightline", "serve"], env=environment, stdout=subprocess.DEVNULL
    ) as server:
        try:
            asyncio.run(_first_answer(server, port))
            yield server.pid, port, time.perf_counter() - begun
        finally:
            server.terminate()


async def _first_answer(server: "subprocess.Popen[bytes]", port: int) -> None:
    while server.poll() is None:
        connection = Connection("127.0.0.1", port, KEY)
        try:
            await connection.request("GET", f"/api/v1/{WORKSPACE}/summary")
        except OSError:
            await asyncio.sleep(0.01)
        else:
            await connection.close()
            return
    raise RuntimeError("the server ended before it answered; see its errors above")


def memory(process: int) -> float:
    """Resident memory in MB; 0 where the system does not tell."""
    status = Path(f"/proc/{process}/status")
    if not status.exists():
        return 0.0
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


async def _questions(port: int, floor: dict[str, float], runs: int) -> list[Row]:
    connection = Connection("127.0.0.1", port, KEY)
    root = f"/api/v1/{WORKSPACE}"

    async def ask(what: str, path: str, budget: float, floor_name: str) -> object:
        taken, answer = await timed(connection, root + path, runs=runs)
        rows.append(Row(what, floor[floor_name], 1000 * median(taken), budget))
        return answer

    rows: list[Row] = []
    await ask("totals and change against the period before", f"/summary?{_WEEK}", 15, "summary")
    await ask("per model and class", f"/models?{_WEEK}", 25, "models")
    await ask(
        "hourly series under a metadata filter",
        f"/series?{_MONTH}&bucket=1h&filter=location:texas&measures={_SUMS}",
        40,
        "series",
    )
    search = f"/inferences?{_MONTH}&limit=50&{_TWO}"
    page = await ask("newest 50, two fields and a class", search, 40, "search")
    if not isinstance(page, dict):
        raise TypeError("the search did not answer an object")
    await ask("the next page", f"{search}&cursor={page['next_cursor']}", 50, "search")
    await ask("group by a field", f"/groups?by=line&{_WEEK}&measures={_MEASURES}", 80, "groups")
    await ask("list of fields", "/fields", 40, "fields")
    one = page["items"][10]
    await ask("one inference by id", f"/inferences/{one['inference_id']}", 10, "by id")
    serial = one["metadata"]["serial_number"]
    await ask("by a unique value", f"/inferences?{_MONTH}&filter=serial_number:{serial}", 10, "by value")
    await connection.close()
    return rows


async def _attaching(port: int, floor: dict[str, float], seconds: float) -> list[Row]:
    connections = [Connection("127.0.0.1", port, KEY) for _ in range(64)]
    found = msgspec.json.decode(
        await connections[0].request("GET", f"/api/v1/{WORKSPACE}/inferences?limit=1000")
    )
    ids = [item["inference_id"] for item in found["items"]]
    turn = itertools.count()

    def body() -> bytes:
        number = next(turn)
        entry = {
            "inference_ids": [ids[number % len(ids)]],
            "field_name": "operator",
            "field_value": f"o{number % 9}",
        }
        return msgspec.json.encode({"data": [entry]})

    path = f"/{WORKSPACE}/inference-stats/metadata"
    alone, _ = await together(connections[:1], path, body, seconds=seconds)
    crowd, rate = await together(connections, path, body, seconds=seconds)
    rows = [
        Row("attach one value, 1 client", floor["commit"], 1000 * median(alone), 8),
        Row("attach one value, 64 clients, p50", floor["commit"], 1000 * median(crowd), 20),
        Row("attach one value, 64 clients, p99", floor["commit"], 1000 * quantiles(crowd, n=100)[98], 80),
        Row("attach one value, 64 clients", None, rate, 3000, "requests/s"),
    ]
    for connection in connections:
        await connection.close()
    return rows


async def _reports(port: int, seconds: float) -> list[Row]:
    """Pingbacks of 1,000 records while somebody reads, then ten thousand values at a time for what they brought."""
    writer, reader, *servers = (Connection("127.0.0.1", port, KEY) for _ in range(2 + SERVERS))
    done = asyncio.Event()
    ids: list[str] = []

    async def read() -> None:
        question = f"/api/v1/{WORKSPACE}/series?{_WEEK}&filter=location:texas&measures={_SUMS}"
        while not done.is_set():
            await reader.request("GET", question)

    def pingback() -> bytes:
        ids.extend(new := [str(uuid.uuid4()) for _ in range(1000)])
        return report(new)

    reading = asyncio.create_task(read())
    _, rate = await together(servers, "/inference-stats", pingback, seconds=seconds)
    records = 1000 * rate
    done.set()
    await reading
    attached, taken = 0, 0.0
    for start in itertools.cycle(range(0, max(len(ids) - 10_000, 1), 10_000)):
        entry = {
            "inference_ids": ids[start : start + 10_000],
            "field_name": "batch",
            "field_value": f"b{attached}",
        }
        body = msgspec.json.encode({"data": [entry]})
        begun = time.perf_counter()
        await writer.request("POST", f"/{WORKSPACE}/inference-stats/metadata", body)
        taken += time.perf_counter() - begun
        attached += len(entry["inference_ids"])
        if taken > seconds:
            break
    await writer.close()
    for connection in (reader, *servers):
        await connection.close()
    return [
        Row(f"pingback records of {SERVERS} servers while being read", None, records, 15_000, "records/s"),
        Row("attach in bulk, recent inferences", None, attached / taken, 50_000, "values/s"),
    ]


def report(ids: list[str]) -> bytes:
    """A pingback in the tiny form, as an inference server sends it."""
    now = time.time()
    return msgspec.json.encode(
        {
            "api_key": KEY,
            "timestamp": str(int(now)),
            "device_id": "bench",
            "inference_server_id": "bench1",
            "inference_server_version": "1.8.3",
            "tags": [""],
            "inference_results": [
                {
                    "request_time": now - place / 1000,
                    "inference": {
                        "inference_id": id_,
                        "inference_server_version": "1.8.3",
                        "inference_server_id": "bench1",
                        "request": {
                            "api_key": KEY,
                            "source": "external",
                            "source_info": "external",
                            "model_id": "parts/3",
                            "model_type": None,
                            "confidence": 0.4,
                        },
                        "response": [
                            {
                                "predictions": [
                                    {"class": "scratch", "confidence": 0.9},
                                    {"class": "dent", "confidence": 0.5},
                                ],
                                "time": 0.05,
                            }
                        ],
                    },
                }
                for place, id_ in enumerate(ids)
            ],
        }
    )
