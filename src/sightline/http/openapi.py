"""The OpenAPI 3.1 document, made of the same rows that route the requests and the same structs that decode them."""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from sightline import __version__
from sightline.http.endpoint import Endpoint
from sightline.http.errors import ErrorBody

EXAMPLES: dict[str, dict[str, Any]] = json.loads((Path(__file__).parent / "examples.json").read_text("utf-8"))
"""Those of docs/api.md; a test compares."""
DESCRIPTIONS = {
    "api_key": "The key, for those who cannot send a header.",
    "bucket": "Width of a step: `1m`, `5m`, `1h`, `1d` …; chosen when absent.",
    "by": "One or two names, separated by a comma: built-ins or metadata fields.",
    "confidence": "Only what is at least this confident.",
    "cursor": "`next_cursor` of the page before.",
    "dataset": "A project; images belong to the workspace of the key, so any name will do.",
    "direction": "Of the order.",
    "end": "ISO 8601 or relative such as `-1d`; now when absent. It does not count.",
    "endTime": "`YYYY-MM-DD HH:mm:ss` in UTC, or ISO 8601; now when absent.",
    "field": "A metadata field.",
    "filter": "A condition in the filter language, such as `location:texas line:7,8 confidence<0.5`.",
    "format": "`webp` or `png`.",
    "id": "The id of a key.",
    "image": "The id that the upload answered.",
    "inference_id": "As the client knows it.",
    "limit": "How many at most.",
    "measures": "Those that are needed, separated by commas; all when absent.",
    "modelNames": "Separated by commas; all when absent.",
    "name": "A metadata field.",
    "names": "Separated by commas; chosen when absent.",
    "order": "What comes first.",
    "prefix": "Of the value, in any case.",
    "project": "A model's name without its version.",
    "split": "A built-in or metadata field.",
    "start": "ISO 8601 or relative such as `-7d`; 7 days before the end when absent. It counts.",
    "startTime": "`YYYY-MM-DD HH:mm:ss` in UTC, or ISO 8601; 24 hours before the end when absent.",
    "time": "Of several inferences of the id, the nearest to this moment; the newest when absent.",
    "top": "How many values of `split` get a line of their own.",
    "version": "Of a model.",
    "workspace": "The slug of the workspace.",
}
ERRORS = {
    "400": "What was sent cannot be understood; `where` names the spot.",
    "401": "No key, or one that nobody knows.",
    "403": "The key of another workspace, or without the scope that is needed.",
    "404": "There is no such thing.",
    "413": "Over a limit; the message says which.",
    "503": "The queue is full, or the server is shutting down: come again after `Retry-After` seconds.",
    "507": "The disk is full; nothing was stored.",
}
SECURITY: dict[str, dict[str, str]] = {
    "query": {"type": "apiKey", "in": "query", "name": "api_key"},
    "bearer": {"type": "http", "scheme": "bearer"},
    "header": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
    "cookie": {"type": "apiKey", "in": "cookie", "name": "sightline_session"},
}


def document(endpoints: Sequence[Endpoint]) -> dict[str, Any]:
    types = [kind for endpoint in endpoints for kind in (endpoint.body, endpoint.answer) if kind is not None]
    schemas, components = msgspec.json.schema_components(
        [*types, ErrorBody], ref_template="#/components/schemas/{name}"
    )
    schema_of = dict(zip(map(repr, [*types, ErrorBody]), schemas, strict=True))
    paths: dict[str, Any] = {}
    for endpoint in endpoints:
        path = re.sub(r":\w+}", "}", endpoint.path)
        paths.setdefault(path, {})[endpoint.method.lower()] = _operation(endpoint, path, schema_of)
    error_content = {"application/json": {"schema": schema_of[repr(ErrorBody)]}}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Sightline",
            "version": __version__,
            "summary": "Inferences of computer-vision models, and the metadata attached to them.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": [{name: []} for name in SECURITY],
        "tags": [{"name": name} for name in dict.fromkeys(endpoint.group for endpoint in endpoints)],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": SECURITY,
            "responses": {
                f"Error{status}": {"description": told, "content": error_content}
                for status, told in ERRORS.items()
            },
        },
    }


def _operation(endpoint: Endpoint, path: str, schema_of: dict[str, Any]) -> dict[str, Any]:
    example = EXAMPLES.get(endpoint.example, {})
    name = re.sub(r"\W+", "_", f"{endpoint.method.lower()}{path}").strip("_")
    told: dict[str, Any] = {
        "operationId": name,
        "summary": endpoint.summary,
        "tags": [endpoint.group],
        "responses": {str(endpoint.status): _answer(endpoint, schema_of, example)} | _errors(endpoint),
    }
    if endpoint.scope is not None:
        told["description"] = f"The key needs the scope `{endpoint.scope}`."
    if endpoint.open:
        told["security"] = []
    if parameters := _parameters(endpoint, path):
        told["parameters"] = parameters
    if endpoint.body is not None:
        content: dict[str, Any] = {"schema": schema_of[repr(endpoint.body)]}
        if "body" in example:
            content["example"] = example["body"]
        told["requestBody"] = {"required": True, "content": {endpoint.takes: content}}
    return told


def _answer(endpoint: Endpoint, schema_of: dict[str, Any], example: dict[str, Any]) -> dict[str, Any]:
    if endpoint.status == 204:
        return {"description": "Done."}
    if endpoint.gives != "application/json":
        return {"description": "The answer.", "content": {endpoint.gives: {}}}
    if endpoint.answer is None:
        return {"description": "Text.", "content": {"text/plain": {"schema": {"type": "string"}}}}
    content: dict[str, Any] = {"schema": schema_of[repr(endpoint.answer)]}
    if "answer" in example:
        content["example"] = example["answer"]
    return {"description": "The answer.", "content": {"application/json": content}}


def _errors(endpoint: Endpoint) -> dict[str, Any]:
    told = {"400"}
    if not endpoint.open:
        told |= {"401", "403"}
    if "{" in endpoint.path:
        told.add("404")
    if endpoint.body is not None:
        told.add("413")
    if endpoint.scope is not None:
        told.add("503")
    if endpoint.scope == "write":
        told.add("507")
    return {status: {"$ref": f"#/components/responses/Error{status}"} for status in sorted(told)}


def _parameters(endpoint: Endpoint, path: str) -> list[dict[str, Any]]:
    in_path = re.findall(r"{(\w+)}", path)
    parameters = [
        {
            "name": name,
            "in": "path",
            "required": True,
            "description": DESCRIPTIONS[name],
            "schema": {"type": "string"},
        }
        for name in in_path
    ]
    if endpoint.parameters is not None:
        schema = next(iter(msgspec.json.schema(endpoint.parameters)["$defs"].values()))
        parameters += [
            {
                "name": name,
                "in": "query",
                "required": name in schema["required"],
                "description": DESCRIPTIONS.get(name, ""),
                "schema": {key: value for key, value in kind.items() if (key, value) != ("default", "")},
            }
            for name, kind in schema["properties"].items()
            if name not in in_path and name != "now"
        ]
    return parameters
