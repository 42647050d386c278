"""What the routes of one application share."""

import time
from typing import Any, TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from sightline.domain.limits import Limits
from sightline.gateway.gateway import Gateway
from sightline.http.metrics import Metrics
from sightline.http.stores import Stores
from sightline.settings import Settings
from sightline.store.catalog import Catalog

Body = TypeVar("Body")


class State:
    def __init__(self, settings: Settings, catalog: Catalog) -> None:
        self.settings = settings
        self.limits: Limits = settings.limits
        self.catalog = catalog
        self.stores = Stores(settings, catalog)
        self.metrics = Metrics(self.stores.open)
        self.gateway = Gateway(settings, self.metrics.registry)


def state_of(request: Request) -> State:
    state: State = request.app.state.sightline
    return state


def now() -> int:
    """Microseconds since the epoch."""
    return time.time_ns() // 1000


def respond(answer: Any, status: int = 200) -> Response:
    """JSON of a struct, or of anything made of plain values."""
    return Response(msgspec.json.encode(answer), status, media_type="application/json")
