"""Against the real inference server, by a Python that `SIGHTLINE_TEST_INFERENCE` names (docs/inference.md)."""

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from inference_sdk import InferenceHTTPClient

from sightline.bench.ports import free_port

PYTHON = os.environ.get("SIGHTLINE_TEST_INFERENCE", "")
KEY = "key-of-acme"
RETRIES = 9
"""Of the first request, at growing distance: the server imports PyTorch, which may take a minute."""
REPORTS = 10
"""Seconds in which reports of every 3 must have come."""

pytestmark = [
    pytest.mark.skipif(not PYTHON, reason="SIGHTLINE_TEST_INFERENCE names no Python that has inference-core"),
    pytest.mark.filterwarnings("ignore::Warning:inference_sdk"),
]


class Real:
    def __init__(self, sightline: Any, port: int, folder: Path, tiny: str) -> None:
        self.sightline: str = sightline.url
        self.url = f"http://127.0.0.1:{port}"
        settings = {
            "ROBOFLOW_API_KEY": KEY,
            "API_BASE_URL": self.sightline,
            "METRICS_URL": f"{self.sightline}/inference-stats",
            "METRICS_COLLECTOR_BASE_URL": self.sightline,
            "METRICS_INTERVAL": "3",
            "MODEL_CACHE_DIR": str(folder / "cache"),
            "DEVICE_ID": "edge-real",
            "TINY_CACHE": tiny,
            "CORE_MODELS_ENABLED": "False",
            "MODELS_CACHE_AUTH_ENABLED": "False",
            "DISABLE_VERSION_CHECK": "True",
            "PYTHONPATH": str(Path(__file__).parent),
        }
        command = [PYTHON, "-m", "uvicorn", "real_server:app", "--port", str(port)]
        self._log = (folder / "inference.log").open("w")
        self.process = subprocess.Popen(
            command, cwd=folder, env=os.environ | settings, stdout=self._log, stderr=self._log
        )

    def wait(self) -> None:
        with httpx.Client(transport=httpx.HTTPTransport(retries=RETRIES), timeout=REPORTS) as client:
            client.get(f"{self.url}/info").raise_for_status()

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        self._log.close()

    def ask(self, question: str, **parameters: str) -> Any:
        address = f"{self.sightline}/api/v1/acme/{question}"
        return httpx.get(address, params=parameters | {"api_key": KEY}).raise_for_status().json()


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + REPORTS
    while not holds():
        assert time.monotonic() < deadline


@pytest.fixture(params=["False", "True"], ids=["full reports", "tiny reports"])
def real(request: Any, start_server: Callable[..., Any], tmp_path: Path) -> Iterator[Real]:
    port = free_port()
    sightline = start_server(SIGHTLINE_UPSTREAM=f"http://127.0.0.1:{port}")
    server = Real(sightline, port, tmp_path, request.param)
    server.wait()
    yield server
    server.close()


def test_what_passes_through_and_what_is_reported_becomes_one(real: Real) -> None:
    picture = np.zeros((480, 640, 3), dtype=np.uint8)
    through, straight = set(), set()
    for url, ids in ((real.sightline, through), (real.url, straight)):
        client = InferenceHTTPClient(api_url=url, api_key=KEY)
        for select in (client.select_api_v0, client.select_api_v1):
            select()
            ids.add(client.infer(picture, model_id="parts/3")["inference_id"])
    # The report of all four comes within seconds, and bears the server's own name of its device.
    until(lambda: real.ask("inferences", filter="has:server")["total"]["value"] == 4)
    found = {item["inference_id"]: item for item in real.ask("inferences")["items"]}
    assert found.keys() == through | straight
    for inference_id, item in found.items():
        assert (item["model"], item["latency"], item["confidence"]) == ("parts/3", 0.031, 0.83)
        assert [one["class"] for one in item["detections"]] == ["scratch"]
        assert (item["image"]["width"] == 640) == (inference_id in through)
    assert all("x" in found[inference_id]["detections"][0] for inference_id in through)
    assert real.ask("rejected")["total"] == 0
    client = InferenceHTTPClient(api_url=real.sightline, api_key=KEY)
    assert client.get_server_info().name == "Roboflow Inference Server"  # what is no inference passes through
