"""The dashboard, as it was built into the package, and how a browser logs in to it."""

import asyncio
import mimetypes
from pathlib import Path

import msgspec
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response

from sightline.domain.errors import Forbidden, NotFound
from sightline.domain.moment import SECOND
from sightline.http import auth
from sightline.http.endpoint import Endpoint
from sightline.http.state import respond, state_of
from sightline.store.catalog import Identity
from sightline.store.catalog.catalog import SESSION_LIFE
from sightline.wire import json

FOLDER = Path(__file__).parent / "page"
GROUP = "Log-in of browsers"
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; connect-src 'self'; font-src 'self'; manifest-src 'self'; "
        "style-src 'self'; img-src 'self'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}
NOT_BUILT = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Sightline</title>
<h1>The dashboard was not built</h1>
<p>The server works, and its <a href="/docs">API</a> does too. This copy of Sightline was installed from its
sources without the page. Build it with <code>make page</code> (it needs Node 20 or newer), then reload.</p></html>"""


class SessionBody(msgspec.Struct):
    api_key: str


class Session(msgspec.Struct):
    workspace: str
    scopes: list[str]


_SESSION = msgspec.json.Decoder(SessionBody)


async def show(request: Request) -> Response:
    """A built file; any other path under /app/ is one of the page's own and gets the page itself."""
    if token := request.query_params.get("token"):
        return await _log_in_by_link(request, token)
    path = request.path_params.get("path", "")
    file = (FOLDER / path.replace("\0", "")).resolve()
    if path and file.is_relative_to(FOLDER) and await asyncio.to_thread(file.is_file):
        # The names of built files carry a hash of their content.
        lasting = "public, max-age=31536000, immutable" if path.startswith("assets/") else "no-cache"
        return await _send(request, file, lasting)
    if path.startswith("assets/"):
        raise NotFound("there is no such file of the page", hint="reload the page: it may have been updated")
    index = FOLDER / "index.html"
    if await asyncio.to_thread(index.is_file):
        return await _send(request, index, "no-cache")
    return HTMLResponse(NOT_BUILT, headers=HEADERS | {"Cache-Control": "no-cache"})


async def _send(request: Request, file: Path, cache: str) -> Response:
    """The file, or the compressed twin that the build put beside it, to who takes that."""
    headers = HEADERS | {"Cache-Control": cache, "Vary": "Accept-Encoding"}
    media_type = mimetypes.guess_type(file.name)[0]
    twin = file.with_name(file.name + ".gz")
    if "gzip" in request.headers.get("accept-encoding", "") and await asyncio.to_thread(twin.is_file):
        file, headers = twin, headers | {"Content-Encoding": "gzip"}
    return FileResponse(file, headers=headers, media_type=media_type)


async def to_page(_: Request) -> Response:
    return RedirectResponse("/app/", 303)


async def log_in(request: Request) -> Response:
    """By key. The header tells our own page from another site's form."""
    if not request.headers.get(auth.PAGE_HEADER):
        raise Forbidden(f"the header {auth.PAGE_HEADER} is missing", hint="log in on the page itself")
    state = state_of(request)
    body = json.decode(await request.body(), _SESSION, state.limits)
    identity = await auth.find(state, "key", body.api_key.strip())
    if identity is None:
        raise auth.unknown_key()
    response = respond(Session(identity.workspace, sorted(identity.scopes)))
    return await _with_cookie(request, response, identity)


async def log_out(request: Request) -> Response:
    if not request.headers.get(auth.PAGE_HEADER):
        raise Forbidden(f"the header {auth.PAGE_HEADER} is missing", hint="log out on the page itself")
    if token := request.cookies.get(auth.COOKIE):
        await asyncio.to_thread(state_of(request).catalog.end_session, token)
    response = Response(status_code=204)
    response.delete_cookie(auth.COOKIE, path="/")
    return response


async def _log_in_by_link(request: Request, token: str) -> Response:
    """The link works once; afterwards the page is shown, which asks for a key where there is no session."""
    response = RedirectResponse(
        request.url.path, 303, {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
    )
    identity = await asyncio.to_thread(state_of(request).catalog.use_link, token)
    return response if identity is None else await _with_cookie(request, response, identity)


async def _with_cookie(request: Request, response: Response, identity: Identity) -> Response:
    token = await asyncio.to_thread(state_of(request).catalog.add_session, identity)
    response.set_cookie(
        auth.COOKIE,
        token,
        max_age=SESSION_LIFE // SECOND,
        path="/",
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
    return response


ENDPOINTS = [
    Endpoint(
        "POST", "/app/session", log_in, "Log a browser in by key", GROUP,
        open=True, body=SessionBody, answer=Session, example="session",
    ),
    Endpoint("DELETE", "/app/session", log_out, "Log a browser out", GROUP, open=True, status=204),
]  # fmt: skip
PAGES = [
    Endpoint("GET", "/app", to_page, "", ""),
    Endpoint("GET", "/app/", show, "", ""),
    Endpoint("GET", "/app/{path:path}", show, "", ""),
]
