"""Keys and workspaces."""

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from sightline.http import auth
from sightline.http.endpoint import Endpoint
from sightline.http.state import respond, state_of
from sightline.store.catalog import SCOPES, Key, Scope, WorkspaceRow
from sightline.wire import json

GROUP = "Keys and workspaces"

Result = TypeVar("Result")


class KeyBody(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    scopes: list[Scope] = msgspec.field(default_factory=lambda: list(SCOPES))


class NewKey(Key, frozen=True, kw_only=True):
    key: str
    """The key itself. It is shown once."""


class Keys(msgspec.Struct):
    items: list[Key]


class WorkspaceBody(msgspec.Struct, forbid_unknown_fields=True):
    slug: str
    name: str = ""


class NewWorkspace(WorkspaceRow, frozen=True, kw_only=True):
    key: str
    """Its first key, with all scopes. It is shown once."""


class Workspaces(msgspec.Struct):
    items: list[WorkspaceRow]


_KEY = msgspec.json.Decoder(KeyBody)
_WORKSPACE = msgspec.json.Decoder(WorkspaceBody)


async def _in_thread(function: Callable[..., Result], *arguments: Any) -> Result:
    return await asyncio.to_thread(function, *arguments)


async def keys(request: Request) -> Response:
    identity = await auth.authorize(request, "admin")
    return respond(Keys(await _in_thread(state_of(request).catalog.keys, identity.workspace)))


async def add_key(request: Request) -> Response:
    state = state_of(request)
    identity = await auth.authorize(request, "admin")
    body = json.decode(await request.body(), _KEY, state.limits)
    secret, row = await _in_thread(state.catalog.add_key, identity.workspace, body.name, body.scopes)
    return respond(NewKey(key=secret, **msgspec.structs.asdict(row)), 201)


async def revoke_key(request: Request) -> Response:
    identity = await auth.authorize(request, "admin")
    key = request.path_params["id"]
    return respond(await _in_thread(state_of(request).catalog.revoke_key, identity.workspace, key))


async def workspaces(request: Request) -> Response:
    """The key's own alone: what other tenants there are is none of its business."""
    identity = await auth.authorize(request, "admin")
    return respond(Workspaces([await _in_thread(state_of(request).catalog.workspace, identity.workspace)]))


async def add_workspace(request: Request) -> Response:
    """With a first key, because the key that asks belongs to another workspace."""
    state = state_of(request)
    await auth.authorize(request, "admin")
    body = json.decode(await request.body(), _WORKSPACE, state.limits)
    row = await _in_thread(state.catalog.add_workspace, body.slug, body.name)
    secret, _ = await _in_thread(state.catalog.add_key, row.slug, "first")
    return respond(NewWorkspace(key=secret, **msgspec.structs.asdict(row)), 201)


ENDPOINTS = [
    Endpoint(
        "GET", "/api/v1/workspaces", workspaces, "The key's workspace", GROUP, scope="admin", answer=Workspaces,
    ),
    Endpoint(
        "POST", "/api/v1/workspaces", add_workspace, "Make a workspace", GROUP,
        scope="admin", body=WorkspaceBody, answer=NewWorkspace, status=201, example="workspace",
    ),
    Endpoint("GET", "/api/v1/{workspace}/keys", keys, "Keys", GROUP, scope="admin", answer=Keys),
    Endpoint(
        "POST", "/api/v1/{workspace}/keys", add_key, "Make a key", GROUP,
        scope="admin", body=KeyBody, answer=NewKey, status=201, example="key",
    ),
    Endpoint("DELETE", "/api/v1/{workspace}/keys/{id}", revoke_key, "Revoke a key", GROUP, scope="admin", answer=Key),
]  # fmt: skip
