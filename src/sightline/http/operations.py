"""For those who run the server: is it alive, can it store, what did it do."""

import asyncio

import msgspec
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.requests import Request
from starlette.responses import Response

from sightline import __version__
from sightline.domain.errors import SightlineError, Unavailable
from sightline.http.endpoint import Endpoint
from sightline.http.state import State, respond, state_of
from sightline.questions import waiting
from sightline.store.duckdb.session import Session

GROUP = "Operations"


class Health(msgspec.Struct):
    status: str
    version: str


async def healthz(_: Request) -> Response:
    return respond(Health("ok", __version__))


async def readyz(request: Request) -> Response:
    """That the catalog answers and every workspace that is open can be asked."""
    state = state_of(request)
    try:
        await asyncio.to_thread(state.catalog.workspaces)
        for workspace in state.stores.open.values():
            await workspace.ask(_nothing, seconds=2)
    except SightlineError:
        raise
    except Exception as error:
        raise Unavailable(f"a store does not answer: {type(error).__name__}") from error
    return respond(Health("ok", __version__))


async def metrics(request: Request) -> Response:
    state = state_of(request)
    for slug in list(state.stores.open):
        await _measure(state, slug)
    return Response(generate_latest(state.metrics.registry), media_type=CONTENT_TYPE_LATEST)


async def _measure(state: State, slug: str) -> None:
    parameters = waiting.WaitingParameters(limit=1)
    workspace = state.stores.open[slug]
    answer = await workspace.ask(lambda session: waiting.ask(session, parameters), seconds=2)
    state.metrics.waiting.labels(slug).set(answer.values)


def _nothing(session: Session) -> None:
    session.row("SELECT 1")


ENDPOINTS = [
    Endpoint("GET", "/healthz", healthz, "Alive", GROUP, open=True, answer=Health),
    Endpoint("GET", "/readyz", readyz, "Able to store", GROUP, open=True, answer=Health),
    Endpoint("GET", "/metrics", metrics, "Counters for Prometheus", GROUP, open=True),
]
