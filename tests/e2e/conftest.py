"""A real browser on the built page, over a real server with three days of a small factory."""

import os
import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from sightline.http.page import FOLDER

CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
# As root, on a closed network: no sandbox, and nothing of the browser's own that calls home.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
COUNT = 600


def factory(count: int = COUNT) -> list[dict[str, Any]]:
    """Inferences of the last three days, the newest first; line 7 fails, every third carries an operator."""
    chosen = random.Random(7)
    now = datetime.now(UTC)
    return [
        {
            "inference_id": f"part-{number:05}",
            "time": (now - timedelta(minutes=1 + number * 7)).isoformat(),
            "model": chosen.choice(["parts/1", "parts/2", "welds/5"]),
            "task": "object-detection",
            "device": f"edge-{number % 4 + 1:02}",
            "latency": 0.02 + chosen.random() / 10,
            "image": {"width": 640, "height": 480},
            "detections": [
                {"class": name, "confidence": round(0.4 + chosen.random() / 2, 3)}
                | {"x": 200, "y": 200, "width": 90, "height": 60}
                for name in chosen.sample(["screw", "scratch", "bracket"], 2)
            ],
            "metadata": {
                "line": str(number % 9 + 1),
                "location": chosen.choice(["texas", "ohio"]),
                "passed": "false" if number % 9 + 1 == 7 else "true",
                "temperature": f"{60 + chosen.random() * 20:.1f}",
                **({"operator": chosen.choice(["bob", "ada"])} if number % 3 == 0 else {}),
            },
        }
        for number in range(count)
    ]  # fmt: skip


class Factory:
    """A server, and what was recorded on it."""

    def __init__(self, server: Any, key: str) -> None:
        self.server = server
        self.url: str = server.url
        self.key = key
        self._http = httpx.Client(base_url=self.url, headers={"Authorization": f"Bearer {key}"}, timeout=60)

    def record(self, inferences: list[dict[str, Any]]) -> None:
        self._http.post("/api/v1/acme/inferences", json={"inferences": inferences}).raise_for_status()

    def attach(self, inference_id: str, field: str, value: str) -> None:
        body = {"data": [{"inference_ids": [inference_id], "field_name": field, "field_value": value}]}
        self._http.post("/api/v1/acme/metadata", json=body).raise_for_status()

    def values(self, inference_id: str) -> dict[str, str]:
        answer = self._http.get(f"/api/v1/acme/inferences/{inference_id}").raise_for_status()
        found: dict[str, str] = answer.json()["metadata"]
        return found

    def close(self) -> None:
        self._http.close()


@pytest.fixture(scope="module")
def make_factory(
    start_server_in: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[], Factory]]:
    made: list[Factory] = []

    def make() -> Factory:
        made.append(Factory(start_server_in(tmp_path_factory.mktemp("factory")), "key-of-acme"))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture(scope="module")
def works(make_factory: Callable[[], Factory]) -> Factory:
    made = make_factory()
    made.record(factory())
    return made


# For a module only: Playwright keeps an event loop running in this thread, which tests of other rooms cannot have.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip(f"there is no browser at {CHROMIUM}; CHROMIUM names another")
    if not (FOLDER / "index.html").exists():
        pytest.skip("the page is not built: make page")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(viewport={"width": 1440, "height": 900})
    made.set_default_timeout(20_000)
    yield made
    made.close()


@pytest.fixture
def log_in(context: BrowserContext) -> Callable[[Factory], None]:
    def log_in(factory: Factory) -> None:
        answer = context.request.post(
            f"{factory.url}/app/session", data={"api_key": factory.key}, headers={"X-Sightline": "page"}
        )
        assert answer.ok, answer.text()

    return log_in


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page that must not throw, nor break its own Content-Security-Policy."""
    opened = context.new_page()
    wrong: list[str] = []
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.on(
        "console",
        lambda message: wrong.append(message.text) if "Content Security Policy" in message.text else None,
    )
    yield opened
    assert wrong == []


@pytest.fixture
def show(page: Page, works: Factory, log_in: Callable[[Factory], None]) -> Callable[..., Page]:
    """Opens a page of the dashboard: `show("inferences", filter="line:7")`."""
    log_in(works)

    def show(path: str, **view: str) -> Page:
        page.goto(f"{works.url}/app/acme/{path}?{urlencode(view)}")
        return page

    return show
