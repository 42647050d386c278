"""Roboflow's own paths, at the root: what its unmodified clients call. Answers as in the protocol, to the letter."""

import asyncio
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from sightline.domain.errors import NotFound
from sightline.domain.moment import write_moment
from sightline.domain.value import Attachment, timestamp_of
from sightline.http import auth, pingback
from sightline.http.endpoint import Endpoint
from sightline.http.state import now, respond, state_of
from sightline.http.writing import store
from sightline.questions import models, statistics
from sightline.store.catalog import Identity
from sightline.wire import aggregator, metadata, roboflow
from sightline.wire import statistics as statistics_query

GROUP = "Roboflow's protocol"


class KeyBody(msgspec.Struct):
    api_key: str | None = None


class MetadataEntry(msgspec.Struct):
    inference_ids: list[str]
    field_name: str
    field_value: str | float | bool | None


class MetadataBody(msgspec.Struct):
    data: list[MetadataEntry]
    api_key: str | None = None


class Status(msgspec.Struct):
    status: str


class StatisticsQuery(msgspec.Struct, rename="camel"):
    """For the OpenAPI document; `wire/statistics.py` reads it."""

    start_time: str = ""
    end_time: str = ""
    model_names: str = ""


async def root(request: Request) -> Response:
    """Which workspace a key belongs to; without one, a browser is shown the page."""
    if request.method == "GET" and auth.key_of(request) is None and _is_browser(request):
        return RedirectResponse("/app/", 303)
    identity = await auth.identify(request, await _body_key(request))
    return respond(roboflow.owner(identity.workspace))


async def attach(request: Request) -> Response:
    identity, attachments = await read_attachments(request)
    await store(state_of(request), identity, attachments=attachments)
    return Response(roboflow.OK, media_type="application/json")


async def read_attachments(request: Request) -> tuple[Identity, list[Attachment]]:
    """An attach request and who sends it."""
    if auth.key_of(request) is not None:
        await auth.authorize(request, "write")  # a wrong key is told before a wrong body
    key, attachments = metadata.decode(await request.body(), state_of(request).limits)
    return await auth.authorize(request, "write", key), attachments


async def aggregate(request: Request) -> Response:
    state = state_of(request)
    found = aggregator.decode(await request.body(), received=now(), limits=state.limits)
    identity = await auth.authorize(request, "write", found.key)
    await store(state, identity, reports=found.reports, problems=found.problems)
    return Response(roboflow.OK, media_type="application/json")


async def statistics_of(request: Request) -> Response:
    identity = await auth.authorize(request, "read")
    workspace = await state_of(request).stores.get(identity.workspace)
    asked = statistics_query.decode(request.query_params, now=now())
    parameters = statistics.StatisticsParameters(start=asked.start, end=asked.end, models=asked.models)
    return respond(await workspace.ask(lambda session: statistics.ask(session, parameters)))


async def workspace(request: Request) -> Response:
    slug, name, projects = await _projects(request)
    return respond(roboflow.workspace(slug, name, projects))


async def project(request: Request) -> Response:
    slug, name, projects = await _projects(request)
    wanted = request.path_params["project"]
    found = next((project for project in projects if project.slug == wanted), None)
    if found is None:
        raise NotFound(
            f"the workspace {slug!r} has no inference of a project {wanted[:80]!r}",
            hint="a project appears with the first inference of one of its models",
        )
    return respond(roboflow.project(slug, name, found))


async def usage_plan(_: Request) -> Response:
    return respond(roboflow.USAGE_PLAN)


async def usage(request: Request) -> Response:
    """Usage telemetry is of no use here, but clients repeat it until they get exactly 200."""
    async for _ in request.stream():
        pass
    return Response(roboflow.OK, media_type="application/json")


async def _projects(request: Request) -> tuple[str, str, list[roboflow.Project]]:
    state = state_of(request)
    identity = await auth.authorize(request, None)
    row = await asyncio.to_thread(state.catalog.workspace, identity.workspace)
    moment = now()
    parameters = models.ModelsParameters(now=moment, start=write_moment(0))
    opened = await state.stores.get(identity.workspace)
    answer = await opened.ask(lambda session: models.ask(session, parameters))
    return row.slug, row.name, _grouped(answer.items)


def _grouped(items: list[models.ModelItem]) -> list[roboflow.Project]:
    projects: dict[str, roboflow.Project] = {}
    for item in items:
        slug = item.project or item.model
        if slug is None:
            continue
        known = projects.get(slug)
        classes = dict(known.classes) if known else {}
        for found in item.classes:
            classes[found.class_name] = classes.get(found.class_name, 0) + found.detections
        first, last = timestamp_of(item.first_seen or "") or 0, timestamp_of(item.last_seen or "") or 0
        projects[slug] = roboflow.Project(
            slug=slug,
            task=(known.task if known else item.task) or "object-detection",
            classes=classes,
            versions=[*(known.versions if known else []), *([item.version] if item.version else [])],
            images=(known.images if known else 0) + item.inferences,
            created=min(first, known.created) if known else first,
            updated=max(last, known.updated) if known else last,
        )
    return list(projects.values())


async def _body_key(request: Request) -> str | None:
    if request.method != "POST":
        return None
    try:
        return msgspec.json.decode(await request.body(), type=KeyBody).api_key
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None  # the package posts no body at all


def _is_browser(request: Request) -> bool:
    return "text/html" in request.headers.get("accept", "")


ENDPOINTS = [
    # What comes most often comes first: routes are tried in turn.
    Endpoint(
        "POST", "/{workspace}/inference-stats/metadata", attach, "Attach custom metadata", GROUP,
        scope="write", body=MetadataBody, answer=Status, example="attach",
    ),
    Endpoint(
        "POST", "/{workspace}/inference-stats", aggregate, "Report of a workflow's aggregator block", GROUP,
        scope="write", body=dict[str, Any], answer=Status, example="aggregator",
    ),
    Endpoint(
        "POST", "/inference-stats", pingback.receive, "Report of an inference server", GROUP,
        scope="write", body=dict[str, Any], answer=Status, example="pingback",
    ),
    Endpoint("GET", "/", root, "The workspace of a key", GROUP, example="owner", answer=dict[str, str]),
    Endpoint("POST", "/", root, "The workspace of a key", GROUP, example="owner", answer=dict[str, str]),
    Endpoint("GET", "/usage/plan", usage_plan, "Usage plan", GROUP, open=True, answer=dict[str, str]),
    Endpoint(
        "POST", "/usage/inference", usage, "Usage telemetry, which is thrown away", GROUP,
        open=True, answer=Status, example="usage",
    ),
    Endpoint(
        "GET", "/{workspace}/inference-stats", statistics_of, "Statistics", GROUP,
        scope="read", parameters=StatisticsQuery, answer=statistics.StatisticsAnswer,
    ),
]  # fmt: skip

PLATFORM = [
    Endpoint("GET", "/{workspace}", workspace, "A workspace", GROUP, answer=dict[str, Any]),
    Endpoint("GET", "/{workspace}/{project}", project, "A project", GROUP, answer=dict[str, Any]),
]
"""These match nearly any path of one or two parts, so they come last."""
