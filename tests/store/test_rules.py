"""Metadata before its inference, reports out of order, replays: the normal case, in any interleaving."""

import itertools
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sightline.domain.report import Detection, Kind, Report
from sightline.domain.value import Attachment
from sightline.store.duckdb import fold
from sightline.store.rebuild import rebuild
from sightline.store.workspace import Workspace
from sightline.store.write import Write

START = 1_795_000_000_000_000
SECOND = 1_000_000
IDS = ["a12a19a9-a933-44c9-970c-a55ea03bb453", "cam-1", "ünïcode"]

Op = Report | Attachment


def report_of(kind: Kind, inference_id: str, seconds: int) -> Report:
    """What a report says follows from its key, as with real replays; richer kinds say more."""
    time = START + seconds * SECOND
    full = kind is not Kind.PINGBACK_TINY
    box = {"x": 10.0, "y": 20.0, "width": 4.0, "height": 5.0} if full else {}
    return Report(
        kind,
        inference_id,
        time=time,
        model="parts/3",
        device=None if kind is Kind.GATEWAY else f"edge-{seconds % 2}",
        latency=None if kind is Kind.AGGREGATOR else (seconds % 7) / 10,
        error="no model" if kind is Kind.GATEWAY and seconds % 5 == 0 else None,
        detections=[Detection("scratch", 0.1 * (seconds % 10), **box), Detection("dent", None, **box)],
    )


reports = st.builds(report_of, st.sampled_from(list(Kind)), st.sampled_from(IDS), st.integers(0, 30))
attachments = st.builds(
    Attachment,
    st.lists(st.sampled_from([*IDS, "never comes"]), min_size=1, max_size=3),
    st.sampled_from(["line", "Line", "passed"]),
    st.sampled_from(["7", "8", "", "true", None]),
)


@st.composite
def interleaved(draw: st.DrawFn) -> tuple[list[Report], list[Attachment], list[list[Op]]]:
    """Reports, attachments, and a history in which they came: any order, some reports twice, in any batches."""
    told = draw(st.lists(reports, max_size=12))
    set_ = draw(st.lists(attachments, max_size=8))
    again = draw(st.lists(st.sampled_from(told), max_size=4)) if told else []
    order: list[Op] = list(draw(st.permutations([*told, *again])))
    # Values keep their own order, since the last one holds; they may fall anywhere among the reports.
    places = sorted(
        draw(st.lists(st.integers(0, len(order)), min_size=len(set_), max_size=len(set_))), reverse=True
    )
    for place, attachment in zip(places, reversed(set_), strict=True):
        order.insert(place, attachment)
    cuts = sorted(draw(st.sets(st.integers(1, max(len(order) - 1, 1)), max_size=6)))
    batches = [order[start:end] for start, end in itertools.pairwise([0, *cuts, len(order)])]
    return told, set_, [batch for batch in batches if batch]


def write_of(batch: list[Op]) -> Write:
    return Write(
        reports=[op for op in batch if isinstance(op, Report)],
        attachments=[op for op in batch if isinstance(op, Attachment)],
    )


@pytest.fixture(params=[1, 64], ids=["columns at once", "columns late"])
def column_worth(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rules hold whether values are in the overlay or in columns."""
    monkeypatch.setattr(fold, "COLUMN_WORTH", request.param)


rules = settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.mark.usefixtures("column_worth")
@rules
@given(history=interleaved())
def test_any_interleaving_ends_in_the_same_state_and_so_does_the_rebuild(
    history: tuple[list[Report], list[Attachment], list[list[Op]]],
    read_model: Callable[..., dict[str, Any]],
    value_counters: Callable[..., dict[str, dict[str, int]]],
) -> None:
    told, set_, batches = history
    with tempfile.TemporaryDirectory() as folder:
        sorted_ = Workspace(Path(folder, "sorted"))
        sorted_.submit(Write(reports=sorted(told, key=repr))).result()
        sorted_.submit(Write(attachments=set_)).result()
        mixed = Workspace(Path(folder, "mixed"))
        for batch in batches:
            mixed.submit(write_of(batch)).result()
        with sorted_.session() as one, mixed.session() as other:
            assert read_model(one, numbered=False) == read_model(other, numbered=False)
        mixed.settle()
        with mixed.session() as session:
            before = read_model(session)
            folded = value_counters(session)
        in_columns = {name: counts for name, counts in before["counts"].items() if name in folded}
        assert folded == in_columns
        sorted_.close()
        mixed.close()

        rebuild(Path(folder, "mixed"))
        rebuilt = Workspace(Path(folder, "mixed"))
        with rebuilt.session() as session:
            assert read_model(session) == before
        rebuilt.close()


@rules
@given(history=interleaved())
def test_an_index_that_was_lost_is_caught_up(
    history: tuple[list[Report], list[Attachment], list[list[Op]]], read_model: Callable[..., dict[str, Any]]
) -> None:
    _, _, batches = history
    with tempfile.TemporaryDirectory() as folder:
        whole = Workspace(Path(folder, "whole"))
        lossy = Workspace(Path(folder, "lossy"))
        for batch in batches:
            whole.submit(write_of(batch)).result()
            lossy.submit(write_of(batch)).result()
            lossy.close()
            Path(folder, "lossy", "index.sqlite").unlink()
            lossy = Workspace(Path(folder, "lossy"))
        with whole.session() as one, lossy.session() as other:
            assert read_model(one, numbered=False) == read_model(other, numbered=False)
        whole.close()
        lossy.close()
