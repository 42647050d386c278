"""Devices, what waits, what was rejected; names and bounds; the documented shapes."""

import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from sightline.domain.errors import BadRequest
from sightline.domain.moment import DAY, HOUR, SECOND, write_moment
from sightline.domain.report import Detection, Heartbeat, Kind, Problem, Report
from sightline.domain.value import Attachment
from sightline.questions import (
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
from sightline.store.workspace import Workspace
from sightline.store.write import Write

NOW = 1_795_000_000_000_000
OPEN = Callable[..., Workspace]


def ask(workspace: Workspace, question: Any, parameters: Any) -> Any:
    with workspace.session() as session:
        return question.ask(session, parameters)


def test_devices(open_workspace: OPEN) -> None:
    workspace = open_workspace()
    made = [
        Report(
            Kind.NATIVE,
            f"{device}-{place}",
            time=NOW - age,
            device=device,
            server="s1",
            server_version="1.8.3",
            latency=0.1 * (place + 1),
            tags=["night"],
            error="broken" if place == 1 else None,
            detections=[Detection("scratch", 0.5 + 0.1 * place)],
        )
        for device, ages in {"edge-1": [HOUR, 2 * HOUR, 3 * HOUR], "edge-2": [8 * DAY]}.items()
        for place, age in enumerate(ages)
    ]
    heartbeats = [
        Heartbeat("edge-3", server="s3", server_version="1.8.2"),
        Heartbeat("edge-3", server="s4", server_version="1.9", tags=["beta"], system={"hostname": "box"}),
    ]
    workspace.submit(Write(reports=made, heartbeats=heartbeats)).result()
    with workspace.session() as session:
        (received,) = session.row("SELECT max(received) FROM heartbeats")
    # The heartbeats bear the real clock, so it is asked as of then, of a period around NOW.
    period = {"start": write_moment(NOW - 7 * DAY), "end": write_moment(NOW)}
    asked = devices.DevicesParameters(now=received + SECOND, **period)
    one, three, two = sorted(
        ask(workspace, devices, asked).items,
        key=lambda item: (item.device != "edge-1", item.device != "edge-3"),
    )
    assert (one.device, one.inferences, one.previous_inferences, one.errors) == ("edge-1", 3, 0, 1)
    assert one.confidence == pytest.approx(0.6)
    assert one.confidence_median == pytest.approx(0.6)
    assert one.latency == pytest.approx(0.2)
    assert (one.versions, one.servers, one.tags) == (["1.8.3"], ["s1"], ["night"])
    assert one.last_inference == write_moment(NOW - HOUR)
    assert (two.device, two.inferences, two.previous_inferences) == ("edge-2", 0, 1)
    assert (two.confidence, two.versions) == (None, [])
    assert (three.device, three.inferences, three.last_inference) == ("edge-3", 0, None)
    assert (three.versions, three.servers, three.tags, three.system) == (
        ["1.9"],
        ["s4"],
        ["beta"],
        {"hostname": "box"},
    )
    assert three.last_heartbeat == write_moment(received)
    assert three.online
    later = devices.DevicesParameters(now=received + devices.ONLINE + SECOND, **period)
    assert not any(item.online for item in ask(workspace, devices, later).items)
    filtered = devices.DevicesParameters(now=received, filter="device:edge-1", **period)
    assert [item.device for item in ask(workspace, devices, filtered).items] == ["edge-1"]


def test_devices_are_online_by_what_they_do_now_not_by_history_that_is_brought_in(
    open_workspace: OPEN,
) -> None:
    workspace = open_workspace()
    now = time.time_ns() // 1000
    ages = {"works": 0, "lags": HOUR, "worked once": 3 * DAY}
    made = [Report(Kind.NATIVE, device, time=now - age, device=device) for device, age in ages.items()]
    workspace.submit(Write(reports=made)).result()
    found = ask(workspace, devices, devices.DevicesParameters(now=time.time_ns() // 1000)).items
    assert {item.device: item.online for item in found} == {"works": True, "lags": True, "worked once": False}


def test_what_waits(open_workspace: OPEN) -> None:
    workspace = open_workspace()
    assert ask(workspace, waiting, waiting.WaitingParameters()) == waiting.WaitingAnswer(0, 0, None, [])
    for place in range(3):
        workspace.submit(
            Write(attachments=[Attachment([f"id-{place}", "same"], "line", str(place))])
        ).result()
    answer = ask(workspace, waiting, waiting.WaitingParameters(limit=2))
    assert (answer.values, answer.ids, len(answer.items)) == (4, 4, 2)
    assert answer.oldest is not None
    assert answer.oldest <= answer.items[-1].time <= answer.items[0].time
    assert {item.field_name for item in answer.items} == {"line"}


def test_what_was_rejected(open_workspace: OPEN) -> None:
    workspace = open_workspace()
    for place in range(3):
        problem = Problem("pingback", f"$.inference_results[{place}]", "no id", kept=place == 2, excerpt="{}")
        workspace.submit(Write(problems=[problem])).result()
    answer = ask(workspace, rejected, rejected.RejectedParameters(limit=2))
    assert answer.total == 3
    assert [(item.door, item.where, item.reason, item.kept, item.excerpt) for item in answer.items] == [
        ("pingback", "$.inference_results[2]", "no id", True, "{}"),
        ("pingback", "$.inference_results[1]", "no id", False, "{}"),
    ]


@pytest.mark.parametrize(
    ("question", "asked", "where"),
    [
        (groups, {"by": "lines"}, "by"),
        (groups, {"by": ""}, "by"),
        (groups, {"by": "line,shift,class"}, "by"),
        (groups, {"by": "confidence"}, "by"),
        (groups, {"by": "line", "limit": 0}, "limit"),
        (groups, {"by": "line", "order": "luck"}, "order"),
        (groups, {"by": "line", "measures": "inferences,luck"}, "measures"),
        (series, {"measures": "confidence_median"}, "measures"),
        (series, {"split": "lines"}, "split"),
        (series, {"bucket": "1 hour"}, "bucket"),
        (series, {"bucket": "0m"}, "bucket"),
        (series, {"bucket": "1m"}, "bucket"),
        (series, {"top": 51}, "top"),
        (facets, {"names": "lines"}, "names"),
        (facets, {"names": "id"}, "names"),
        (facets, {"names": ",".join(["line", *(f"n{place}" for place in range(30))])}, "names"),
        (waiting, {"limit": 1001}, "limit"),
        (rejected, {"limit": -1}, "limit"),
    ],
)
def test_odd_parameters_are_named(factory: Any, question: Any, asked: dict[str, Any], where: str) -> None:
    name = f"{question.__name__.rpartition('.')[2].capitalize()}Parameters"
    kind = getattr(question, name)
    now = {"now": NOW} if "now" in kind.__struct_fields__ else {}
    with pytest.raises(BadRequest) as caught:
        factory.ask(question, kind(**now, **asked))
    assert caught.value.where == where
    if "lines" in str(asked):
        assert "line" in (caught.value.hint or "")


def test_a_given_bucket(factory: Any) -> None:
    answer = factory.ask(series, series.SeriesParameters(now=NOW, bucket="1w", start="-30d"))
    assert answer.bucket == "1w"
    # 2026-11-16 was a Monday.
    assert answer.buckets[-1] == "2026-11-16T00:00:00Z"
    assert sum(answer.items[0].inferences) == len(factory.inferences)
    answer = factory.ask(series, series.SeriesParameters(now=NOW, bucket="6h", start="-1d"))
    assert all(int(text[11:13]) % 6 == 0 for text in answer.buckets)


def test_facets_chosen_by_themselves(factory: Any) -> None:
    answer = factory.ask(facets, facets.FacetsParameters(now=NOW))
    names = [item.name for item in answer.items]
    assert names[:4] == ["model", "version", "task", "class"]
    # Fields by coverage; one bears a built-in's name.
    assert names[-5:] == ["line", "shift", "temperature", "metadata.class", "note"]
    by_name = {item.name: item for item in answer.items}
    assert by_name["temperature"].type == "number"
    assert by_name["temperature"].histogram is not None
    assert by_name["shift"].type == "text"
    assert by_name["confidence"].histogram is not None


def test_a_facet_without_time_says_so(factory: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facets, "_MILLISECONDS", 0)
    (item,) = factory.ask(facets, facets.FacetsParameters(now=NOW, names="line")).items
    assert not item.complete
    assert (item.values, item.distinct, item.missing, item.histogram) == ([], None, None, None)


def shape(value: Any) -> Any:
    """Names all the way down; lists by their first element, metadata and the like as they are free to be."""
    if isinstance(value, dict):
        return {name: shape(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [shape(value[0])] if value and isinstance(value[0], dict) else []
    return None


DOCUMENTED = {
    'sentence": "all': (summary, {}),
    'previous_inferences": 100, "share': (models, {}),
    'bucket": "1h': (series, {"split": "line"}),
    "total_groups": (groups, {"by": "line,shift", "limit": 5}),
    "milliseconds": (facets, {"names": "temperature"}),
    "look_alikes": (fields, {}),
    '"values": 132': (waiting, {}),
    "online": (devices, {}),
    "more": (values, {"name": "line"}),
    '"total": 3': (rejected, {}),
}


@pytest.mark.parametrize("sign", sorted(DOCUMENTED))
def test_answers_have_the_documented_shape(open_workspace: OPEN, factory_like: Workspace, sign: str) -> None:
    text = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
    examples = re.findall(r"```json\n(.*?)```|-> `(\{.*?\})`", text, re.DOTALL)
    (example,) = (block or line for block, line in examples if sign in (block or line))
    question, asked = DOCUMENTED[sign]
    kind = getattr(question, f"{question.__name__.rpartition('.')[2].capitalize()}Parameters")
    now = {"now": NOW} if "now" in kind.__struct_fields__ else {}
    answer = json.loads(msgspec.json.encode(ask(factory_like, question, kind(**now, **asked))))
    documented, told = shape(json.loads(example)), shape(answer)
    for free in ("system", "types"):
        for item in (*documented.get("items", []), *told.get("items", [])):
            item.pop(free, None)
    assert told == documented


@pytest.fixture
def factory_like(open_workspace: OPEN) -> Workspace:
    """Something of everything, so that no list of an answer is empty."""
    workspace = open_workspace("shapes")
    made = [
        Report(
            Kind.NATIVE,
            f"id-{n}",
            time=NOW - HOUR,
            model="parts/3",
            device="d",
            detections=[Detection("a", 0.5)],
        )
        for n in range(100)
    ]
    attachments = [Attachment([f"id-{n}"], "line", str(n % 12)) for n in range(100)]
    attachments += [Attachment([f"id-{n}"], "temperature", str(n / 2)) for n in range(100)]
    attachments += [Attachment([f"id-{n}"], "shift", "day") for n in range(100)]
    attachments += [Attachment(["nobody"], "line", "1")]
    workspace.submit(
        Write(reports=made, attachments=attachments, problems=[Problem("native", "$", "odd")])
    ).result()
    return workspace


def test_an_item_has_the_documented_shape(factory_like: Workspace) -> None:
    text = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
    listed = json.loads(
        msgspec.json.encode(ask(factory_like, search, search.SearchParameters(now=NOW, limit=1)))
    )
    (example,) = (
        json.loads(block)
        for block in re.findall(r"```json\n(.*?)```", text, re.DOTALL)
        if "next_cursor" in block
    )
    item, documented = listed["items"][0], example["items"][0]
    assert listed.keys() == example.keys()
    assert item.keys() == documented.keys()
    assert item["image"].keys() == documented["image"].keys()
    one = ask(factory_like, inference, inference.InferenceParameters(now=NOW, inference_id="id-1"))
    told = json.loads(msgspec.json.encode(one))
    (rest,) = (
        json.loads(block)
        for block in re.findall(r"```json\n(.*?)```", text, re.DOTALL)
        if '"others"' in block
    )
    assert told.keys() == item.keys() | rest.keys()
    assert told["values"][0].keys() == rest["values"][0].keys()
    assert told["reports"][0].keys() == rest["reports"][0].keys()
