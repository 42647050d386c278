"""Devices: which are alive, what they run, and how they fare."""

import msgspec

from sightline.questions.scope import ScopeParameters
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


def ask(session: Session, parameters: DevicesParameters) -> DevicesAnswer:
    raise NotImplementedError
