"""Who asks, and whether they may. Keys come by query, header or body, in this order; or a cookie stands in."""

import asyncio
from typing import Literal

from starlette.requests import Request

from sightline.domain.errors import Forbidden, Unauthorized
from sightline.http.state import State, state_of
from sightline.store.catalog import Identity, Scope
from sightline.store.catalog.catalog import no_workspace

COOKIE = "sightline_session"
PAGE_HEADER = "X-Sightline"
"""Other sites cannot make a browser send it, so what a cookie alone vouches for must carry it to change anything."""
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


def key_of(request: Request, body_key: str | None = None) -> str | None:
    """The key that counts: query before header before body; empty ones are none."""
    if query := request.query_params.get("api_key"):
        return query
    scheme, _, token = request.headers.get("authorization", "").strip().partition(" ")
    if scheme.lower() == "bearer" and token.strip():
        return token.strip()
    return request.headers.get("x-api-key", "").strip() or body_key or None


async def find(state: State, kind: Literal["key", "session"], secret: str) -> Identity | None:
    """Who a key or the token of a session is. Costs SQL, in a thread, only where it was not asked a moment ago."""
    look_up = state.catalog.find_key if kind == "key" else state.catalog.find_session
    return state.catalog.remembered(kind, secret) or await asyncio.to_thread(look_up, secret)


async def identify(request: Request, body_key: str | None = None) -> Identity:
    """Who asks. `Unauthorized` without a key, or with one that nobody knows."""
    state = state_of(request)
    if key := key_of(request, body_key):
        found = await find(state, "key", key)
        if found is None:
            raise unknown_key()
        return found
    if token := request.cookies.get(COOKIE):
        found = await find(state, "session", token)
        if found is not None:
            if request.method not in SAFE_METHODS and not request.headers.get(PAGE_HEADER):
                raise Forbidden(f"a browser's cookie needs the header {PAGE_HEADER} to change anything")
            return found
    raise no_key()


async def authorize(request: Request, scope: Scope | None, body_key: str | None = None) -> Identity:
    """Who asks, if they may: 401 who is it, 404 no such workspace, 403 another workspace or scope."""
    identity = await identify(request, body_key)
    workspace = request.path_params.get("workspace")
    if workspace is not None and workspace != identity.workspace:
        if not await asyncio.to_thread(state_of(request).catalog.has_workspace, workspace):
            raise no_workspace(workspace)
        raise Forbidden(f"the key belongs to another workspace than {workspace!r}")
    if scope is not None:
        check_scope(identity, scope)
    return identity


def check_scope(identity: Identity, scope: Scope) -> None:
    if scope not in identity.scopes:
        raise Forbidden(
            f"the key {identity.name!r} has no scope {scope!r}",
            hint=f"use a key made with the scope {scope!r}",
        )


def no_key() -> Unauthorized:
    return Unauthorized("no api key", hint="send it as ?api_key=, as Authorization: Bearer, or as X-API-Key")


def unknown_key() -> Unauthorized:
    return Unauthorized("the api key is unknown", hint="it may be revoked; see `sightline keys`")
