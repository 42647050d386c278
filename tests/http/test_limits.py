"""The size of a body, by its announced length and as it comes."""

from collections.abc import AsyncIterator, Callable
from typing import Any


def test_a_body_over_the_limit_is_413_however_it_comes(make_client: Callable[..., Any], key: str) -> None:
    client = make_client(limit_body=1000)

    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(11):
            yield b" " * 100

    for content in (b" " * 1001, chunks()):
        response = client.post("/acme/inference-stats/metadata", key=key, content=content)
        assert response.status_code == 413
        assert response.headers["connection"] == "close"
        assert "1000 bytes" in response.json()["message"]
        assert "SIGHTLINE_LIMIT_BODY" in response.json()["hint"]
    fits = b'{"data": [{"inference_ids": ["a"], "field_name": "b", "field_value": "c"}]}'
    assert client.post("/acme/inference-stats/metadata", key=key, content=fits.ljust(1000)).status_code == 200


def test_limits_are_settings(make_client: Callable[..., Any], key: str) -> None:
    client = make_client(limit_value=3)
    body = {"data": [{"inference_ids": ["a"], "field_name": "b", "field_value": "four"}]}
    response = client.post("/api/v1/acme/metadata", key=key, json=body)
    assert (response.status_code, response.json()["where"]) == (413, "$.data[0].field_value")
