"""Roboflow's statistics about deployed models, computed by its rules.

One row a prediction; an inference without predictions is one row of class "" with confidence 0 and time 0. Every mean
is over these rows, so an inference with many objects weighs more. The period before is of equal length.
"""

import msgspec

from sightline.store.duckdb.session import Session


class StatisticsParameters(msgspec.Struct, frozen=True, kw_only=True):
    now: int
    start_time: str = ""
    """`YYYY-MM-DD HH:mm:ss` in UTC, or ISO 8601 with a zone; 24 hours before `end_time` when empty."""
    end_time: str = ""
    """Now when empty."""
    model_names: str = ""
    """Comma-separated project names, or `project/version`; all when empty."""


class StatisticsRow(msgspec.Struct, frozen=True):
    """One model and predicted class. None where the class was not seen in that period."""

    model_name: str
    predicted_class: str
    num_inferences: int | None
    prev_num_inferences: int | None
    num_errors: int | None
    prev_num_errors: int | None
    avg_confidence: float | None
    prev_avg_confidence: float | None
    avg_response_time: float | None
    prev_avg_response_time: float | None
    median_confidence: float | None
    class_count: int | None
    deployment_types: str
    inference_server_versions: str
    model_num_inferences: int | None
    prev_model_num_inferences: int | None


class StatisticsAnswer(msgspec.Struct, frozen=True):
    num_inferences: int
    prev_num_inferences: int
    num_errors: int
    prev_num_errors: int
    avg_confidence: float
    prev_avg_confidence: float
    avg_response_time: float
    prev_avg_response_time: float
    inference_stats: list[StatisticsRow]


def ask(session: Session, parameters: StatisticsParameters) -> StatisticsAnswer:
    raise NotImplementedError
