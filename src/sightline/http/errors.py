"""One shape for every error: `{"error", "message", "hint", "where"}`. `error` and `message` are the same text, because
the platform's clients read one and the inference clients the other.
"""

import asyncio
import http
import logging
import secrets

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sightline.domain.errors import Busy, SightlineError, Unauthorized, Unavailable

_log = logging.getLogger(__name__)


class ErrorBody(msgspec.Struct, frozen=True):
    error: str
    message: str
    hint: str | None
    where: str | None


HINTS = {
    404: "the paths are listed at /docs",
    405: "the methods of each path are listed at /docs",
}


def error_response(
    status: int,
    message: str,
    *,
    hint: str | None = None,
    where: str | None = None,
    headers: dict[str, str] | None = None,
) -> Response:
    body = ErrorBody(error=message, message=message, hint=hint, where=where)
    return Response(msgspec.json.encode(body), status, headers, media_type="application/json")


def respond_to(error: SightlineError) -> Response:
    headers = {}
    if isinstance(error, Busy):
        headers["Retry-After"] = str(error.retry_after)
    if isinstance(error, Unauthorized):
        headers["WWW-Authenticate"] = "Bearer"
    if error.status == 413:
        headers["Connection"] = "close"  # nobody wants to read the rest
    return error_response(error.status, str(error), hint=error.hint, where=error.where, headers=headers)


async def _known(_: Request, error: Exception) -> Response:
    assert isinstance(error, SightlineError)  # noqa: S101  # what it is registered for
    return respond_to(error)


async def _of_framework(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101  # what it is registered for
    message = error.detail or http.HTTPStatus(error.status_code).phrase
    headers = dict(error.headers) if error.headers else None
    return error_response(error.status_code, message, hint=HINTS.get(error.status_code), headers=headers)


async def _unexpected(request: Request, error: Exception) -> Response:
    name = secrets.token_hex(4)
    _log.error("error %s in %s %s", name, request.method, request.url.path, exc_info=error)
    hint = f"the server's log tells more under {name}"
    return error_response(500, "something went wrong in the server", hint=hint)


def add_error_handlers(app: Starlette) -> None:
    app.add_exception_handler(SightlineError, _known)
    app.add_exception_handler(HTTPException, _of_framework)
    app.add_exception_handler(Exception, _unexpected)


class CutOff:
    """Answers 503 to a request that had not ended when the server's patience at shutdown did."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except asyncio.CancelledError:
            if started or scope["type"] != "http":
                raise
            error = Unavailable("the server is shutting down", hint="send it again to the restarted server")
            await respond_to(error)(scope, receive, send)
