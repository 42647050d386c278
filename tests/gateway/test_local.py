"""Inference with a model of the workspace, through the doors: requests good and bad, and what is recorded."""

import asyncio
import base64
import io
import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest
from PIL import Image

from sightline.gateway.local import FETCHES

Make = Callable[..., Any]


@pytest.fixture
def parts(client: Any, add_parts: Make) -> Any:
    add_parts()
    return client


def recorded(client: Any) -> list[dict[str, Any]]:
    client.run(client.state.gateway.recorder.drained())
    items: list[dict[str, Any]] = client.ask("inferences")["items"]
    return items


def infer(client: Any, key: str, image: Any, **more: Any) -> Any:
    body = {"api_key": key, "model_id": "parts/1", "image": image, **more}
    return client.post("/infer/object_detection", json=body)


def as_base64(data: bytes) -> dict[str, str]:
    return {"type": "base64", "value": base64.b64encode(data).decode()}


BODIES: dict[str, Callable[[bytes], dict[str, Any]]] = {
    "base64 as JSON": lambda data: {
        "content": base64.b64encode(data),
        "headers": {"Content-Type": "application/json"},
    },
    "base64 as a form": lambda data: {
        "content": base64.b64encode(data),
        "headers": {"Content-Type": "application/x-www-form-urlencoded"},
    },
    "base64 as nothing": lambda data: {"content": base64.b64encode(data)},
    "base64 in lines": lambda data: {"content": base64.encodebytes(data)},
    "base64 for addresses": lambda data: {"content": base64.urlsafe_b64encode(data).rstrip(b"=")},
    "data address": lambda data: {"content": b"data:image/jpeg;base64," + base64.b64encode(data)},
    "JSON string": lambda data: {"content": json.dumps(base64.b64encode(data).decode()).encode()},
    "JSON object": lambda data: {"json": as_base64(data)},
    "raw bytes": lambda data: {"content": data},
    "multipart": lambda data: {"files": {"file": ("x.txt", data, "text/plain")}},
}


@pytest.mark.parametrize("form", BODIES)
def test_v0_takes_any_body(parts: Any, key: str, jpeg: bytes, form: str) -> None:
    answer = parts.post(f"/parts/1?api_key={key}&disable_active_learning=False", **BODIES[form](jpeg))
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert set(found) == {"inference_id", "time", "image", "predictions"}
    assert found["image"] == {"width": 640, "height": 480}
    assert {one["class"] for one in found["predictions"]} >= {"red_part", "yellow_part"}
    (item,) = recorded(parts)
    assert item["inference_id"] == found["inference_id"]
    assert item["detections"] == found["predictions"]


def test_v0_confidence_is_a_share_or_per_cent(parts: Any, key: str, jpeg: bytes) -> None:
    counts = {}
    for confidence in ("0.97", "97", "best", "0"):
        answer = parts.post(f"/parts/1?api_key={key}&confidence={confidence}", content=jpeg)
        counts[confidence] = len(answer.json()["predictions"])
    assert counts["0.97"] == counts["97"] < counts["best"] <= counts["0"]
    assert sorted(item["threshold"] for item in recorded(parts)) == ["0.01", "0.97", "0.97", "best"]


def test_an_answer_as_a_picture(parts: Any, key: str, jpeg: bytes) -> None:
    answer = parts.post(f"/parts/1?api_key={key}&format=image", content=jpeg)
    assert answer.headers["content-type"] == "image/jpeg"
    assert Image.open(io.BytesIO(answer.content)).size == (640, 480)
    answer = parts.post(f"/parts/1?api_key={key}&format=image_and_json", content=jpeg).json()
    assert base64.b64decode(answer["visualization"]).startswith(b"\xff\xd8")


def test_the_caller_may_choose_the_id(parts: Any, key: str, jpeg: bytes) -> None:
    assert (
        infer(parts, key, as_base64(jpeg), id="line 7 / part 12").json()["inference_id"] == "line 7 / part 12"
    )
    assert recorded(parts)[0]["inference_id"] == "line 7 / part 12"


def test_one_picture_is_an_object_and_several_an_array(parts: Any, key: str, jpeg: bytes) -> None:
    one = infer(parts, key, as_base64(jpeg)).json()
    several = infer(parts, key, [as_base64(jpeg), as_base64(jpeg)]).json()
    assert isinstance(one, dict)
    assert len(several) == 2
    assert several[0]["inference_id"] == several[1]["inference_id"]
    assert len(recorded(parts)) == 2


def test_nothing_is_recorded_where_the_client_says_so(parts: Any, key: str, jpeg: bytes) -> None:
    infer(parts, key, as_base64(jpeg), disable_model_monitoring=True)
    parts.post(f"/parts/1?api_key={key}&disable_model_monitoring=True", content=jpeg)
    assert recorded(parts) == []


def png(width: int, height: int) -> bytes:
    out = io.BytesIO()
    Image.new("L", (width, height)).save(out, "PNG")
    return out.getvalue()


def test_a_picture_that_cannot_be_read_is_an_error_of_the_inference(
    parts: Any, key: str, jpeg: bytes
) -> None:
    cut = infer(parts, key, as_base64(jpeg[: len(jpeg) // 2]), id="cut")
    assert cut.status_code == 400
    assert cut.json()["where"] == "$.image"
    assert "cut off or broken" in cut.json()["message"]
    bomb = infer(parts, key, as_base64(png(20_000, 20_000)), id="bomb")
    assert bomb.status_code == 413
    assert "20000 x 20000 pixels" in bomb.json()["message"]
    text = infer(parts, key, as_base64(b"<svg onload=alert(1)>"), id="text")
    assert (text.status_code, "not an image" in text.json()["message"]) == (400, True)
    errors = {item["inference_id"]: item["error"] for item in recorded(parts)}
    assert set(errors) == {"cut", "bomb", "text"}
    assert all(errors.values())
    assert parts.ask("summary")["current"]["errors"] == 3


def test_requests_that_cannot_be_understood_say_where(parts: Any, key: str, jpeg: bytes) -> None:
    wrong: list[tuple[Any, str]] = [
        (infer(parts, key, {"type": "numpy", "value": "gASV"}), "$.image.type"),
        (infer(parts, key, {"type": "base64", "value": "?!"}), "$.image.value"),
        (infer(parts, key, None), "$.image"),
        (infer(parts, key, []), "$.image"),
        (infer(parts, key, [as_base64(jpeg), 7]), "$.image[1]"),
        (infer(parts, key, as_base64(jpeg), confidence="high"), "$.confidence"),
        (infer(parts, key, as_base64(jpeg), confidence=101), "$.confidence"),
        (infer(parts, key, as_base64(jpeg), id="a\0b"), "$.id"),
        (infer(parts, key, as_base64(jpeg), id="x" * 2000), "$.id"),
        (infer(parts, key, as_base64(jpeg), max_detections="many"), "$.max_detections"),
        (parts.post("/infer/object_detection", json={"api_key": key, "image": 1}), "$.model_id"),
        (parts.post(f"/parts/1?api_key={key}&confidence=high", content=jpeg), "confidence"),
        (parts.post(f"/parts/1?api_key={key}&overlap=-1", content=jpeg), "overlap"),
        (parts.post(f"/parts/1?api_key={key}&max_detections=x", content=jpeg), "max_detections"),
        (parts.post(f"/parts/1?api_key={key}&format=gif", content=jpeg), "format"),
        (parts.post(f"/parts/1?api_key={key}", content=b""), "body"),
        (parts.post(f"/parts/1?api_key={key}", content=b"{}{"), "body"),
    ]
    for number, (answer, where) in enumerate(wrong):
        assert answer.status_code == 400, (number, answer.text)
        assert answer.json()["where"] == where, number
        assert answer.json()["message"] == answer.json()["error"]
    for name in ("a%00b/1", "..%2f..%2fetc/1", "%C3%A4/1"):
        assert parts.post(f"/{name}?api_key={key}", content=jpeg).status_code in (400, 404)
    malformed = parts.post("/infer/object_detection", content=b'{"model_id": ')
    assert malformed.status_code == 400
    assert recorded(parts) == []


def test_a_model_is_loaded_listed_and_unloaded(parts: Any, key: str) -> None:
    listed = {"models": [{"model_id": "parts/1", "task_type": "object-detection", "batch_size": 1,
                          "input_height": 240, "input_width": 320}]}  # fmt: skip
    registry = f"/model/registry?api_key={key}"
    named = {"model_id": "parts/1", "api_key": key}
    assert parts.get(registry).json() == {"models": []}
    assert parts.post("/model/add", json=named).json() == listed
    assert parts.get(registry).json() == listed
    assert parts.post("/model/remove", json=named).json() == {"models": []}
    parts.post("/model/add", json=named)
    assert parts.post("/model/clear", json={"api_key": key}).json() == {"models": []}
    assert parts.post("/model/add", json={**named, "model_id": "un/known"}).status_code == 404
    assert parts.post("/model/add", json={"api_key": key}).json()["where"] == "$.model_id"
    assert parts.get("/model/registry").status_code == 401


def test_a_model_comes_and_goes_through_the_api(client: Any, key: str, network: Make, jpeg: bytes) -> None:
    models = "/api/v1/acme/models/local"
    onnx = network({"scores": [[0.2, 0.8]]}).read_bytes()
    form = {"model_id": "colour/1", "task": "classification", "classes": "red\nblue\n"}

    def add(**more: str) -> Any:
        return client.post(models, key=key, data={**form, **more}, files={"model": ("m.onnx", onnx)})

    added = add()
    assert added.status_code == 201, added.text
    assert added.json()["classes"] == ["red", "blue"]
    assert client.get(models, key=key).json() == {"items": [added.json()]}
    assert add().status_code == 409
    assert add(replace="true").status_code == 201
    answer = client.post(f"/colour/1?api_key={key}", content=jpeg).json()
    assert (answer["top"], round(answer["confidence"], 3)) == ("blue", 0.8)
    assert [one["class"] for one in answer["predictions"]] == ["blue"]
    body = {"api_key": key, "model_id": "colour/1", "image": as_base64(jpeg)}
    assert client.post("/infer/classification", json=body).json()["top"] == "blue"
    for wrong in ({"task": "poetry"}, {"model_id": "../x"}, {"classes": ""}, {"size": "-1"}):
        assert add(**wrong, replace="true").status_code == 400
    assert client.post(models, key=key, data=form).status_code == 400
    assert client.delete(f"{models}/colour/1", key=key).status_code == 200
    assert client.delete(f"{models}/colour/1", key=key).status_code == 404
    assert client.post(f"/colour/1?api_key={key}", content=jpeg).status_code == 404


def test_an_address_in_the_own_network_is_not_fetched(parts: Any, key: str) -> None:
    for url in (
        "http://127.0.0.1:1/x.jpg",
        "http://localhost/x.jpg",
        "http://169.254.169.254/latest",
        "http://[::1]/x",
    ):
        answer = parts.post(f"/parts/1?api_key={key}", params={"api_key": key, "image": url})
        assert answer.status_code == 400, url
        assert "not an address of the public internet" in answer.json()["message"]
    assert parts.get("/parts/1", params={"api_key": key, "image": "file:///etc/passwd"}).status_code == 400


def test_no_more_pictures_are_fetched_at_once_than_may_be(make_client: Any, key: str, add_parts: Any) -> None:
    opened = threading.Event()

    class Slow(BaseHTTPRequestHandler):
        def log_message(self, *args: object) -> None:
            """Nothing."""

        def do_GET(self) -> None:
            opened.wait(60)
            self.send_error(404)

    async def ask(address: str) -> tuple[httpx.Response, list[int]]:
        given = {"api_key": key, "image": f"{address}/part.jpg"}
        asking = {
            asyncio.ensure_future(client.http.post("/parts/1", params=given)) for _ in range(FETCHES + 1)
        }
        # Those that are fetched cannot be answered yet, so the first answer is that of the one too many.
        (first,), _ = await asyncio.wait(asking, return_when=asyncio.FIRST_COMPLETED)
        opened.set()
        return first.result(), sorted([(await one).status_code for one in asking])

    client = make_client(fetch_private=True)
    add_parts()
    with ThreadingHTTPServer(("127.0.0.1", 0), Slow) as site:
        serving = threading.Thread(target=site.serve_forever)
        serving.start()
        refused, answers = client.run(ask(f"http://127.0.0.1:{site.server_port}"))
        site.shutdown()
        serving.join()
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")
    assert "16 images are being fetched" in refused.json()["message"]
    assert answers == [400] * FETCHES + [503]
