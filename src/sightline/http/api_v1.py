"""The native API: one door a question. Each decodes parameters, asks, and encodes."""

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from sightline import __version__
from sightline.domain.errors import NotFound
from sightline.domain.value import Attachment
from sightline.http import auth
from sightline.http.endpoint import Endpoint, Handler, read_parameters
from sightline.http.roboflow import MetadataBody, read_attachments
from sightline.http.state import now, respond, state_of
from sightline.http.writing import store
from sightline.questions import (
    attached,
    devices,
    facets,
    fields,
    groups,
    inference,
    models,
    rejected,
    search,
    series,
    summary,
    values,
    waiting,
)
from sightline.store.duckdb.session import Session
from sightline.wire import native

BASE = "/api/v1/{workspace}"
LARGE = 256 * 1024
"""Bytes of a body from which on it is decoded in a thread, so that small requests need not wait."""


class Matched(msgspec.Struct):
    matched: int
    waiting: int


class Attached(msgspec.Struct):
    matched: int
    waiting: int
    entries: list[Matched]


class Recorded(msgspec.Struct):
    recorded: int
    replayed: int
    inference_ids: list[str]


class NativeBody(msgspec.Struct):
    inferences: list[native.Inference]


class Whoami(msgspec.Struct):
    workspace: str
    scopes: list[str]
    key: str
    version: str


def question(parameters: type[msgspec.Struct], ask: Callable[[Session, Any], Any]) -> Handler:
    """The door of a question."""
    timed = "now" in parameters.__struct_fields__

    async def handle(request: Request) -> Response:
        identity = await auth.authorize(request, "read")
        asked = read_parameters(request, parameters, **({"now": now()} if timed else {}))
        workspace = await state_of(request).stores.get(identity.workspace)
        return respond(await workspace.ask(lambda session: ask(session, asked)))

    return handle


async def attach(request: Request) -> Response:
    state = state_of(request)
    identity, attachments = await read_attachments(request)
    receipt = await store(state, identity, attachments=attachments)
    entries = [Matched(*counts) for counts in zip(receipt.matched, receipt.waiting, strict=True)]
    return respond(Attached(sum(receipt.matched), sum(receipt.waiting), entries))


async def detach(request: Request) -> Response:
    state = state_of(request)
    identity = await auth.authorize(request, "write")
    inference_id, field = request.path_params["inference_id"], request.path_params["field"]
    workspace = await state.stores.get(identity.workspace)
    asked = attached.AttachedParameters(inference_id=inference_id, field=field)
    found = await workspace.ask(lambda session: attached.ask(session, asked))
    if found.field_value is None:
        raise NotFound(f"{inference_id[:80]!r} has no value of {field[:80]!r}")
    removal = Attachment(inference_ids=[inference_id], field=field, value=None)
    receipt = await store(state, identity, attachments=[removal])
    return respond(Matched(sum(receipt.matched), sum(receipt.waiting)))


async def record(request: Request) -> Response:
    state = state_of(request)
    identity = await auth.authorize(request, "write")
    body = await request.body()
    lines = (
        request.headers.get("content-type", "").partition(";")[0].strip().lower() == "application/x-ndjson"
    )

    def decode() -> native.Records:
        return native.decode(body, received=now(), limits=state.limits, lines=lines)

    records = await asyncio.to_thread(decode) if len(body) > LARGE else decode()
    receipt = await store(state, identity, reports=records.reports, attachments=records.attachments)
    return respond(Recorded(receipt.recorded, receipt.replayed, records.inference_ids))


async def whoami(request: Request) -> Response:
    identity = await auth.identify(request)
    return respond(Whoami(identity.workspace, sorted(identity.scopes), identity.name, __version__))


def _asked(path: str, module: Any, parameters: type[msgspec.Struct], answer: Any, summary: str) -> Endpoint:
    return Endpoint(
        "GET", f"{BASE}/{path}", question(parameters, module.ask), summary, "Questions",
        scope="read", parameters=parameters, answer=answer, example=path.partition("/")[0] if "{" not in path else "",
    )  # fmt: skip


ENDPOINTS = [
    Endpoint("GET", "/api/v1/whoami", whoami, "Who a key is", "Keys and workspaces", answer=Whoami, example="whoami"),
    _asked("summary", summary, summary.SummaryParameters, summary.SummaryAnswer, "Totals and their change"),
    _asked("models", models, models.ModelsParameters, models.ModelsAnswer, "Models and their classes"),
    _asked("series", series, series.SeriesParameters, series.SeriesAnswer, "Measures through time"),
    _asked("groups", groups, groups.GroupsParameters, groups.GroupsAnswer, "Measures by one or two names"),
    _asked("facets", facets, facets.FacetsParameters, facets.FacetsAnswer, "Counts of values"),
    _asked("inferences", search, search.SearchParameters, search.SearchAnswer, "Search"),
    _asked("fields", fields, fields.FieldsParameters, fields.FieldsAnswer, "Metadata fields"),
    _asked("fields/{name:path}/values", values, values.ValuesParameters, values.ValuesAnswer, "Values of a field"),
    _asked("devices", devices, devices.DevicesParameters, devices.DevicesAnswer, "Devices"),
    _asked("waiting", waiting, waiting.WaitingParameters, waiting.WaitingAnswer, "Values that wait"),
    _asked("rejected", rejected, rejected.RejectedParameters, rejected.RejectedAnswer, "Records not understood whole"),
    Endpoint(
        "POST", f"{BASE}/metadata", attach, "Attach custom metadata", "Writing",
        scope="write", body=MetadataBody, answer=Attached, example="metadata",
    ),
    Endpoint(
        "POST", f"{BASE}/inferences", record, "Record inferences", "Writing",
        scope="write", body=NativeBody, answer=Recorded, example="record",
    ),
    Endpoint(
        "DELETE", f"{BASE}/inferences/{{inference_id:path}}/metadata/{{field:path}}", detach, "Remove a value",
        "Writing", scope="write", answer=Matched, example="detach",
    ),
]  # fmt: skip

ONE_INFERENCE = [
    _asked(
        "inferences/{inference_id:path}",
        inference,
        inference.InferenceParameters,
        inference.InferenceAnswer,
        "One inference",
    ),
]
"""Ids may hold slashes, so this matches all that begins like it and comes after its pictures."""
