"""The document that tells of all doors, and the page that is made of it."""

import json
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from sightline.http import app, openapi
from sightline.http.endpoint import Endpoint

DOORS = [*app.ENDPOINTS, *app.BROAD]


def shown(endpoint: Endpoint) -> str:
    """Its path without the types of its parameters."""
    return re.sub(r":\w+}", "}", endpoint.path)


def test_the_document_is_valid(client: Any) -> None:
    document = client.get("/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    OpenAPIV31SpecValidator(document).validate()


def test_every_door_is_in_the_document(client: Any) -> None:
    document = client.get("/openapi.json").json()
    for endpoint in DOORS:
        told = document["paths"][shown(endpoint)][endpoint.method.lower()]
        assert told["summary"]
        for parameter in told.get("parameters", []):
            assert parameter["description"], parameter
        names = {parameter["name"] for parameter in told.get("parameters", [])}
        assert "now" not in names
        if endpoint.parameters is not None and "filter" in endpoint.parameters.__struct_fields__:
            assert {"start", "end", "filter", "workspace"} <= names
    operations_ = [one["operationId"] for path in document["paths"].values() for one in path.values()]
    assert len(operations_) == len(set(operations_)) == len(DOORS)


def test_the_examples_are_those_of_the_documentation() -> None:
    text = (Path(__file__).parents[2] / "docs" / "api.md").read_text("utf-8")
    blocks = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", text, re.DOTALL)]
    inline = [
        json.loads(block.replace("\n", " "))
        for block in re.findall(r"`GET (?:devices|waiting|rejected)[^`]*` -> `(.*?)`", text, re.DOTALL)
    ]
    shown = [example["answer"] for example in openapi.EXAMPLES.values()]
    in_document = [found for found in [*blocks, *inline] if found in shown]
    # All but what one inference has beside an item of the search.
    assert len(in_document) == len(blocks) + len(inline) - 1 == 10


@pytest.mark.parametrize("endpoint", [one for one in DOORS if one.example], ids=lambda one: one.path)
def test_every_example_is_of_its_type(endpoint: Any) -> None:
    example = openapi.EXAMPLES[endpoint.example]
    if endpoint.body is not None:
        assert msgspec.json.decode(json.dumps(example["body"]), type=endpoint.body) is not None
    assert msgspec.json.decode(json.dumps(example["answer"]), type=endpoint.answer) is not None


def test_the_page_tells_of_every_door_without_scripts(client: Any) -> None:
    response = client.get("/docs")
    html = response.text
    for endpoint in DOORS:
        assert f"{endpoint.method} {shown(endpoint)}</code>" in html
    assert "<script" not in html
    assert not re.search(r"(src|href)=\"(https?:)?//", html)
    assert "'unsafe" not in response.headers["content-security-policy"]
    assert "curl -X POST &#x27;http://sightline.test/{workspace}/inference-stats/metadata&#x27;" in html
