"""What real clients sent to the monitoring paths, byte for byte against the application: the protocol's answers, and
every record and value is found afterwards.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

KEY = "test-api-key-1234"
REPLAYED = ("/inference-stats", "/acme/inference-stats", "/acme/inference-stats/metadata", "/", "/acme")
TELEMETRY = ("/usage/plan", "/usage/inference")
OK = {"status": "ok"}


def replayable() -> list[Any]:
    found = []
    for file in sorted((Path(__file__).parents[1] / "data" / "captures").glob("*.json")):
        capture = json.loads(file.read_text("utf-8"))
        requests = [] if isinstance(capture, list) else capture["requests"]
        chosen = [request for request in requests if request["path"] in (*REPLAYED, *TELEMETRY)]
        if chosen:
            found.append(pytest.param(chosen, id=file.stem))
    return found


CAPTURES = replayable()


@pytest.fixture
def client(make_client: Callable[..., Any]) -> Any:
    """Servers that were just started report without a key; one capture is of another tenant."""
    client = make_client(bootstrap_api_key=KEY, default_workspace="acme")
    client.state.catalog.add_key("acme", "of a server", secret="server-key")
    client.state.catalog.add_workspace("other")
    client.state.catalog.add_key("other", "of a client", secret="key-A")
    return client


def body_of(request: dict[str, Any]) -> bytes:
    if request["body"] is None:
        return b""
    # As the `requests` library writes it; the recorded length tells that not a byte differs.
    body = json.dumps(request["body"]["json"]).encode()
    assert len(body) == request["body_len"]
    return body


def replay(client: Any, request: dict[str, Any]) -> Any:
    target = request["path"] + (f"?{request['query']}" if request["query"] else "")
    headers = {
        name: value for name, value in request["headers"].items() if name not in ("Host", "Content-Length")
    }
    return client.request(request["method"], target, content=body_of(request), headers=headers)


def check_answer(request: dict[str, Any], response: Any) -> None:
    path, method = request["path"], request["method"]
    if "bad-key" in request["query"]:
        assert response.status_code == 401
        return
    assert response.status_code == 200, response.text
    answer = response.json()
    if path == "/":
        assert answer["workspace"] == "acme"
    elif path == "/acme":
        assert answer["workspace"]["url"] == "acme"
        assert isinstance(answer["workspace"]["projects"], list)
    elif path == "/usage/plan":
        assert answer == {}
    else:
        assert (method, answer) == ("POST", OK)


def one(client: Any, inference_id: str) -> Any:
    return client.get(f"/api/v1/acme/inferences/{quote(inference_id, safe='')}", key=KEY)


def records_of(requests: list[dict[str, Any]]) -> list[tuple[str, str | None]]:
    """(inference_id, model) of all that was reported under our key."""
    found = []
    for request in requests:
        if request["path"] == "/inference-stats":
            for result in request["body"]["json"]["inference_results"]:
                inference = result["inference"]
                if inference["request"].get("api_key") in (KEY, None):
                    found.append((inference["inference_id"], inference["request"]["model_id"]))
        if request["path"] == "/acme/inference-stats":
            found += [
                (item["inference_id"], item["model_id"])
                for item in request["body"]["json"]["inference_results"]
            ]
    return found


@pytest.mark.parametrize("requests", CAPTURES)
def test_replay(client: Any, requests: list[dict[str, Any]]) -> None:
    values: dict[tuple[str, str], str] = {}
    for request in requests:
        check_answer(request, replay(client, request))
        if request["path"].endswith("/metadata"):
            for entry in request["body"]["json"]["data"]:
                values |= {
                    (known, entry["field_name"]): entry["field_value"] for known in entry["inference_ids"]
                }

    arrived = dict(records_of(requests))
    for inference_id, model in arrived.items():
        answer = one(client, inference_id)
        assert answer.status_code == 200, answer.text
        assert answer.json()["model"] == model
    listed = client.get(
        "/api/v1/acme/inferences", key=KEY, params={"start": "2026-01-01", "end": "2100-01-01", "limit": 1000}
    ).json()
    assert {item["inference_id"] for item in listed["items"]} == set(arrived)

    waiting = client.get("/api/v1/acme/waiting", key=KEY).json()
    assert waiting["values"] == sum(inference_id not in arrived for inference_id, _ in values)
    waits = {(item["inference_id"], item["field_name"]): item["field_value"] for item in waiting["items"]}
    for (inference_id, field), value in values.items():
        found = one(client, inference_id).json()["metadata"] if inference_id in arrived else {}
        assert (found.get(field) or waits.get((inference_id, field))) == value


@pytest.mark.parametrize("requests", CAPTURES)
def test_a_second_replay_changes_nothing(client: Any, requests: list[dict[str, Any]]) -> None:
    reports = [request for request in requests if request["path"].endswith("inference-stats")]
    totals = []
    for _ in range(2):
        for request in reports:
            assert replay(client, request).json() == OK
        parameters = {"start": "2026-01-01", "end": "2100-01-01"}
        totals.append(client.get("/api/v1/acme/summary", key=KEY, params=parameters).json()["current"])
    assert totals[0] == totals[1]


def test_a_server_of_many_tenants_is_divided_by_their_keys(client: Any) -> None:
    (requests,) = [capture.values[0] for capture in CAPTURES if capture.id == "server_full_det_other_key"]
    (report,) = [request for request in requests if request["path"] == "/inference-stats"]
    replay(client, report)
    of_a, of_b = [
        result["inference"]["inference_id"] for result in report["body"]["json"]["inference_results"]
    ]
    assert client.get(f"/api/v1/other/inferences/{of_a}", key="key-A").status_code == 200
    assert one(client, of_a).status_code == one(client, of_b).status_code == 404
    refused = client.get("/api/v1/acme/rejected", key=KEY).json()
    assert [(item["where"], item["kept"]) for item in refused["items"]] == [("$.inference_results[1]", False)]
    assert "key-B" not in json.dumps(refused)
    # Its sign of life belongs to the server's own workspace.
    devices = client.get("/api/v1/acme/devices", key=KEY, params={"start": "2026-01-01"}).json()["items"]
    assert [device["device"] for device in devices] == [report["body"]["json"]["device_id"]]


def test_the_captures_are_all_there() -> None:
    paths = [request["path"] for capture in CAPTURES for request in capture.values[0]]
    assert paths.count("/acme/inference-stats/metadata") >= 13
    assert paths.count("/inference-stats") >= 30
    assert paths.count("/acme/inference-stats") == 2
