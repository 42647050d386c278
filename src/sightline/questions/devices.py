"""Devices: which are alive, what they run, and how they fare."""

from typing import Any

import msgspec

from sightline.domain.moment import DAY, SECOND, write_moment
from sightline.questions import counters
from sightline.questions.scope import Scope, ScopeParameters, resolve
from sightline.store.duckdb.session import Session


class DevicesParameters(ScopeParameters, frozen=True, kw_only=True):
    pass


class DeviceItem(msgspec.Struct, frozen=True):
    device: str
    online: bool
    last_heartbeat: str | None
    last_inference: str | None
    inferences: int
    previous_inferences: int
    confidence: float | None
    confidence_median: float | None
    latency: float | None
    errors: int
    versions: list[str]
    servers: list[str]
    tags: list[str]
    system: dict[str, str]


class DevicesAnswer(msgspec.Struct, frozen=True):
    items: list[DeviceItem]


ONLINE = 180 * SECOND
"""How long a device counts as online after it was heard of."""
HISTORY = DAY
"""What is older when it arrives was brought in by somebody, and tells nothing of the device now."""


class _Heartbeat(msgspec.Struct, frozen=True):
    received: int
    server: str | None
    version: str | None
    tags: list[str]
    system: dict[str, str]


class _Inferences(msgspec.Struct, frozen=True):
    count: int = 0
    previous: int = 0
    last: int | None = None
    confidence: float | None = None
    latency: float | None = None
    errors: int = 0
    versions: list[str] = []
    servers: list[str] = []
    tags: list[str] = []


def ask(session: Session, parameters: DevicesParameters) -> DevicesAnswer:
    """Devices with inferences in the period or the one before; without a filter also those with heartbeats alone."""
    scope = resolve(session, parameters)
    since = parameters.now - ONLINE
    heartbeats = _heartbeats(session)
    inferences = _inferences(session, scope)
    recent = {
        device
        for (device,) in session.rows(
            "SELECT DISTINCT device FROM inferences "
            f"WHERE received >= {since:d} AND time >= {parameters.now - HISTORY:d}"
        )
    }
    medians: dict[str | None, float | None] = dict(
        session.rows(
            "SELECT device, median(confidence) FROM (SELECT i.device, unnest(i.confidences) AS confidence "
            f"{scope.source(session)}) GROUP BY device",
            scope.condition.parameters,
        )
    )
    devices = inferences.keys() if scope.filtered else inferences.keys() | heartbeats.keys()
    items = []
    for device in devices:
        found, heartbeat = inferences.get(device, _Inferences()), heartbeats.get(device)
        items.append(
            DeviceItem(
                device=device,
                online=device in recent or (heartbeat is not None and heartbeat.received >= since),
                last_heartbeat=write_moment(heartbeat.received) if heartbeat else None,
                last_inference=None if found.last is None else write_moment(found.last),
                inferences=found.count,
                previous_inferences=found.previous,
                confidence=found.confidence,
                confidence_median=medians.get(device),
                latency=found.latency,
                errors=found.errors,
                versions=_all(found.versions, heartbeat.version if heartbeat else None),
                servers=_all(found.servers, heartbeat.server if heartbeat else None),
                tags=_all(found.tags, *(heartbeat.tags if heartbeat else ())),
                system=heartbeat.system if heartbeat else {},
            )
        )
    return DevicesAnswer(sorted(items, key=lambda item: (-item.inferences, item.device)))


def _all(texts: list[str], *more: str | None) -> list[str]:
    return sorted({text for text in (*texts, *more) if text})


def _heartbeats(session: Session) -> dict[str, _Heartbeat]:
    """The latest of each device."""
    rows = session.rows(
        "SELECT device, latest.received, latest.server, latest.server_version, latest.tags, latest.system FROM ("
        "SELECT device, arg_max(struct_pack(received, server, server_version, tags, system), sequence) AS latest "
        "FROM heartbeats GROUP BY device)"
    )
    return {
        device: _Heartbeat(
            received=received,
            server=server,
            version=version,
            tags=tags or [],
            system=msgspec.json.decode(system, type=dict[str, str]) if system else {},
        )
        for device, received, server, version, tags, system in rows
    }


def _inferences(session: Session, scope: Scope) -> dict[str, _Inferences]:
    current = f"FILTER (i.time >= {scope.start:d})"
    confident = counters.confident(session)
    rows: list[tuple[Any, ...]] = session.rows(
        f"SELECT i.device, count(*) {current}, count(*) FILTER (i.time < {scope.start:d}), max(i.time), "
        f"sum(i.confidence * {confident}) {current} / nullif(sum({confident}) {current}, 0), "
        f"avg(i.latency) {current}, count(i.error) {current}, "
        f"coalesce(list(DISTINCT i.server_version) {current}, []), coalesce(list(DISTINCT i.server) {current}, []), "
        f"coalesce(flatten(list(DISTINCT i.tags) {current}), []) "
        f"{scope.source(session, start=scope.previous_start)} AND i.device IS NOT NULL GROUP BY i.device",
        scope.condition.parameters,
    )
    return {device: _Inferences(*rest) for device, *rest in rows}
