"""Every door, with every kind of mistake: one shape of error, and never a 5xx."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from sightline.http import app
from sightline.http.endpoint import Endpoint

DOORS = [*app.ENDPOINTS, *app.BROAD]
FILLED = {
    "workspace": "acme",
    "project": "parts",
    "id": "nokey",
    "inference_id": "one",
    "field": "line",
    "name": "line",
    "version": "3",
    "task": "object_detection",
}
BODIES = [
    b"",
    b"{",
    b"null",
    b"[]",
    b"[[]]",
    b"3",
    b'"text"',
    b"\xff\xfe",
    b"{}",
    b'{"data": "no list"}',
    b'{"data": [{"inference_ids": [1], "field_name": "a", "field_value": "b"}]}',
    b'{"data": [{"inference_ids": ["a"], "field_name": "", "field_value": {"no": "scalar"}}]}',
    b'{"data": [{"inference_ids": ["\\ud800"], "field_name": "a", "field_value": "b"}]}',
    b'{"inferences": [{"model": 3}]}',
    b'{"inferences": [{"model": "m", "time": "yesterday"}]}',
    b'{"inference_results": [NaN]}',
    b'{"name": 1, "slug": 2, "api_key": 3}',
    b'{"name": "", "slug": "no slug", "scopes": ["owner"]}',
    b"[" * 100_000,
]
QUERIES = [
    "start=yesterday",
    "start=-1d&end=-2d",
    "start=9999999999999999999",
    "end=9999-12-31T23:59:59Z",
    "filter=(",
    "filter=nofield%3A3",
    "limit=0",
    "limit=many",
    "limit=99999999999999999999999",
    "cursor=%00%ff",
    "order=sideways",
    "bucket=1parsec",
    "by=a,b,c",
    "by=",
    "split=nofield",
    "names=nofield",
    "top=-1",
    "prefix=%00",
    "startTime=then&modelNames=%00",
    "time=never",
]


def path_of(endpoint: Endpoint) -> str:
    path = re.sub(r":\w+}", "}", endpoint.path)
    for name, value in FILLED.items():
        path = path.replace(f"{{{name}}}", value)
    return path


def check(response: Any) -> None:
    assert response.status_code < 500, (response.request.url, response.text)
    if response.status_code >= 400:
        body = response.json()
        assert list(body) == ["error", "message", "hint", "where"]
        assert body["error"] == body["message"]
        assert body["error"]
        assert "Traceback" not in response.text


def by_door(*methods: str) -> Any:
    doors = [door for door in DOORS if not methods or door.method in methods]
    return pytest.mark.parametrize("endpoint", doors, ids=lambda one: f"{one.method} {one.path}")


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory, make_client_in: Callable[..., Any]) -> Any:
    """One for all doors: a mistake changes nothing."""
    client = make_client_in(tmp_path_factory.mktemp("shape"))
    client.post(
        "/api/v1/acme/inferences", key="key-of-acme", json=[{"inference_id": "one", "model": "parts/3"}]
    )
    return client


@by_door()
def test_without_a_key_and_with_a_wrong_one(client: Any, endpoint: Endpoint) -> None:
    for key in (None, "wrong", "ключ".encode().decode("latin-1")):
        response = client.request(endpoint.method, path_of(endpoint), params={"api_key": key} if key else {})
        check(response)
        assert endpoint.open or response.status_code in (400, 401)


@by_door("POST", "PUT")
def test_with_every_odd_body(client: Any, key: str, endpoint: Endpoint) -> None:
    for body in BODIES:
        for kind in ("application/json", "application/x-ndjson", "text/plain"):
            check(
                client.request(
                    endpoint.method, path_of(endpoint), key=key, content=body, headers={"Content-Type": kind}
                )
            )


@by_door("GET")
def test_with_every_odd_query(client: Any, key: str, endpoint: Endpoint) -> None:
    for query in QUERIES:
        check(client.get(f"{path_of(endpoint)}?{query}", key=key))


@by_door()
def test_with_a_method_that_it_does_not_know(client: Any, key: str, endpoint: Endpoint) -> None:
    for method in ("PATCH", "TRACE"):
        response = client.request(method, path_of(endpoint), key=key)
        check(response)
        assert response.status_code in (404, 405)


@pytest.mark.parametrize(
    "path", ["/a/b/c/d/e", "/api/v1/acme/nothing", "/acme/inference-stats/", "/%00", "/a%2Fb"]
)
def test_where_there_is_nothing(client: Any, key: str, path: str) -> None:
    for method in ("GET", "POST"):
        response = client.request(method, path, key=key)
        check(response)
        assert response.status_code in (401, 404, 405)
        assert not response.is_redirect


def test_a_mistake_stores_nothing(client: Any) -> None:
    assert client.ask("summary")["current"]["inferences"] == 1
    assert client.ask("fields")["items"] == []


def test_an_error_of_ours_is_told_without_its_inside(
    client: Any, key: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> None:
        raise ZeroDivisionError("a secret of the inside")

    with monkeypatch.context() as patched:
        patched.setattr(client.state.catalog, "keys", broken)
        response = client.get("/api/v1/acme/keys", key=key)
    assert response.status_code == 500
    assert "secret" not in response.text
    name = response.json()["hint"].split()[-1]
    assert name in caplog.text
