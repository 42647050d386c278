"""One row for each method of each path: what routes it, and what the OpenAPI document says of it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

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
        match, found = super().matches(scope)
        return match, {**found, "route": self} if match is Match.FULL else found


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
