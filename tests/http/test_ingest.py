"""Reports and values come in: what is stored, what is refused, and that nothing is lost because a neighbour is odd."""

import asyncio
import json
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

METADATA = "/acme/inference-stats/metadata"


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory, make_client_in: Callable[..., Any]) -> Any:
    return make_client_in(tmp_path_factory.mktemp("shared"))


def result(inference_id: str, key: str | None = None, **odd: Any) -> dict[str, Any]:
    request = {"model_id": "parts/3", "confidence": 0.4, **({"api_key": key} if key else {})}
    response = [{"predictions": [{"class": "scratch", "confidence": 0.9}], "time": 0.1}]
    inference = {"inference_id": inference_id, "request": request, "response": response}
    return {"request_time": time.time(), "inference": {**inference, **odd}}


def pingback(key: str | None, *results: Any) -> dict[str, Any]:
    return {"api_key": key, "device_id": "edge-12", "tags": [""], "inference_results": list(results)}


def ids(client: Any, workspace: str = "acme", key: str = "key-of-acme") -> set[str]:
    items = client.get(f"/api/v1/{workspace}/inferences", key=key).json()["items"]
    return {item["inference_id"] for item in items}


def test_each_record_goes_to_the_workspace_of_its_own_key(client: Any, key: str) -> None:
    client.state.catalog.add_workspace("other")
    other, _ = client.state.catalog.add_key("other", "other")
    reader, _ = client.state.catalog.add_key("acme", "reader", ["read"])
    body = pingback(
        key,
        result("mine"),
        result("theirs", other),
        result("nobody's", "unknown"),
        result("reader's", reader),
    )
    assert client.post("/inference-stats", json=body).json() == {"status": "ok"}
    assert ids(client) == {"mine"}
    assert ids(client, "other", other) == {"theirs"}
    refused = client.ask("rejected")
    assert [item["where"] for item in refused["items"]] == [
        "$.inference_results[3]",
        "$.inference_results[2]",
    ]
    assert "sightline_refused_total 2.0" in client.get("/metrics").text
    assert [item["device"] for item in client.ask("devices")["items"]] == ["edge-12"]
    assert client.get("/api/v1/other/devices", key=other).json()["items"][0]["last_heartbeat"] is None


def test_a_report_of_unknown_keys_alone_is_401(client: Any) -> None:
    for body in (pingback("unknown", result("a")), pingback(None, result("a")), pingback(None)):
        assert client.post("/inference-stats", json=body).status_code == 401
    assert ids(client) == set()


def test_a_record_with_a_known_key_is_stored_though_its_server_s_key_is_unknown(
    client: Any, key: str
) -> None:
    assert (
        client.post(
            "/inference-stats", json=pingback("unknown", result("mine", key), result("not"))
        ).status_code
        == 200
    )
    assert ids(client) == {"mine"}


def test_a_report_without_a_key_belongs_to_the_default_workspace(
    make_client: Callable[..., Any], key: str
) -> None:
    client = make_client(default_workspace="acme")
    assert client.post("/inference-stats", json=pingback(None, result("a"))).status_code == 200
    assert client.post("/inference-stats", json=pingback("unknown", result("b"))).status_code == 401
    assert ids(client) == {"a"}


def test_odd_records_are_kept_as_problems_and_the_others_stored(client: Any, key: str) -> None:
    odd: list[Any] = [
        None, 3, "text", [], {}, result(""), result("a" * 5000), result("no response", response=None),
        result("numbers", response=[{"predictions": "none", "time": "slow"}]), {"request_time": 1e300, "inference": {}},
    ]  # fmt: skip
    response = client.post("/inference-stats", json=pingback(key, *odd, result("good")))
    assert (response.status_code, response.json()) == (200, {"status": "ok"})
    assert "good" in ids(client)
    assert client.ask("rejected")["total"] >= 6


def test_a_large_report_is_stored_whole_while_others_are_served(client: Any, key: str) -> None:
    body = json.dumps(pingback(key, *(result(f"id-{number}") for number in range(5000)))).encode()

    async def both() -> tuple[Any, list[str]]:
        order: list[str] = []

        async def report() -> Any:
            response = await client.http.post("/inference-stats", content=body)
            order.append("report")
            return response

        async def small() -> None:
            await client.http.get("/healthz")
            order.append("small")

        response, _ = await asyncio.gather(report(), small())
        return response, order

    response, order = client.run(both())
    assert response.status_code == 200
    assert order == ["small", "report"]
    assert client.ask("summary")["current"]["inferences"] == 5000


def test_the_heartbeat_alone_makes_a_device_online(client: Any, key: str) -> None:
    assert client.post("/inference-stats", json=pingback(key)).status_code == 200
    (device,) = client.ask("devices")["items"]
    assert (device["device"], device["online"], device["inferences"]) == ("edge-12", True, 0)


def test_values_come_before_or_after_their_inference(client: Any, key: str) -> None:
    def attach(value: Any) -> Any:
        entry = {"inference_ids": ["early", "late"], "field_name": "line", "field_value": value}
        return client.post("/api/v1/acme/metadata", key=key, json={"data": [entry]}).json()

    client.post("/inference-stats", json=pingback(key, result("early")))
    assert attach(7) == {"matched": 1, "waiting": 1, "entries": [{"matched": 1, "waiting": 1}]}
    client.post("/inference-stats", json=pingback(key, result("late")))
    assert attach(8) == {"matched": 2, "waiting": 0, "entries": [{"matched": 2, "waiting": 0}]}
    assert {item["metadata"]["line"] for item in client.ask("inferences")["items"]} == {"8"}


def test_all_entries_of_a_request_or_none(client: Any, key: str) -> None:
    good = {"inference_ids": ["one"], "field_name": "line", "field_value": "7"}
    body = {"api_key": key, "data": [good, {**good, "field_name": "x" * 257}]}
    response = client.post(METADATA, json=body)
    assert (response.status_code, response.json()["where"]) == (413, "$.data[1].field_name")
    assert client.ask("waiting")["values"] == 0


@pytest.mark.parametrize("name", ["line", "a/b", "shift name", "metadata/line", "é", "%"])
@pytest.mark.parametrize("inference_id", ["one", "a/b", "x/metadata/y", "?&#", "ключ"])
def test_a_value_is_removed_whatever_its_names(shared: Any, key: str, inference_id: str, name: str) -> None:
    client = shared
    record = {"inference_id": inference_id, "model": "m/1", "metadata": {name: "7"}}
    client.post("/api/v1/acme/inferences", key=key, json=[record])
    one = f"/api/v1/acme/inferences/{quote(inference_id, safe='')}"
    assert client.get(one, key=key).json()["metadata"] == {name: "7"}
    values = client.get(f"/api/v1/acme/fields/{quote(name, safe='')}/values", key=key).json()
    assert values["items"] == [{"value": "7", "count": 1}]
    path = f"{one}/metadata/{quote(name, safe='')}"
    assert client.delete(path, key=key).json() == {"matched": 1, "waiting": 0}
    assert client.delete(path, key=key).status_code == 404
    after = client.get(one, key=key).json()
    assert after["metadata"] == {}


def test_a_waiting_value_can_be_removed_too(client: Any, key: str) -> None:
    entry = {"inference_ids": ["unseen"], "field_name": "line", "field_value": "7"}
    client.post(METADATA, json={"api_key": key, "data": [entry]})
    assert client.delete("/api/v1/acme/inferences/unseen/metadata/line", key=key).json() == {
        "matched": 0,
        "waiting": 1,
    }
    assert client.get("/api/v1/acme/inferences/unseen", key=key).status_code == 404


def test_records_as_ndjson(client: Any, key: str) -> None:
    lines = b'{"model": "m/1", "inference_id": "a"}\n\n{"model": "m/1"}\n'
    headers = {"Content-Type": "application/x-ndjson; charset=utf-8"}
    answer = client.post("/api/v1/acme/inferences", key=key, content=lines, headers=headers).json()
    assert (answer["recorded"], answer["replayed"], answer["inference_ids"][0]) == (2, 0, "a")
    wrong = lines + b'{"model": 3}'
    response = client.post("/api/v1/acme/inferences", key=key, content=wrong, headers=headers)
    assert (response.status_code, response.json()["where"]) == (400, "line 4: $.model")
    assert client.ask("summary")["current"]["inferences"] == 2


def test_a_project_is_shown_as_the_package_wants_it(client: Any, key: str) -> None:
    record = {
        "model": "parts/3",
        "detections": [{"class": "scratch", "confidence": 0.5}],
        "task": "object-detection",
    }
    client.post("/api/v1/acme/inferences", key=key, json=[record, {**record, "model": "parts/4"}])
    project = client.get("/acme/parts", params={"api_key": key, "nocache": "true"}).json()["project"]
    wanted = "annotation classes colors created id images name public splits type unannotated updated"
    assert set(wanted.split()) <= set(project)
    assert (project["id"], project["classes"], project["images"]) == ("acme/parts", {"scratch": 2}, 2)
    listed = client.get("/acme", params={"api_key": key}).json()["workspace"]["projects"]
    assert [item["id"] for item in listed] == ["acme/parts"]


def test_telemetry_gets_exactly_200(client: Any) -> None:
    assert client.post("/usage/inference", content=b"anything at all").status_code == 200
    assert (client.get("/usage/plan").status_code, client.get("/usage/plan").json()) == (200, {})


def test_metrics_tell_what_was_done(client: Any, key: str) -> None:
    client.post("/inference-stats", json=pingback(key, result("a"), result("a2"), 3))
    client.post(
        METADATA,
        json={"api_key": key, "data": [{"inference_ids": ["b"], "field_name": "c", "field_value": "d"}]},
    )
    text = client.get("/metrics").text
    for line in (
        'sightline_stored_total{kind="reports",workspace="acme"} 2.0',
        'sightline_stored_total{kind="values",workspace="acme"} 1.0',
        'sightline_stored_total{kind="heartbeats",workspace="acme"} 1.0',
        'sightline_rejected_total{workspace="acme"} 1.0',
        'sightline_waiting{workspace="acme"} 1.0',
        'sightline_queue_rows{workspace="acme"} 0.0',
        'sightline_requests_total{method="POST",route="/inference-stats",status="200"} 1.0',
    ):
        assert line in text.splitlines()
    assert client.get("/readyz").json()["status"] == "ok"
