"""Totals, and the change against the period of equal length before."""

import msgspec

from sightline.questions.scope import ScopeParameters
from sightline.store.duckdb.session import Session


class SummaryParameters(ScopeParameters, frozen=True, kw_only=True):
    pass


class Totals(msgspec.Struct, frozen=True):
    inferences: int
    detections: int
    confidence: float | None
    """Mean over detections."""
    latency: float | None
    """Mean over the inferences that tell one; seconds."""
    errors: int
    models: int
    devices: int


class Change(msgspec.Struct, frozen=True):
    """Relative: 0.2 is a fifth more. None where there was nothing before."""

    inferences: float | None
    detections: float | None
    confidence: float | None
    latency: float | None
    errors: float | None
    models: float | None
    devices: float | None


class SummaryAnswer(msgspec.Struct, frozen=True):
    start: str
    end: str
    previous_start: str
    sentence: str
    current: Totals
    previous: Totals
    change: Change


def ask(session: Session, parameters: SummaryParameters) -> SummaryAnswer:
    raise NotImplementedError
