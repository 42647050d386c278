"""A running server, as the commands that talk to one see it."""

import time
from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import quote

import httpx
import typer

from sightline.domain.errors import BadRequest, SightlineError, Unavailable

Url = Annotated[
    str, typer.Option("--url", envvar="SIGHTLINE_URL", help="Where the server is.", rich_help_panel="Server")
]
Workspace = Annotated[
    str,
    typer.Option(
        "--workspace",
        envvar="SIGHTLINE_WORKSPACE",
        help="Slug of the workspace; the key's own when left out.",
        rich_help_panel="Server",
    ),
]
Key = Annotated[
    str, typer.Option("--key", envvar="SIGHTLINE_API_KEY", help="API key.", rich_help_panel="Server")
]
DEFAULT_URL = "http://127.0.0.1:8000"

PATIENCE = 120.0
"""Seconds that a busy server is asked again before giving up."""


class Server:
    """`url`, `workspace` and `key` as the options give them. Answers are decoded JSON.

    Raises `BadRequest` where the server does not understand what was asked (400, 422), `Unavailable` where it cannot
    be reached, and `SightlineError` for every other refusal; each with the server's own words and hint.
    """

    def __init__(self, url: str, workspace: str, key: str) -> None:
        self.url = url.rstrip("/")
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        try:
            self._client = httpx.Client(base_url=self.url, headers=headers, timeout=60.0)
        except httpx.InvalidURL as error:
            raise BadRequest(f"{url!r} is not a URL: {error}", hint=f"for example {DEFAULT_URL}") from None
        self._workspace = workspace

    @property
    def workspace(self) -> str:
        if not self._workspace:
            self._workspace = str(self._send("GET", "/api/v1/whoami")["workspace"])
        return self._workspace

    def get(self, path: str, **parameters: str | int | None) -> Any:
        """`GET /api/v1/{workspace}/{path}`; parameters that are None or empty are left out."""
        given = {name: value for name, value in parameters.items() if value not in (None, "")}
        return self._send("GET", self._path(path), params=given)

    def post(self, path: str, body: Any) -> Any:
        return self._send("POST", self._path(path), json=body)

    def _path(self, path: str) -> str:
        return f"/api/v1/{quote(self.workspace, safe='')}/{path}"

    def _send(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str | int | None] | None = None,
        json: Any = None,
    ) -> Any:
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                response = self._client.request(method, path, params=params, json=json)
            except (httpx.TransportError, httpx.UnsupportedProtocol) as error:
                raise Unavailable(
                    f"cannot reach {self.url}: {error}",
                    hint="start it with `sightline serve`, or say where it is with --url or SIGHTLINE_URL",
                ) from None
            wait = _seconds(response.headers.get("Retry-After"))
            if response.status_code != httpx.codes.SERVICE_UNAVAILABLE or time.monotonic() + wait > deadline:
                return _answer(response)
            time.sleep(wait)


def _seconds(retry_after: str | None) -> float:
    try:
        return min(30.0, max(0.1, float(retry_after or "1")))
    except ValueError:  # a date is allowed too; a second is a fair guess
        return 1.0


def _answer(response: httpx.Response) -> Any:
    try:
        body = response.json()
    except ValueError:
        body = None
    if response.is_success and body is not None:
        return body
    told = body if isinstance(body, dict) else {}
    message = (
        told.get("message") or f"{response.url.host} answered {response.status_code}, which is not Sightline"
    )
    hint = told.get("hint")
    if response.status_code == httpx.codes.UNAUTHORIZED:
        hint = "give a key with --key or SIGHTLINE_API_KEY"
    unclear = response.status_code in (httpx.codes.BAD_REQUEST, httpx.codes.UNPROCESSABLE_ENTITY)
    raise (BadRequest if unclear else SightlineError)(str(message), hint=hint)
