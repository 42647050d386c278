"""The pingback: each record goes to the workspace of its own key, and none is lost because another is odd."""

import asyncio

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from sightline.domain.report import Heartbeat, Problem, Report
from sightline.http import auth
from sightline.http.state import State, now, state_of
from sightline.http.writing import store
from sightline.store.catalog import Identity
from sightline.wire import pingback, roboflow

SLICE = 50
"""Records decoded before other requests get their turn."""


class Share(msgspec.Struct):
    """What of a report belongs to one workspace."""

    identity: Identity
    reports: list[Report] = []
    heartbeats: list[Heartbeat] = []
    problems: list[Problem] = []


async def receive(request: Request) -> Response:
    """401 only if nothing in the report belongs to a workspace that we know."""
    state = state_of(request)
    report = pingback.decode(await request.body(), received=now(), limits=state.limits)
    key = auth.key_of(request, report.key)
    sender = await _sender(state, key)
    shares: dict[str, Share] = {}
    if sender is not None:
        share = _share(shares, sender)
        share.heartbeats = [report.heartbeat] if report.heartbeat is not None else []
        share.problems = list(report.problems)
    await _divide(state, report, sender, shares)
    if not shares:
        raise auth.unknown_key() if key else auth.no_key()
    # Together, so that their commits overlap; what was stored stays stored when another workspace is busy.
    results = await asyncio.gather(
        *(
            store(
                state,
                share.identity,
                reports=share.reports,
                heartbeats=share.heartbeats,
                problems=share.problems,
            )
            for share in shares.values()
        ),
        return_exceptions=True,
    )
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return Response(roboflow.OK, media_type="application/json")


async def _divide(
    state: State, report: pingback.Pingback, sender: Identity | None, shares: dict[str, Share]
) -> None:
    owners: dict[str | None, Identity | None] = {None: sender, report.key: sender}
    for start in range(0, len(report), SLICE):
        if start:
            await asyncio.sleep(0)
        for record in report.records(start, start + SLICE):
            if record.key not in owners:
                owners[record.key] = await _writer(state, record.key or "")
            owner = owners[record.key]
            if owner is not None:
                share = _share(shares, owner)
                if record.report is not None:
                    share.reports.append(record.report)
                if record.problem is not None:
                    share.problems.append(record.problem)
                continue
            state.metrics.refused.inc()
            if sender is not None:
                reason = "its api key is unknown, or may not write"
                _share(shares, sender).problems.append(report.refused(record, reason))


def _share(shares: dict[str, Share], owner: Identity) -> Share:
    return shares.setdefault(owner.workspace, Share(identity=owner))


async def _sender(state: State, key: str | None) -> Identity | None:
    if key is not None:
        return await _writer(state, key)
    if slug := state.settings.default_workspace:
        return Identity(workspace=slug, name="no key", scopes=frozenset({"write"}))
    return None


async def _writer(state: State, key: str) -> Identity | None:
    found = await auth.find(state, "key", key)
    return found if found is not None and "write" in found.scopes else None
