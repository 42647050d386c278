"""The commands as a shell runs them, and a server that `sightline serve` started."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

KEY = "key-of-acme"

Run = Callable[..., subprocess.CompletedProcess[str]]


def environment(**given: str) -> dict[str, str]:
    """Ours, without what a developer's shell may set for Sightline."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SIGHTLINE_")}
    return {**kept, **given}


class Serving:
    """`sightline serve` in a folder, until it is stopped."""

    def __init__(self, folder: Path, *words: str, **given: str) -> None:
        self.folder = folder
        self.process = subprocess.Popen(
            [sys.executable, "-m", "sightline", "serve", "--data", str(folder), "--port", "0", *words],
            env=environment(**given),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.greeting = [self.process.stdout.readline()]
        assert "http://" in self.greeting[0], self.process.communicate()[1]
        self.url = "http://" + self.greeting[0].split("http://")[1].split(",")[0]

    def stop(self, how: signal.Signals = signal.SIGTERM) -> tuple[int, str, str]:
        """Its exit code, and what it said on stdout and stderr."""
        if self.process.poll() is None:
            self.process.send_signal(how)
        told, complained = self.process.communicate(timeout=60)
        return self.process.returncode, told, complained


@pytest.fixture
def serving(tmp_path: Path) -> Iterator[Callable[..., Serving]]:
    started: list[Serving] = []

    def start(*words: str, folder: Path = tmp_path / "data", **given: str) -> Serving:
        started.append(Serving(folder, *words, **given))
        return started[-1]

    yield start
    for server in started:
        server.process.kill()
        server.process.communicate()


@pytest.fixture(scope="module")
def acme(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """A server with the workspace `acme`, shared by the tests of a module."""
    bootstrap = {"SIGHTLINE_BOOTSTRAP_WORKSPACE": "acme", "SIGHTLINE_BOOTSTRAP_API_KEY": KEY}
    server = Serving(tmp_path_factory.mktemp("acme"), **bootstrap)
    yield server
    server.stop()


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """One command to its end, in an empty folder."""

    def run(*words: str, **given: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "sightline", *words],
            env=environment(**given),
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return run


@pytest.fixture
def ask(acme: Serving, run: Run) -> Run:
    """One command that talks to `acme`."""

    def ask(*words: str, **given: str) -> subprocess.CompletedProcess[str]:
        return run(*words, **{"SIGHTLINE_URL": acme.url, "SIGHTLINE_API_KEY": KEY, **given})

    return ask


@pytest.fixture
def record(acme: Serving) -> Callable[..., None]:
    """Store inferences over the native API."""

    def record(*inferences: dict[str, object]) -> None:
        answer = httpx.post(
            f"{acme.url}/api/v1/acme/inferences",
            headers={"Authorization": f"Bearer {KEY}"},
            json={"inferences": list(inferences)},
        )
        assert answer.is_success, answer.text

    return record
