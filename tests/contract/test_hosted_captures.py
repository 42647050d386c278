"""Every request that the real `inference-sdk` was seen to send is answered as the real server answers."""

import base64
import json
from collections.abc import Callable
from importlib.resources import as_file
from pathlib import Path
from typing import Any

import pytest

from sightline.gateway.example import CLASSES, model_file, pictures
from sightline.gateway.shelf import Shelf

CAPTURES = sorted((Path(__file__).parents[1] / "data" / "captures").glob("sdk_*.json"))
KEY = "test-api-key-1234"
WORKFLOW = "/acme/workflows/wf"

Make = Callable[..., Any]


@pytest.fixture
def client(make_client: Make, tmp_path: Path) -> Any:
    shelf = Shelf(tmp_path / "data" / "workspaces" / "acme" / "models")
    with as_file(model_file()) as onnx:
        for model_id in ("coco/24", "coco/3", "cls-proj/3"):
            shelf.add(model_id, onnx, "object-detection", CLASSES)
    return make_client(bootstrap_api_key=KEY)


def with_picture(value: Any) -> Any:
    """The captures hold only the start of each picture: ours takes its place."""
    if isinstance(value, dict):
        if value.get("__long_string__"):
            return base64.b64encode(pictures()[0].read_bytes()).decode()
        return {name: with_picture(part) for name, part in value.items()}
    return [with_picture(part) for part in value] if isinstance(value, list) else value


def body_of(request: dict[str, Any]) -> bytes:
    body = request["body"] or {}
    if "json" in body:
        return json.dumps(with_picture(body["json"])).encode()
    if "text" in body:
        return str(with_picture(body["text"])).encode()
    return b""


def shape(value: Any) -> Any:
    """Names and types, of lists the first element."""
    if isinstance(value, dict):
        return {name: shape(part) for name, part in value.items()}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return float if type(value) in (int, float) else type(value)


def test_all_captures_are_here() -> None:
    assert len(CAPTURES) == 50


@pytest.mark.parametrize("file", CAPTURES, ids=lambda file: file.stem)
def test_replay(client: Any, file: Path) -> None:
    capture = json.loads(file.read_text())
    for request in capture["requests"]:
        headers = {
            name: value
            for name, value in request["headers"].items()
            if name in ("Content-Type", "Authorization")
        }
        path = request["path"] + (f"?{request['query']}" if request["query"] else "")
        answer = client.request(request["method"], path, headers=headers, content=body_of(request))
        answered = request["response"] or {}
        if "no_api_key" in file.stem:
            assert answer.status_code == 401
        elif request["path"] == WORKFLOW:
            assert answer.status_code == 404  # there is no inference server behind
            assert answer.json()["message"]
        else:
            assert answer.status_code == 200, answer.text
            if answered.get("status") == 200 and "response" not in file.stem and "200_error" not in file.stem:
                assert compatible(answer.json(), answered["body"], request["path"])


def compatible(ours: Any, theirs: Any, path: str) -> bool:
    """What the real server's answer has, ours has too, of the same type."""
    if path == "/model/registry":
        return isinstance(ours["models"], list)
    if isinstance(ours, dict) and isinstance(theirs, dict):
        # Single-label classification names its best class beside the list; here a detector stands in.
        return all(
            name in ours and compatible(ours[name], theirs[name], path)
            for name in theirs
            if name not in ("top", "confidence")
        )
    if isinstance(ours, list) and isinstance(theirs, list):
        return not ours or not theirs or compatible(ours[0], theirs[0], path)
    return shape(ours) == shape(theirs)
