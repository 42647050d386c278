"""One row for each method of each path: what routes it, and what the OpenAPI document says of it."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Route
from starlette.types import Scope as RequestScope

from sightline.domain.errors import BadRequest
from sightline.store.catalog import Scope

Handler = Callable[[Request], Awaitable[Response]]


class NamedRoute(Route):
    """Tells the request which route it took, so that it is counted under the template of its path."""

    def matches(self, scope: RequestScope) -> tuple[Match, RequestScope]:
        kept = _keep_encoded_slashes(scope)
        match, found = super().matches(kept)
        if match is not Match.FULL:
            return match, found
        if kept is not scope:
            found["path_params"] = {
                name: value.replace(_SLASH, "/") if isinstance(value, str) else value
                for name, value in found["path_params"].items()
            }
        return match, {**found, "route": self}


_SLASH = "\0"
_ENCODED_SLASH = re.compile(b"%2f", re.IGNORECASE)


def _keep_encoded_slashes(scope: RequestScope) -> RequestScope:
    """An id or field name may hold a slash, which comes encoded: it does not end a part of the path."""
    raw: bytes = scope.get("raw_path") or b""
    if scope["type"] != "http" or b"%2" not in raw or not raw.startswith(b"/api/v1/"):
        return scope
    path = _SLASH.join(unquote(part.decode("latin-1")) for part in _ENCODED_SLASH.split(raw))
    return {**scope, "path": path}


@dataclass(frozen=True)
class Endpoint:
    method: str
    path: str
    handle: Handler
    summary: str
    group: str
    """The heading under which it is documented."""
    scope: Scope | None = None
    """What its key must have; None: any key, or none where `open`."""
    open: bool = False
    parameters: type[msgspec.Struct] | None = None
    body: Any = None
    """The type of its JSON body."""
    answer: Any = None
    """The type of its JSON answer; None where it is no JSON."""
    takes: str = "application/json"
    """The media type of its body."""
    gives: str = "application/json"
    """The media type of its answer."""
    status: int = 200
    example: str = ""
    """The name of the examples of its body and answer."""

    def route(self) -> Route:
        return NamedRoute(self.path, self.handle, methods=[self.method], include_in_schema=False)


def read_parameters(request: Request, kind: type[msgspec.Struct], **own: Any) -> Any:
    """A struct of the query's parameters and the path's. `own` are ours to tell, such as the time; unknown ones are
    ignored, because clients send a `nocache` here and a `name` there.
    """
    values: dict[str, Any] = {
        name: text
        for name, text in (*request.query_params.items(), *request.path_params.items())
        if name in kind.__struct_encode_fields__
    }
    # A parameter that is empty is not given: forms and scripts cannot always leave one out.
    values = {name: text for name, text in values.items() if text != ""} | own
    try:
        return msgspec.convert(values, kind, strict=False)
    except msgspec.ValidationError as error:
        reason, _, place = str(error).partition(" - at `$.")
        missing = (
            reason.removeprefix("Object missing required field `").rstrip("`") if "missing" in reason else ""
        )
        if missing:
            raise BadRequest("the parameter is missing", where=missing) from error
        raise BadRequest(reason, where=place.rstrip("`") or None) from error
