"""The hosted inference protocol, v0 and v1: answered by a local model, or by the inference server behind us."""

import base64
import uuid
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from sightline import __version__
from sightline.domain.errors import BadRequest, NotFound, SightlineError, Unauthorized
from sightline.domain.names import RESERVED_SLUGS
from sightline.gateway.card import Card
from sightline.gateway.gateway import Gateway
from sightline.gateway.local import Caller
from sightline.gateway.passing import Passed
from sightline.gateway.shelf import no_model
from sightline.http import auth
from sightline.http.endpoint import Endpoint
from sightline.http.state import respond, state_of
from sightline.store.catalog import Scope
from sightline.wire import hosted, image_input
from sightline.wire.hosted import TASKS, Answer, Asked, Named, RegisteredModel, Registry

GROUP = "Inference"
SERVER_ID = str(uuid.uuid4())

_answers = msgspec.json.Encoder()


class ServerInfo(msgspec.Struct, frozen=True):
    name: str
    version: str
    uuid: str


def gateway_of(request: Request) -> Gateway:
    return state_of(request).gateway


async def info(request: Request) -> Response:
    if gateway_of(request).upstream is not None:
        return await passed(request)
    return respond(ServerInfo("Sightline", __version__, SERVER_ID))


async def registry(request: Request) -> Response:
    """The local models that are loaded; in front of an inference server, its own answer."""
    if gateway_of(request).upstream is not None:
        return await passed(request)
    caller = await _own(request, None, None)
    return respond(_registry(request, caller))


async def add(request: Request) -> Response:
    """Load a model, so that the first inference need not wait for it."""
    caller, named, card = await _named(request)
    if card is None or caller is None:
        return await _elsewhere(request, named.model_id)
    await gateway_of(request).runner.run(
        gateway_of(request).local.shelf(caller.workspace), card, lambda _: None
    )
    return respond(_registry(request, caller))


async def remove(request: Request) -> Response:
    """Unload a model; its files stay."""
    caller, named, card = await _named(request)
    if card is None or caller is None:
        return await _elsewhere(request, named.model_id)
    gateway_of(request).runner.unload(gateway_of(request).local.shelf(caller.workspace), card)
    return respond(_registry(request, caller))


async def clear(request: Request) -> Response:
    """Unload all models of the key's workspace."""
    if gateway_of(request).upstream is not None:
        return await passed(request)
    caller = await _own(request, hosted.read_named(await request.body()).api_key, "write")
    gateway_of(request).runner.clear(gateway_of(request).local.shelf(caller.workspace))
    return respond(_registry(request, caller))


async def infer(request: Request) -> Response:
    """v1: the model is named in the body."""
    body = await request.body()
    task = TASKS.get(request.url.path.rpartition("/")[2])
    try:
        asked = hosted.read_v1(body, state_of(request).limits)
    except BadRequest:
        if gateway_of(request).upstream is not None:
            return await passed(request)  # whoever is asked says what is wrong
        raise
    caller = await _caller(request, asked.api_key, asked)
    card = _card(request, caller, asked.model_id)
    if card is None or caller is None:
        return await _forward(request, caller, asked, task)
    inputs = asked.images()
    answers = await gateway_of(request).local.answer(caller, card, asked, inputs)
    return _answered(asked, answers)


async def infer_v0(request: Request) -> Response:
    """v0: the model is the path, the picture is the body or an address in the query."""
    model_id = request.url.path.strip("/")
    if model_id.partition("/")[0] in RESERVED_SLUGS:
        return await _elsewhere(request, None)
    asked = hosted.read_v0(model_id, request.query_params, state_of(request).limits)
    caller = await _caller(request, None, asked)
    card = _card(request, caller, asked.model_id)
    if card is None or caller is None:
        return await _forward(request, caller, asked, None)
    if url := request.query_params.get("image"):
        given = image_input.read_text(url.encode(), where="image")
    else:
        given = image_input.read_body(await request.body(), request.headers.get("content-type", ""))
    answers = await gateway_of(request).local.answer(caller, card, asked, [given])
    if asked.format == "image":
        return Response(base64.b64decode(answers[0].visualization or ""), media_type="image/jpeg")
    return _answered(asked, answers)


async def passed(request: Request) -> Response:
    """Anything else that the inference server behind answers, streamed through and not recorded."""
    upstream = gateway_of(request).upstream
    if upstream is None:
        raise NotFound("there is nothing at this path", hint="the paths are listed at /docs")
    body = await request.body()
    if upstream.own_key:
        # Our key opens the server behind: only those with a key of ours may use it.
        await auth.identify(request, _body_key(body))
    return await upstream.forward(
        request.method, _path(request), request.url.query, request.headers.items(), body
    )


async def _forward(request: Request, caller: Caller | None, asked: Asked, task: str | None) -> Response:
    upstream = gateway_of(request).upstream
    if upstream is None:
        raise no_model(asked.model_id)
    body = await request.body()
    through = Passed(
        gateway_of(request).recorder, caller, asked, task, body, request.headers.get("content-type", "")
    )
    return await through.through(
        upstream, request.method, _path(request), request.url.query, request.headers.items()
    )


async def _elsewhere(request: Request, model_id: str | None) -> Response:
    if gateway_of(request).upstream is None and model_id:
        raise no_model(model_id)
    return await passed(request)


async def _own(request: Request, body_key: str | None, scope: Scope | None) -> Caller:
    """Who asks; 401 without a key of ours."""
    identity = await auth.authorize(request, scope, body_key)
    return Caller(await state_of(request).stores.get(identity.workspace), identity.actor, None)


async def _caller(request: Request, body_key: str | None, asked: Asked) -> Caller | None:
    """Who asks. In front of an inference server that keeps its own keys, None where the key is none of ours."""
    gateway = gateway_of(request)
    address = request.client.host if request.client else None
    device = hosted.device_of(asked.source, address)
    try:
        caller = await _own(request, body_key, "write")
    except Unauthorized:
        if gateway.upstream is None or gateway.upstream.own_key:
            raise
        if gateway.upstream_workspace is None:
            return None
        try:
            workspace = await state_of(request).stores.get(gateway.upstream_workspace)
        except SightlineError:
            return None
        return Caller(workspace, "gateway", device)
    return caller._replace(device=device)


async def _named(request: Request) -> tuple[Caller | None, Named, Card | None]:
    named = hosted.read_named(await request.body())
    if not named.model_id:
        raise BadRequest("no model is named", where="$.model_id")
    caller = await _caller(request, named.api_key, Asked(named.model_id))
    return caller, named, _card(request, caller, named.model_id)


def _card(request: Request, caller: Caller | None, model_id: str) -> Card | None:
    return None if caller is None else gateway_of(request).local.shelf(caller.workspace).find(model_id)


def _registry(request: Request, caller: Caller) -> Registry:
    gateway = gateway_of(request)
    cards = gateway.runner.loaded(gateway.local.shelf(caller.workspace))
    return Registry([RegisteredModel(card.model_id, card.task, 1, card.height, card.width) for card in cards])


def _answered(asked: Asked, answers: list[Answer]) -> Response:
    """One picture: an object; several: an array."""
    found: Answer | list[Answer] = answers[0] if len(answers) == 1 else answers
    return Response(
        _answers.encode(found), media_type="application/json", headers={"X-Model-Id": asked.model_id}
    )


def _path(request: Request) -> str:
    """As it came, with its escapes."""
    raw: bytes = request.scope.get("raw_path") or request.url.path.encode()
    return raw.partition(b"?")[0].decode("latin-1")


def _body_key(body: bytes) -> str | None:
    try:
        return hosted.read_named(body).api_key
    except BadRequest:
        return None


ENDPOINTS = [
    Endpoint("GET", "/info", info, "Name of the inference server", GROUP, open=True, answer=ServerInfo),
    Endpoint("GET", "/model/registry", registry, "Loaded models", GROUP, answer=Registry),
    Endpoint("POST", "/model/add", add, "Load a model", GROUP, scope="write", body=Named, answer=Registry),
    Endpoint("POST", "/model/remove", remove, "Unload a model", GROUP, scope="write", body=Named, answer=Registry),
    Endpoint("POST", "/model/clear", clear, "Unload all models", GROUP, scope="write", body=Named, answer=Registry),
    *(
        Endpoint(
            "POST", f"/infer/{name}", infer, f"Inference: {task}", GROUP,
            scope="write", body=dict[str, Any], answer=Answer,
        )
        for name, task in TASKS.items()
    ),
]  # fmt: skip

V0 = [
    Endpoint("GET", "/{project}/{version:int}", infer_v0, "Inference on an image's address, v0", GROUP, scope="write"),
    Endpoint("POST", "/{project}/{version}", infer_v0, "Inference, v0", GROUP, scope="write"),
]  # fmt: skip
"""After every other path of two parts and before the platform's. An OpenAPI document cannot tell them from those."""

ANYTHING = [
    Endpoint(method, "/{anything:path}", passed, "Passed to the inference server", GROUP)
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
]
"""Last, where there is an inference server behind."""
