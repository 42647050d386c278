"""One inference with everything known about it."""

from collections.abc import Callable
from typing import Any

import pytest

from sightline.domain.errors import BadRequest, NotFound
from sightline.domain.moment import HOUR, write_moment
from sightline.domain.report import Detection, Kind, Report
from sightline.domain.value import IMAGE_FIELD, Attachment
from sightline.questions import inference
from sightline.store.workspace import Workspace
from sightline.store.write import Write

NOW = 1_795_000_000_000_000
OPEN = Callable[..., Workspace]


def known(workspace: Workspace, inference_id: str, **asked: Any) -> inference.InferenceAnswer:
    with workspace.session() as session:
        return inference.ask(
            session, inference.InferenceParameters(now=NOW, inference_id=inference_id, **asked)
        )


def attach(workspace: Workspace, field: str, value: str | None, actor: str, *ids: str) -> None:
    write = Write(attachments=[Attachment(list(ids), field, value)], actor=actor, request=f"of {actor}")
    workspace.submit(write).result()


def test_values_with_their_history(open_workspace: OPEN) -> None:
    workspace = open_workspace()
    attach(workspace, "line", "6", "early", "a", "b")
    workspace.submit(Write(reports=[Report(Kind.NATIVE, "a", time=NOW - HOUR, model="parts/3")])).result()
    attach(workspace, "line", None, "remover", "a")
    attach(workspace, "line", "7", "late", "a")
    attach(workspace, "gone", "1", "early", "a")
    attach(workspace, "gone", None, "late", "a")
    attach(workspace, IMAGE_FIELD, "hash", "camera", "a")
    answer = known(workspace, "a")
    assert answer.metadata == {"line": "7"}
    assert answer.image.stored
    (value,) = answer.values
    assert (value.field_name, value.field_value, value.type) == ("line", "7", "number")
    assert (value.by, value.request) == ("late", "of late")
    assert [(past.field_value, past.by) for past in value.history] == [(None, "remover"), ("6", "early")]
    assert value.history[-1].time <= value.history[0].time <= value.time


def test_its_reports(open_workspace: OPEN) -> None:
    workspace = open_workspace()
    aggregated = Report(Kind.AGGREGATOR, "a", model="parts/3", detections=[Detection("scratch", 0.9)])
    full = Report(
        Kind.PINGBACK_FULL, "a", time=NOW - HOUR, model="parts/3", detections=[Detection("scratch", 0.9)]
    )
    workspace.submit(Write(reports=[aggregated])).result()
    workspace.submit(Write(reports=[full])).result()
    answer = known(workspace, "a")
    assert [(report.kind, report.time) for report in answer.reports] == [
        ("aggregator", None),
        ("pingback", write_moment(NOW - HOUR)),
    ]
    assert answer.time == write_moment(NOW - HOUR)
    assert answer.others == []


def test_an_id_that_was_used_again(open_workspace: OPEN) -> None:
    workspace = open_workspace()
    for hours in (1, 2, 3):
        report = Report(Kind.PINGBACK_TINY, "a", time=NOW - hours * HOUR, model=f"parts/{hours}")
        workspace.submit(Write(reports=[report])).result()
    answer = known(workspace, "a")
    assert answer.model == "parts/1"
    assert [other.model for other in answer.others] == ["parts/2", "parts/3"]
    assert known(workspace, "a", time=write_moment(NOW - 2 * HOUR - 1)).model == "parts/2"
    assert known(workspace, "a", time="-1d").model == "parts/3"
    with pytest.raises(BadRequest):
        known(workspace, "a", time="then")


def test_one_that_has_not_arrived(open_workspace: OPEN) -> None:
    workspace = open_workspace()
    attach(workspace, "line", "7", "early", "a")
    attach(workspace, "shift", "night", "early", "a")
    with pytest.raises(NotFound) as caught:
        known(workspace, "a")
    assert caught.value.hint == "2 values wait for it"
    with pytest.raises(NotFound) as caught:
        known(workspace, "b")
    assert caught.value.hint == "no values wait for it either"
