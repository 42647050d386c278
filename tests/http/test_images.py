"""Pictures through the doors: put, uploaded, kept by policy; served whole, small and drawn on."""

import io
from importlib.resources import as_file
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from sightline.gateway.example import CLASSES, MODEL_ID, model_file, pictures
from sightline.gateway.shelf import Shelf
from sightline.store.picture import sha256_of

IMAGE = "/api/v1/acme/inferences/{}/image"


@pytest.fixture
def jpeg() -> bytes:
    return pictures()[0].read_bytes()


def size(answer: Any) -> tuple[int, int]:
    with Image.open(io.BytesIO(answer.content)) as image:
        return image.size


def test_a_picture_may_come_before_its_inference(client: Any, key: str, jpeg: bytes) -> None:
    put = client.request("PUT", IMAGE.format("one"), key=key, content=jpeg)
    assert put.json() == {"sha256": sha256_of(jpeg), "width": 640, "height": 480, "matched": 0, "waiting": 1}
    assert client.get(IMAGE.format("one"), key=key).content == jpeg
    detection = {"class": "bolt", "confidence": 0.9, "x": 320, "y": 240, "width": 200, "height": 100}
    record = {
        "inference_id": "one",
        "model": "parts/1",
        "detections": [detection],
        "image": {"width": 640, "height": 480},
    }
    client.post("/api/v1/acme/inferences", key=key, json={"inferences": [record]})
    (item,) = client.ask("inferences")["items"]
    assert item["image"] == {"width": 640, "height": 480, "stored": True}
    again = client.request("PUT", IMAGE.format("one"), key=key, files={"file": ("x", jpeg)})
    assert (again.json()["matched"], again.json()["waiting"]) == (1, 0)


def test_whole_small_and_drawn(client: Any, key: str, jpeg: bytes) -> None:
    detection = {"class": "bolt", "confidence": 0.9, "x": 640, "y": 480, "width": 400, "height": 200}
    record = {
        "inference_id": "one",
        "model": "a/1",
        "detections": [detection],
        "image": {"width": 1280, "height": 960},
    }
    client.post("/api/v1/acme/inferences", key=key, json={"inferences": [record]})
    client.request("PUT", IMAGE.format("one"), key=key, content=jpeg)
    whole = client.get(IMAGE.format("one"), key=key)
    assert (whole.headers["content-type"], whole.content) == ("image/jpeg", jpeg)
    assert whole.headers["x-content-type-options"] == "nosniff"
    same = client.get(IMAGE.format("one"), key=key, headers={"If-None-Match": whole.headers["etag"]})
    assert (same.status_code, same.content) == (304, b"")
    small = client.get(IMAGE.format("one") + "/thumbnail", key=key)
    assert (small.headers["content-type"], size(small)) == ("image/webp", (320, 240))
    drawn = client.get(IMAGE.format("one") + "/rendered?format=png", key=key)
    assert (drawn.headers["content-type"], size(drawn)) == ("image/png", (640, 480))
    bare = client.get(IMAGE.format("one") + "/rendered?format=png&confidence=0.95", key=key)
    # The inference's picture was twice as large: the box's left edge is at (640 - 200) / 2.
    here = (220, 240)
    with Image.open(io.BytesIO(drawn.content)) as one, Image.open(io.BytesIO(bare.content)) as other:
        assert one.getpixel(here) != other.getpixel(here)
        assert one.getpixel((600, 400)) == other.getpixel((600, 400))
    assert client.get(IMAGE.format("one") + "/rendered?format=gif", key=key).json()["where"] == "format"


def test_ids_that_are_no_words(client: Any, key: str, jpeg: bytes) -> None:
    for inference_id in ("line%2F7%2Fpart%2012", "%C3%A4%F0%9F%94%A9", "..%2F..%2Fetc"):
        assert client.request("PUT", IMAGE.format(inference_id), key=key, content=jpeg).status_code == 200
        assert client.get(IMAGE.format(inference_id) + "/thumbnail", key=key).status_code == 200
    assert (
        client.request("PUT", IMAGE.format("x" * 2000), key=key, content=jpeg).json()["where"]
        == "inference_id"
    )
    assert client.request("PUT", IMAGE.format("a%00b"), key=key, content=jpeg).status_code == 400


def test_what_is_not_there_or_not_allowed(make_client: Any, key: str, jpeg: bytes) -> None:
    client = make_client(limit_image_bytes=50_000)
    assert client.get(IMAGE.format("one"), key=key).status_code == 404
    assert client.get(IMAGE.format("one")).status_code == 401
    assert (
        client.request("PUT", IMAGE.format("one"), key=key, content=b"<html>")
        .json()["message"]
        .endswith("is not base64")
    )
    assert client.request("PUT", IMAGE.format("one"), key=key, content=jpeg[:5000]).status_code == 400
    assert (
        client.request("PUT", IMAGE.format("one"), key=key, content=jpeg + bytes(60_000)).status_code == 413
    )
    assert (
        client.request("PUT", IMAGE.format("one"), key=key, content=b"https://example.com/x.jpg").status_code
        == 400
    )
    assert client.ask("waiting")["values"] == 0


def test_roboflows_upload_links_a_picture_to_its_inference(client: Any, key: str, jpeg: bytes) -> None:
    form = {
        "data": {"name": "local.jpg"},
        "files": {"file": ("imageToUpload", jpeg, "image/jpeg")},
    }
    answer = client.post(f"/dataset/parts/upload?api_key={key}&batch=b&inference_id=one&tag=a&tag=b", **form)
    assert answer.json() == {"success": True, "id": sha256_of(jpeg)}
    assert client.get(IMAGE.format("one"), key=key).content == jpeg
    loose = client.post(f"/acme/parts/upload?api_key={key}", **form)
    assert loose.json()["success"] is True
    annotate = f"/dataset/parts/annotate/{answer.json()['id']}?api_key={key}&name=x.json&prediction=true"
    assert client.post(annotate, content=b"text", headers={"Content-Type": "text/plain"}).json() == {
        "success": True
    }
    assert client.post(f"/dataset/parts/annotate/unknown?api_key={key}", content=b"text").status_code == 404


def test_tags_and_metadata_of_an_upload_are_attached_and_what_cannot_be_is_shown(
    client: Any, key: str, jpeg: bytes
) -> None:
    picture = {"file": ("imageToUpload", jpeg, "image/jpeg")}
    told = {"name": "local.jpg", "metadata": '{"line": 7, "shift": "night", "lot": {"number": 3}, "": 1}'}
    path = f"/dataset/parts/upload?api_key={key}&inference_id=one&tag=a&tag=b"
    sha256 = client.post(path, data=told, files=picture).json()["id"]
    waiting = client.ask("waiting")
    assert {(item["field_name"], item["field_value"]) for item in waiting["items"]} >= {
        ("line", "7"),
        ("shift", "night"),
        ("upload_tags", "a,b"),
    }
    client.post(f"/dataset/parts/upload?api_key={key}&tag=a", data={"metadata": "no json"}, files=picture)
    client.post(f"/dataset/parts/annotate/{sha256}?api_key={key}&name=x.json", content=b'{"boxes": [1]}')
    rejected = {(item["where"], item["excerpt"]) for item in client.ask("rejected")["items"]}
    assert rejected == {
        ("metadata.lot", '{"number": 3}'),
        ("metadata.", "1"),
        ("metadata", "no json"),
        ("metadata.upload_tags", '"a"'),
        (f"annotate/{sha256}", '{"boxes": [1]}'),
    }


def test_the_policy_decides_what_is_kept_of_answers(
    client: Any, key: str, jpeg: bytes, tmp_path: Path
) -> None:
    with as_file(model_file()) as onnx:
        Shelf(tmp_path / "data" / "workspaces" / "acme" / "models").add(
            MODEL_ID, onnx, "object-detection", CLASSES
        )
    policy = "/api/v1/acme/images/policy"

    def stored(**chosen: Any) -> bool:
        if chosen:
            assert client.request("PUT", policy, key=key, json=chosen).status_code == 200
        inference_id = client.post(f"/parts/1?api_key={key}", content=jpeg).json()["inference_id"]
        client.run(client.state.gateway.recorder.drained())
        answer: bool = client.ask(f"inferences/{inference_id}")["image"]["stored"]
        return answer

    assert not stored()
    assert stored(keep="all")
    assert not stored(keep="failures", confidence=0)
    assert stored(keep="failures", confidence=1)
    assert stored(keep="sample", sample=1)
    assert client.get(policy, key=key).json()["sample"] == 1
    images = client.ask("images")
    assert (images["images"], images["policy"]["keep"]) == (1, "sample")
    assert images["bytes"] > len(jpeg)


@pytest.mark.parametrize(
    "body", [b"{", b'{"keep":"some"}', b'{"sample":2}', b'{"days":0}', b'{"dayz":3}', b"[]"]
)
def test_a_policy_that_cannot_be(client: Any, key: str, body: bytes) -> None:
    answer = client.request("PUT", "/api/v1/acme/images/policy", key=key, content=body)
    assert answer.status_code == 400
    assert client.ask("images/policy")["keep"] == "none"
