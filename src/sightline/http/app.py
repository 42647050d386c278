"""The application: which doors there are, and in which order they are tried."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from sightline.http import (
    administration,
    api_v1,
    docs,
    images,
    inference,
    local_models,
    openapi,
    operations,
    page,
    roboflow,
)
from sightline.http.endpoint import Endpoint
from sightline.http.errors import CutOff, add_error_handlers
from sightline.http.limits import BodyLimit
from sightline.http.metrics import CountRequests
from sightline.http.start import prepare
from sightline.http.state import State, respond
from sightline.settings import Settings
from sightline.store.catalog import Catalog

ENDPOINTS: list[Endpoint] = [
    *roboflow.ENDPOINTS,
    *api_v1.ENDPOINTS,
    *inference.ENDPOINTS,
    *images.ENDPOINTS,
    *local_models.ENDPOINTS,
    *administration.ENDPOINTS,
    *operations.ENDPOINTS,
    *page.ENDPOINTS,
]
BROAD: list[Endpoint] = [*inference.V0, *api_v1.ONE_INFERENCE, *roboflow.PLATFORM]
"""These match what others match too, so they come last."""


def create_app(settings: Settings) -> Starlette:
    """Opens the catalog and makes the workspaces that the settings ask for. `app.state.started` tells of a new key.

    Everything is closed, after the writers have drained, when the application's lifespan ends.
    """
    catalog = Catalog(settings.catalog_url)
    started = prepare(catalog, settings)
    state = State(settings, catalog)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        sweeping = asyncio.create_task(images.sweep(state))
        yield
        sweeping.cancel()
        await asyncio.gather(sweeping, return_exceptions=True)
        await state.gateway.close()
        await state.stores.close()
        catalog.close()

    endpoints = [*ENDPOINTS, *documents(), *page.PAGES, *BROAD]
    if state.gateway.upstream is not None:
        endpoints += inference.ANYTHING
    app = Starlette(
        routes=[endpoint.route() for endpoint in endpoints],
        lifespan=lifespan,
        middleware=[
            Middleware(CutOff),
            Middleware(CountRequests, metrics=state.metrics),
            Middleware(BodyLimit, limit=settings.limit_body),
        ],
    )
    app.router.redirect_slashes = False  # a client that POSTs does not follow a redirect
    app.state.sightline = state
    app.state.started = started
    add_error_handlers(app)
    return app


def documents() -> list[Endpoint]:
    """The doors that tell of all doors."""
    made = openapi.document([*ENDPOINTS, *BROAD])

    async def as_json(_: Request) -> Response:
        return respond(made)

    async def as_page(request: Request) -> Response:
        address = str(request.base_url).rstrip("/")
        return HTMLResponse(docs.render(made, address), headers=docs.HEADERS)

    return [
        Endpoint("GET", "/openapi.json", as_json, "", ""),
        Endpoint("GET", "/docs", as_page, "", ""),
    ]
