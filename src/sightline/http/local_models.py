"""The local models of a workspace: see, add, remove."""

import asyncio
import tempfile
from pathlib import Path
from typing import cast, get_args

import msgspec
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response

from sightline.domain.errors import BadRequest
from sightline.gateway.card import Card, Task
from sightline.gateway.shelf import Shelf
from sightline.http import auth
from sightline.http.endpoint import Endpoint
from sightline.http.state import respond, state_of
from sightline.store.catalog import Scope

GROUP = "Local models"


class LocalModels(msgspec.Struct, frozen=True):
    items: list[Card]


class LocalModelForm(msgspec.Struct, frozen=True):
    """`multipart/form-data`."""

    model: bytes
    """The ONNX file."""
    model_id: str
    task: Task
    classes: str
    """One name a line, in the order of the model's outputs."""
    size: int | None = None
    """Input pixels, where the model leaves them open."""
    replace: bool = False


async def models(request: Request) -> Response:
    shelf = await _shelf(request, "read")
    return respond(LocalModels(await asyncio.to_thread(shelf.cards)))


async def add(request: Request) -> Response:
    shelf = await _shelf(request, "admin")
    async with request.form(max_files=1, max_fields=20, max_part_size=1024 * 1024) as form:
        model = form.get("model")
        if not isinstance(model, UploadFile):
            raise BadRequest(
                "the ONNX file is missing", where="model", hint="send it as a file of a multipart form"
            )
        said = {name: value for name, value in form.items() if isinstance(value, str)}
        task = said.get("task", "")
        if task not in get_args(Task):
            raise BadRequest(f"{task[:40]!r} is no task", where="task", hint=" or ".join(get_args(Task)))
        size = said.get("size") or None
        if size is not None and not (size.isascii() and size.isdigit() and 0 < int(size) <= 4096):
            raise BadRequest(f"{size[:40]!r} is no size in pixels", where="size")
        data = await model.read()
    card = await asyncio.to_thread(
        _add, shelf, data, said.get("model_id", ""), cast("Task", task), said.get("classes", "").splitlines(),
        None if size is None else int(size), said.get("replace", "").lower() == "true",
    )  # fmt: skip
    return respond(card, 201)


def _add(
    shelf: Shelf, data: bytes, model_id: str, task: Task, classes: list[str], size: int | None, replace: bool
) -> Card:  # called in one place
    shelf.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=shelf.folder, prefix=".") as sheltered:
        onnx = Path(sheltered) / "model.onnx"
        onnx.write_bytes(data)
        return shelf.add(
            model_id, onnx, task, [name for name in classes if name.strip()], size=size, replace=replace
        )


async def remove(request: Request) -> Response:
    """Delete a model; what it found stays."""
    shelf = await _shelf(request, "admin")
    card = shelf.card(f"{request.path_params['project']}/{request.path_params['version']}")
    state_of(request).gateway.runner.unload(shelf, card)
    await asyncio.to_thread(shelf.remove, card.model_id)
    return respond(card)


async def _shelf(request: Request, scope: Scope) -> Shelf:
    identity = await auth.authorize(request, scope)
    state = state_of(request)
    return state.gateway.local.shelf(await state.stores.get(identity.workspace))


ENDPOINTS = [
    Endpoint(
        "GET", "/api/v1/{workspace}/models/local", models, "Local models", GROUP, scope="read", answer=LocalModels,
    ),
    Endpoint(
        "POST", "/api/v1/{workspace}/models/local", add, "Add a local model", GROUP,
        scope="admin", body=LocalModelForm, takes="multipart/form-data", answer=Card, status=201,
    ),
    Endpoint(
        "DELETE", "/api/v1/{workspace}/models/local/{project}/{version}", remove, "Remove a local model", GROUP,
        scope="admin", answer=Card,
    ),
]  # fmt: skip
