"""A full queue and a full disk: told with the right status, nothing half-written, and over as soon as there is room."""

import asyncio
import shutil
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from sightline.store.write import Write

METADATA = "/acme/inference-stats/metadata"


def entry(*ids: str) -> dict[str, Any]:
    return {"data": [{"inference_ids": list(ids), "field_name": "line", "field_value": "7"}]}


def test_a_full_queue_is_503_and_says_when_to_come_again(make_client: Callable[..., Any], key: str) -> None:
    client = make_client(queue=1)
    headers = {"X-API-Key": key}

    async def many() -> list[Any]:
        posts = [client.http.post(METADATA, json=entry(f"id-{n}"), headers=headers) for n in range(50)]
        return await asyncio.gather(*posts)

    answers = client.run(many())
    statuses = Counter(answer.status_code for answer in answers)
    assert set(statuses) == {200, 503}
    refused = next(answer for answer in answers if answer.status_code == 503)
    assert int(refused.headers["retry-after"]) >= 1
    assert "wait to be stored" in refused.json()["message"]
    # Exactly those that were told 200 are there.
    assert client.ask("waiting")["values"] == statuses[200]
    assert client.post(METADATA, key=key, json=entry("later")).status_code == 200


def test_a_full_disk_is_507_until_there_is_room(
    client: Any, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert client.post(METADATA, key=key, json=entry("before")).status_code == 200
    usage = shutil.disk_usage(client.state.settings.folder)
    with monkeypatch.context() as patched:
        patched.setattr(shutil, "disk_usage", lambda _: usage._replace(free=0))
        response = client.post(METADATA, key=key, json=entry("one", "two"))
        assert response.status_code == 507
        assert "make room" in response.json()["hint"]
        assert client.ask("waiting")["values"] == 1
    assert client.post(METADATA, key=key, json=entry("after")).status_code == 200
    assert client.ask("waiting")["values"] == 2


def test_a_workspace_that_is_closed_is_503(client: Any, key: str) -> None:
    workspace = client.run(client.state.stores.get("acme"))
    client.run(workspace.write(Write()))
    client.run(client.state.stores.close())
    response = client.post(METADATA, key=key, json=entry("one"))
    assert (response.status_code, response.json()["message"]) == (503, "the server is shutting down")
