"""A small HTTP client that costs little, since it shares the cores with the server that it measures."""

import asyncio
import time
from collections.abc import Callable, Sequence

import msgspec


class Connection:
    """One keep-alive connection."""

    def __init__(self, host: str, port: int, key: str) -> None:
        self._host, self._port, self._key = host, port, key
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def request(self, method: str, path: str, body: bytes = b"") -> bytes:
        """The body of the answer; `RuntimeError` for any status but 200."""
        if self._reader is None or self._writer is None:
            self._reader, self._writer = await asyncio.open_connection(self._host, self._port)
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: {self._host}\r\nAuthorization: Bearer {self._key}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        self._writer.write(head.encode() + body)
        answered = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        length = next(
            int(line.split(":")[1])
            for line in answered.split("\r\n")
            if line.lower().startswith("content-length:")
        )
        content = await self._reader.readexactly(length)
        if not answered.startswith("HTTP/1.1 200"):
            raise RuntimeError(f"{method} {path}: {answered.splitlines()[0]}: {content[:500]!r}")
        return content

    async def close(self) -> None:
        if self._writer is not None:
            self._writer.close()
            await self._writer.wait_closed()


async def timed(connection: Connection, path: str, *, runs: int) -> tuple[list[float], object]:
    """Seconds of each GET after one that is not counted, and the last answer."""
    answer = await connection.request("GET", path)
    seconds = []
    for _ in range(runs):
        begun = time.perf_counter()
        answer = await connection.request("GET", path)
        seconds.append(time.perf_counter() - begun)
    return seconds, msgspec.json.decode(answer)


async def together(
    connections: Sequence[Connection], path: str, body: Callable[[], bytes], *, seconds: float
) -> tuple[list[float], float]:
    """POST from all connections at once, each again as soon as it is answered. (seconds of each, requests a second)"""
    taken: list[float] = []
    begun = time.perf_counter()
    until = begun + seconds

    async def client(connection: Connection) -> None:
        while (now := time.perf_counter()) < until:
            await connection.request("POST", path, body())
            taken.append(time.perf_counter() - now)

    await asyncio.gather(*(client(connection) for connection in connections))
    return taken, len(taken) / (time.perf_counter() - begun)
