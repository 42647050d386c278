"""The application for the tests of http, contract and e2e: inside the test's process, and as a real server."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from sightline.http.app import create_app
from sightline.http.state import State
from sightline.settings import Settings

KEY = "key-of-acme"


class Client:
    """Speaks to an application in this process over a real store. Requests carry no key unless told to."""

    def __init__(self, settings: Settings) -> None:
        self._runner = asyncio.Runner()
        self.app = create_app(settings)
        self.state: State = self.app.state.sightline
        self._lifespan = self.app.router.lifespan_context(self.app)
        self.run(self._lifespan.__aenter__())
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        self.http = httpx.AsyncClient(transport=transport, base_url="http://sightline.test")

    def run(self, work: Any) -> Any:
        return self._runner.run(work)

    def request(self, method: str, path: str, *, key: str | None = None, **given: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        given["headers"] = {**headers, **given.pop("headers", {})}
        response: httpx.Response = self.run(self.http.request(method, path, **given))
        return response

    def get(self, path: str, **given: Any) -> httpx.Response:
        return self.request("GET", path, **given)

    def post(self, path: str, **given: Any) -> httpx.Response:
        return self.request("POST", path, **given)

    def delete(self, path: str, **given: Any) -> httpx.Response:
        return self.request("DELETE", path, **given)

    def ask(self, question: str, **parameters: Any) -> Any:
        """The answer of a question of the native API about `acme`."""
        response = self.get(f"/api/v1/acme/{question}", key=KEY, params=parameters)
        assert response.status_code == 200, response.text
        return response.json()

    def close(self) -> None:
        self.run(self.http.aclose())
        self.run(self._lifespan.__aexit__(None, None, None))
        self._runner.close()


class Server:
    """`sightline.http.server.serve` in a process of its own."""

    CODE = (
        "import os; from sightline import settings; from sightline.http.server import serve; "
        "serve(settings.load(os.environ), lambda line: print(line, flush=True))"
    )

    def __init__(self, folder: Path, **environment: str) -> None:
        self._path = folder / "server.log"
        self._log = self._path.open("w")
        given = {
            "SIGHTLINE_DATA": str(folder / "data"),
            "SIGHTLINE_PORT": "0",
            "SIGHTLINE_BOOTSTRAP_WORKSPACE": "acme",
            "SIGHTLINE_BOOTSTRAP_API_KEY": KEY,
        }
        self.process = subprocess.Popen(
            [sys.executable, "-c", self.CODE],
            env={**os.environ, **given, **environment},
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
        )
        assert self.process.stdout is not None
        self.greeting = self.process.stdout.readline()
        if "http://" not in self.greeting:
            log = self.log()
            self.stop()
            pytest.fail(f"the server did not start: {log}")
        self.address = self.greeting.split("http://")[1].split(",")[0]
        self.url = f"http://{self.address}"

    def log(self) -> str:
        return self._path.read_text()

    def tell_to_stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)

    def stop(self) -> int:
        """Its exit code."""
        if self.process.poll() is None:
            self.tell_to_stop()
        try:
            return self.process.wait(30)
        finally:
            self.close()

    def close(self) -> None:
        """However it stands; twice does no harm."""
        if self._log.closed:
            return
        self.process.kill()
        self.process.communicate()
        self._log.close()


@pytest.fixture(scope="module")
def make_client_in() -> Iterator[Callable[..., Client]]:
    """For modules whose tests may share one."""
    opened: list[Client] = []

    def make(folder: Path, **given: Any) -> Client:
        usual = {"data": str(folder / "data"), "bootstrap_workspace": "acme", "bootstrap_api_key": KEY}
        opened.append(Client(Settings(**{**usual, **given})))
        return opened[-1]

    yield make
    for client in opened:
        client.close()


@pytest.fixture
def make_client(tmp_path: Path) -> Iterator[Callable[..., Client]]:
    opened: list[Client] = []

    def make(**given: Any) -> Client:
        usual = {"data": str(tmp_path / "data"), "bootstrap_workspace": "acme", "bootstrap_api_key": KEY}
        opened.append(Client(Settings(**{**usual, **given})))
        return opened[-1]

    yield make
    for client in opened:
        client.close()


@pytest.fixture
def client(make_client: Callable[..., Client]) -> Client:
    return make_client()


@pytest.fixture
def key() -> str:
    """A key of the workspace `acme` with all scopes."""
    return KEY


@pytest.fixture
def start_server(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    started: list[Server] = []

    def start(**environment: str) -> Server:
        started.append(Server(tmp_path, **environment))
        return started[-1]

    yield start
    for server in started:
        server.close()


@pytest.fixture(scope="module")
def start_server_in() -> Iterator[Callable[..., Server]]:
    """For modules whose tests may share one."""
    started: list[Server] = []

    def start(folder: Path, **environment: str) -> Server:
        started.append(Server(folder, **environment))
        return started[-1]

    yield start
    for server in started:
        server.close()


@pytest.fixture
def server(start_server: Callable[..., Server]) -> Server:
    return start_server()
