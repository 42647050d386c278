"""The real `inference-sdk` against Sightline alone: the documented example, and every way to hand it a picture."""

import asyncio
import base64
import functools
import http.server
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from importlib.resources import as_file
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from PIL import Image

from sightline.gateway.example import CLASSES, MODEL_ID, model_file, pictures
from sightline.gateway.shelf import Shelf

EXAMPLE = Path(__file__).parents[2] / "examples" / "custom_metadata.py"

pytestmark = pytest.mark.filterwarnings("ignore::Warning:inference_sdk")


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "part.jpg"
    path.write_bytes(pictures()[0].read_bytes())
    return path


@pytest.fixture
def sightline(server: Any, tmp_path: Path) -> Any:
    """A server whose workspace `acme` has the bundled model."""
    with as_file(model_file()) as onnx:
        Shelf(tmp_path / "data" / "workspaces" / "acme" / "models").add(
            MODEL_ID, onnx, "object-detection", CLASSES
        )
    return server


@pytest.fixture
def sdk(sightline: Any, key: str) -> Callable[..., Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of its own defaults
        from inference_sdk import InferenceHTTPClient

    def make(mode: str, api_key: str = key) -> Any:
        client = InferenceHTTPClient(api_url=sightline.url, api_key=api_key)
        return client.select_api_v0() if mode == "v0" else client.select_api_v1()

    return make


@pytest.fixture
def address(picture: Path) -> Iterator[str]:
    """The picture's address on a web server."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *args: Any) -> None:
            """Nothing."""

    handler = functools.partial(Quiet, directory=str(picture.parent))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as served:
        thread = threading.Thread(target=served.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{served.server_port}/{picture.name}"
        served.shutdown()
        thread.join()


def search(server: Any, key: str, **query: Any) -> list[dict[str, Any]]:
    answer = httpx.get(f"{server.url}/api/v1/acme/inferences", params={"api_key": key, **query})
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def recorded(server: Any, key: str, inference_id: str) -> dict[str, Any]:
    """The inference, once its record has been stored behind the answer."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if found := search(server, key, filter=f'id:"{inference_id}"'):
            return found[0]
    raise AssertionError(f"{inference_id} was never recorded")


def test_the_documented_example_runs_end_to_end(sightline: Any, key: str, picture: Path) -> None:
    ran = subprocess.run(
        [sys.executable, str(EXAMPLE), str(picture)],
        env={"PATH": "", "SIGHTLINE_API_KEY": key, "SIGHTLINE_URL": sightline.url},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert "Custom metadata attached successfully: {'status': 'ok'}" in ran.stdout
    inference_id = ran.stdout.split("Inference ID: ")[1].split()[0]
    assert recorded(sightline, key, inference_id)["metadata"] == {"test_field": "test_value"}
    (found,) = search(sightline, key, filter="test_field:test_value")
    assert found["inference_id"] == inference_id
    assert found["model"] == "parts/1"
    assert found["image"] == {"width": 640, "height": 480, "stored": False}
    assert found["device"] == "127.0.0.1"
    assert found["deployment"] == "hosted"
    assert {one["class"] for one in found["detections"]} <= set(CLASSES)
    assert found["detections"]


def load(form: str, picture: Path, address: str) -> Any:
    match form:
        case "path":
            return str(picture)
        case "numpy":
            return np.asarray(Image.open(picture).convert("RGB"))[:, :, ::-1]
        case "pil":
            return Image.open(picture)
        case "base64":
            return base64.b64encode(picture.read_bytes()).decode()
        case _:
            return address


@pytest.mark.parametrize("mode", ["v0", "v1"])
def test_a_picture_in_any_form(
    sdk: Callable[..., Any], sightline: Any, key: str, picture: Path, address: str, mode: str
) -> None:
    for form in ("path", "numpy", "pil", "base64", "url"):
        result = sdk(mode).infer(load(form, picture, address), model_id=MODEL_ID)
        assert result["image"] == {"width": 640, "height": 480}, form
        assert result["time"] > 0
        found = recorded(sightline, key, result["inference_id"])
        assert found["detections"] == result["predictions"], form
        assert found["latency"] == result["time"]


@pytest.mark.parametrize("mode", ["v0", "v1"])
def test_a_batch_and_async(
    sdk: Callable[..., Any], sightline: Any, key: str, picture: Path, mode: str
) -> None:
    results = sdk(mode).infer([str(picture), str(picture)], model_id=MODEL_ID)
    assert len({result["inference_id"] for result in results}) == 2
    later = asyncio.run(sdk(mode).infer_async(str(picture), model_id=MODEL_ID))
    for result in [*results, later]:
        assert recorded(sightline, key, result["inference_id"])["detection_count"] == len(
            result["predictions"]
        )


def test_two_pictures_in_one_request_share_an_id(
    sdk: Callable[..., Any], sightline: Any, key: str, picture: Path
) -> None:
    from inference_sdk import InferenceConfiguration

    client = sdk("v1").configure(
        InferenceConfiguration(max_batch_size=2, source="line-7", confidence_threshold=0.6)
    )
    one, two = client.infer([str(picture), str(picture)], model_id=MODEL_ID)
    assert one["inference_id"] == two["inference_id"]
    found = recorded(sightline, key, one["inference_id"])
    assert found["detection_count"] == len(one["predictions"]) + len(two["predictions"])
    assert (found["device"], found["source"], found["threshold"]) == ("line-7", "line-7", "0.6")


@pytest.mark.parametrize("transport", ["legacy", "header", "both"])
@pytest.mark.parametrize("mode", ["v0", "v1"])
def test_the_key_may_travel_any_way(
    sdk: Callable[..., Any], picture: Path, mode: str, transport: str
) -> None:
    from inference_sdk import InferenceConfiguration

    client = sdk(mode).configure(InferenceConfiguration(api_key_transport=transport))
    assert client.infer(str(picture), model_id=MODEL_ID)["inference_id"]


@pytest.mark.parametrize("mode", ["v0", "v1"])
def test_errors_are_shown_by_the_client(sdk: Callable[..., Any], picture: Path, mode: str) -> None:
    from inference_sdk.http.errors import HTTPCallErrorError

    with pytest.raises(HTTPCallErrorError) as caught:
        sdk(mode, "nobodys-key").infer(str(picture), model_id=MODEL_ID)
    assert (caught.value.status_code, caught.value.api_message) == (401, "the api key is unknown")
    with pytest.raises(HTTPCallErrorError) as caught:
        sdk(mode).infer(str(picture), model_id="unheard/9")
    assert caught.value.status_code == 404
    assert "there is no model 'unheard/9'" in caught.value.api_message


def test_the_server_tells_its_name(sdk: Callable[..., Any]) -> None:
    assert sdk("v1").get_server_info().name == "Sightline"
