"""Keys: where they travel, which one counts, and what a wrong one gets."""

from typing import Any

import pytest

ENTRY = {"inference_ids": ["one"], "field_name": "line", "field_value": "7"}
METADATA = "/acme/inference-stats/metadata"


@pytest.mark.parametrize(
    "sent",
    [
        {"params": {"api_key": "key-of-acme"}},
        {"headers": {"Authorization": "Bearer key-of-acme"}},
        {"headers": {"Authorization": "bEARER   key-of-acme "}},
        {"headers": {"X-API-Key": "key-of-acme"}},
        {"body": {"api_key": "key-of-acme"}},
        # The query wins over the header, the header over the body.
        {"params": {"api_key": "key-of-acme"}, "headers": {"Authorization": "Bearer wrong"}},
        {"headers": {"Authorization": "Bearer key-of-acme"}, "body": {"api_key": "wrong"}},
        {"params": {"api_key": "key-of-acme"}, "body": {"api_key": "wrong"}},
    ],
)
def test_a_key_counts_wherever_it_travels(client: Any, sent: dict[str, Any]) -> None:
    body = {"data": [ENTRY], **sent.pop("body", {})}
    response = client.post(METADATA, json=body, **sent)
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


@pytest.mark.parametrize(
    "sent",
    [
        {"params": {"api_key": "wrong"}, "headers": {"Authorization": "Bearer key-of-acme"}},
        {"headers": {"Authorization": "Bearer wrong"}, "body": {"api_key": "key-of-acme"}},
        {"body": {"api_key": "wrong"}},
        {"params": {"api_key": ""}},
        {},
    ],
)
def test_a_wrong_or_missing_key_is_401_and_stores_nothing(client: Any, sent: dict[str, Any]) -> None:
    body = {"data": [ENTRY], **sent.pop("body", {})}
    response = client.post(METADATA, json=body, **sent)
    assert response.status_code == 401
    assert client.ask("waiting")["values"] == 0


def test_a_key_of_another_workspace_is_403_and_an_unknown_workspace_404(client: Any, key: str) -> None:
    client.state.catalog.add_workspace("other")
    assert client.get("/api/v1/other/summary", key=key).status_code == 403
    assert (
        client.post("/other/inference-stats/metadata", json={"api_key": key, "data": [ENTRY]}).status_code
        == 403
    )
    assert client.get("/api/v1/nowhere/summary", key=key).status_code == 404
    assert client.get("/api/v1/nowhere/summary", key="wrong").status_code == 401


def test_a_scope_opens_its_own_doors_only(client: Any) -> None:
    catalog = client.state.catalog
    reader, _ = catalog.add_key("acme", "reader", ["read"])
    writer, _ = catalog.add_key("acme", "writer", ["write"])
    assert client.get("/api/v1/acme/summary", key=reader).status_code == 200
    assert client.get("/api/v1/acme/summary", key=writer).status_code == 403
    assert client.post(METADATA, key=writer, json={"data": [ENTRY]}).status_code == 200
    assert client.post(METADATA, key=reader, json={"data": [ENTRY]}).status_code == 403
    assert client.get("/api/v1/acme/keys", key=writer).status_code == 403
    # Everybody may ask where a key belongs.
    assert client.get("/", key=writer).json()["workspace"] == "acme"


def test_a_revoked_key_is_unknown_at_once(client: Any, key: str) -> None:
    made = client.post("/api/v1/acme/keys", key=key, json={"name": "edge", "scopes": ["write"]})
    assert made.status_code == 201
    edge = made.json()
    assert edge["key"].startswith("sl_")
    assert client.get("/", key=edge["key"]).status_code == 200
    assert client.delete(f"/api/v1/acme/keys/{edge['id']}", key=key).json()["revoked"] is not None
    assert client.get("/", key=edge["key"]).status_code == 401
    listed = {item["name"]: item for item in client.get("/api/v1/acme/keys", key=key).json()["items"]}
    assert listed["edge"]["revoked"] is not None
    assert "key" not in listed["edge"]


def test_a_request_with_a_known_key_asks_the_catalog_once(client: Any, key: str) -> None:
    assert client.get("/", key=key).status_code == 200
    client.state.catalog.close()  # from here on the database would have to be opened again
    assert client.state.catalog.remembered("key", key).workspace == "acme"


def test_who_wrote_a_value_is_kept(client: Any) -> None:
    writer, _ = client.state.catalog.add_key("acme", "edge", ["write"])
    client.post("/api/v1/acme/inferences", key=writer, json=[{"inference_id": "one", "model": "m/1"}])
    client.post(METADATA, key=writer, json={"data": [ENTRY]})
    (value,) = client.ask("inferences/one")["values"]
    assert (value["field_name"], value["by"]) == ("line", "key edge")


def test_a_new_workspace_has_a_key_of_its_own(client: Any, key: str) -> None:
    made = client.post("/api/v1/workspaces", key=key, json={"slug": "plant-2", "name": "Plant 2"})
    assert made.status_code == 201
    assert client.get("/api/v1/whoami", key=made.json()["key"]).json() == {
        "workspace": "plant-2",
        "scopes": ["admin", "read", "write"],
        "key": "first",
        "version": client.get("/healthz").json()["version"],
    }
    assert client.post("/api/v1/workspaces", key=key, json={"slug": "plant-2"}).status_code == 409
    assert client.post("/api/v1/workspaces", key=key, json={"slug": "docs"}).status_code == 400
    # The other tenants are none of a key's business.
    assert [item["slug"] for item in client.get("/api/v1/workspaces", key=key).json()["items"]] == ["acme"]
