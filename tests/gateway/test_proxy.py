"""In front of an inference server: what goes through, what is recorded of it, and what happens when it fails."""

import base64
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

Make = Callable[..., Any]

DETECTION = {
    "x": 100.0, "y": 75.0, "width": 100.0, "height": 74.0, "confidence": 0.9, "class": "red_part",
    "class_id": 0, "detection_id": "0172f1ae-36b5-4bef-a8d1-64d05334647b",
}  # fmt: skip
ANSWER = {
    "inference_id": "c51f4570-2b85-4764-aae7-96ff1a17ad1f",
    "time": 0.0037,
    "resolved_model": {"model_id": "tiny-det/1"},
    "image": {"width": 320, "height": 240},
    "predictions": [DETECTION],
}


class Upstream:
    """Answers as the real inference server does; `plan` says what, `seen` tells what it was asked."""

    def __init__(self) -> None:
        self.seen: list[dict[str, Any]] = []
        self.plan: dict[str, tuple[int, bytes]] = {}
        self.released = threading.Event()
        upstream = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *args: Any) -> None:
                """Nothing."""

            def answer(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(length)
                path = self.path.partition("?")[0]
                upstream.seen.append({"path": self.path, "headers": dict(self.headers), "body": body})
                if path == "/slow/1":
                    upstream.released.wait(30)
                if path == "/torn/1":
                    self.send_response(200)
                    self.send_header("Content-Length", "1000")
                    self.end_headers()
                    self.wfile.write(b'{"inference_id"')
                    self.close_connection = True
                    return
                status, answer = upstream.plan.get(path, (404, b'{"detail":"Not Found"}'))
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("X-Processing-Time", "0.0037")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            do_GET = do_POST = do_DELETE = answer  # noqa: N815  # the base class wants these names

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def answers(self, path: str, answer: Any, status: int = 200) -> None:
        self.plan[path] = (status, answer if isinstance(answer, bytes) else json.dumps(answer).encode())

    def close(self) -> None:
        self.released.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    made = Upstream()
    yield made
    made.close()


def v1(jpeg: bytes, key: str | None, **more: Any) -> dict[str, Any]:
    image = {"type": "base64", "value": base64.b64encode(jpeg).decode()}
    return {"api_key": key, "model_id": "tiny-det/1", "image": image, "confidence": 0.3, **more}


def recorded(client: Any) -> list[dict[str, Any]]:
    client.run(client.state.gateway.recorder.drained())
    items: list[dict[str, Any]] = client.ask("inferences")["items"]
    return items


def lost(client: Any) -> float:
    found = client.state.metrics.registry.collect()
    return sum(
        sample.value for metric in found for sample in metric.samples
        if sample.name == "sightline_gateway_unrecorded_total"
    )  # fmt: skip


def test_v1_goes_through_and_is_recorded(
    make_client: Make, upstream: Upstream, key: str, jpeg: bytes
) -> None:
    client = make_client(upstream=upstream.url)
    upstream.answers("/infer/object_detection", ANSWER)
    sent = v1(jpeg, key, source="line-7")
    answer = client.post("/infer/object_detection?countinference=True", json=sent)
    assert (answer.status_code, answer.content) == (200, json.dumps(ANSWER).encode())
    assert answer.headers["x-processing-time"] == "0.0037"
    assert upstream.seen[0]["path"] == "/infer/object_detection?countinference=True"
    assert json.loads(upstream.seen[0]["body"]) == sent
    (found,) = recorded(client)
    assert found["inference_id"] == ANSWER["inference_id"]
    assert (found["model"], found["task"], found["device"]) == ("tiny-det/1", "object-detection", "line-7")
    assert (found["threshold"], found["latency"]) == ("0.3", 0.0037)
    assert found["image"] == {"width": 320, "height": 240, "stored": False}
    assert found["detections"] == [DETECTION]


def test_v0_goes_through_and_is_recorded(
    make_client: Make, upstream: Upstream, key: str, jpeg: bytes
) -> None:
    client = make_client(upstream=upstream.url)
    upstream.answers("/tiny-det/1", ANSWER)
    answer = client.post(f"/tiny-det/1?api_key={key}&confidence=40", content=base64.b64encode(jpeg))
    assert answer.json() == ANSWER
    (found,) = recorded(client)
    assert (found["model"], found["threshold"], found["source"]) == ("tiny-det/1", "0.4", "external")


def test_what_is_not_understood_streams_through(make_client: Make, upstream: Upstream, key: str) -> None:
    client = make_client(upstream=upstream.url)
    upstream.answers("/acme/workflows/wf", {"outputs": [{"x": 1}]})
    upstream.answers("/clip/embed_text", b"\x00not json")
    upstream.answers("/model/registry", {"models": []})
    assert client.post("/acme/workflows/wf", json={"api_key": "theirs"}).json() == {"outputs": [{"x": 1}]}
    assert client.post("/clip/embed_text", content=b"anything").content == b"\x00not json"
    assert client.get("/model/registry?api_key=theirs").json() == {"models": []}
    assert client.get("/nothing/like/it").status_code == 404
    assert recorded(client) == []


def test_the_same_inference_by_pingback_is_merged(
    make_client: Make, upstream: Upstream, key: str, jpeg: bytes
) -> None:
    client = make_client(upstream=upstream.url)
    upstream.answers("/infer/object_detection", ANSWER)
    client.post("/infer/object_detection", json=v1(jpeg, key))
    request = {"api_key": key, "source": None, "source_info": None, "model_id": "tiny-det/1", "model_type": None,
               "confidence": 0.3}  # fmt: skip
    seen = {"predictions": [{"class": "red_part", "confidence": 0.9}], "time": 0.0037}
    inference = {"inference_id": ANSWER["inference_id"], "inference_server_version": "1.8.3",
                 "inference_server_id": "2UqH80", "request": request, "response": [seen]}  # fmt: skip
    pingback = {
        "api_key": key, "timestamp": str(time.time()), "device_id": "gpu-1", "inference_server_id": "2UqH80",
        "inference_server_version": "1.8.3", "tags": [""],
        "inference_results": [{"request_time": time.time(), "inference": inference}],
    }  # fmt: skip
    for _ in range(2):
        assert client.post("/inference-stats", json=pingback).status_code == 200
    (found,) = recorded(client)
    assert found["detections"] == [DETECTION]  # with its box, which the pingback does not tell
    assert found["server"] == "2UqH80"  # which only the pingback tells


def test_a_client_may_ask_not_to_be_recorded(
    make_client: Make, upstream: Upstream, key: str, jpeg: bytes
) -> None:
    client = make_client(upstream=upstream.url)
    upstream.answers("/infer/object_detection", ANSWER)
    upstream.answers("/tiny-det/1", ANSWER)
    client.post("/infer/object_detection", json=v1(jpeg, key, disable_model_monitoring=True))
    client.post(f"/tiny-det/1?api_key={key}&disable_model_monitoring=True", content=base64.b64encode(jpeg))
    assert recorded(client) == []


def test_errors_of_the_server_behind_are_errors(
    make_client: Make, upstream: Upstream, key: str, jpeg: bytes
) -> None:
    client = make_client(upstream=upstream.url)
    upstream.answers("/infer/object_detection", {"message": "Internal error."}, 500)
    answer = client.post("/infer/object_detection", json=v1(jpeg, key, id="mine"))
    assert (answer.status_code, answer.json()) == (500, {"message": "Internal error."})
    upstream.answers("/infer/object_detection", {"message": "no such key"}, 401)
    assert client.post("/infer/object_detection", json=v1(jpeg, key, id="other")).status_code == 401
    (found,) = recorded(client)
    assert (found["inference_id"], found["error"]) == ("mine", "500: Internal error.")


def test_a_server_that_is_gone(make_client: Make, key: str, jpeg: bytes) -> None:
    with socket.socket() as taken:  # bound, but nobody listens
        taken.bind(("127.0.0.1", 0))
        client = make_client(upstream=f"http://127.0.0.1:{taken.getsockname()[1]}")
        answer = client.post("/infer/object_detection", json=v1(jpeg, key))
    assert answer.status_code == 502
    assert "cannot be reached" in answer.json()["message"]
    assert "cannot be reached" in recorded(client)[0]["error"]


def test_a_slow_server_is_given_up(make_client: Make, upstream: Upstream, key: str, jpeg: bytes) -> None:
    client = make_client(upstream=upstream.url, upstream_seconds=0.2)
    answer = client.post(f"/slow/1?api_key={key}", content=base64.b64encode(jpeg))
    assert answer.status_code == 504
    assert answer.json()["message"] == "the inference server did not answer within 0.2 s"
    assert recorded(client)[0]["error"] == answer.json()["message"]


def test_an_answer_that_breaks_off_is_an_error(
    make_client: Make, upstream: Upstream, key: str, jpeg: bytes
) -> None:
    client = make_client(upstream=upstream.url)
    client.post(f"/torn/1?api_key={key}", content=base64.b64encode(jpeg))
    assert recorded(client)[0]["error"] == "502: the inference server broke off its answer"


def test_recording_never_fails_a_request(
    make_client: Make, upstream: Upstream, key: str, jpeg: bytes
) -> None:
    client = make_client(upstream=upstream.url)
    for odd in (
        b"[1, 2",
        b"[]",
        b'{"predictions": 7}',
        b'{"predictions": [], "inference_id": "a\\u0000b"}',
        b"\xff",
    ):
        upstream.answers("/infer/object_detection", odd)
        answer = client.post("/infer/object_detection", json=v1(jpeg, key))
        assert (answer.status_code, answer.content) == (200, odd)
    assert recorded(client) == []
    assert lost(client) > 0


def test_keys_that_nobody_here_knows(make_client: Make, upstream: Upstream, key: str, jpeg: bytes) -> None:
    """The server behind judges them; where to record is a setting."""
    client = make_client(upstream=upstream.url, upstream_workspace="acme")
    upstream.answers("/infer/object_detection", ANSWER)
    assert client.post("/infer/object_detection", json=v1(jpeg, "of-the-cloud")).status_code == 200
    assert len(recorded(client)) == 1


def test_without_a_workspace_unknown_keys_pass_unrecorded(
    make_client: Make, upstream: Upstream, jpeg: bytes
) -> None:
    client = make_client(upstream=upstream.url)
    upstream.answers("/infer/object_detection", ANSWER)
    assert client.post("/infer/object_detection", json=v1(jpeg, "of-the-cloud")).status_code == 200
    assert recorded(client) == []


def test_our_key_is_used_behind_and_theirs_is_needed_here(
    make_client: Make, upstream: Upstream, key: str, jpeg: bytes
) -> None:
    client = make_client(upstream=upstream.url, upstream_api_key="cloud-key")
    upstream.answers("/infer/object_detection", ANSWER)
    upstream.answers("/clip/embed_text", {"ok": True})
    assert client.post("/infer/object_detection", json=v1(jpeg, "stranger")).status_code == 401
    assert client.post("/clip/embed_text", json={"api_key": "stranger"}).status_code == 401
    assert upstream.seen == []
    assert client.post("/infer/object_detection", json=v1(jpeg, key)).status_code == 200
    assert client.post("/clip/embed_text", json={"api_key": key}).status_code == 200
    assert client.get("/model/registry", key=key).status_code == 404
    for seen in upstream.seen:
        assert key.encode() not in seen["body"]
        assert key not in seen["path"]
        assert "Authorization" not in seen["headers"]
        assert "api_key=cloud-key" in seen["path"]


def test_a_local_model_is_asked_before_the_server_behind(
    make_client: Make, upstream: Upstream, key: str, jpeg: bytes, add_parts: Make
) -> None:
    client = make_client(upstream=upstream.url)
    add_parts()
    answer = client.post(f"/parts/1?api_key={key}", content=base64.b64encode(jpeg))
    assert answer.status_code == 200
    assert upstream.seen == []


def test_pictures_of_proxied_inferences_are_kept(
    make_client: Make, upstream: Upstream, key: str, jpeg: bytes
) -> None:
    client = make_client(upstream=upstream.url)
    client.request("PUT", "/api/v1/acme/images/policy", key=key, json={"keep": "all"})
    upstream.answers("/infer/object_detection", ANSWER)
    upstream.answers("/tiny-det/1", {**ANSWER, "inference_id": "second"})
    client.post("/infer/object_detection", json=v1(jpeg, key))
    client.post(f"/tiny-det/1?api_key={key}", files={"file": ("a.jpg", jpeg, "image/jpeg")})
    recorded(client)
    for inference_id in (ANSWER["inference_id"], "second"):
        picture = client.get(f"/api/v1/acme/inferences/{inference_id}/image", key=key)
        assert (picture.status_code, picture.content) == (200, jpeg)
