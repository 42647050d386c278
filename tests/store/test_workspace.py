"""The promises of the store, through its own door."""

import asyncio
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sightline.domain.errors import Busy, DiskFull, Unavailable
from sightline.domain.report import Detection, Heartbeat, Kind, Problem, Report
from sightline.domain.value import Attachment
from sightline.store.duckdb.deadline import OutOfTime
from sightline.store.queue import WriteQueue
from sightline.store.workspace import Workspace
from sightline.store.write import Write

OPEN = Callable[..., Workspace]
START = 1_795_000_000_000_000


def report(
    inference_id: str, *, kind: Kind = Kind.PINGBACK_TINY, seconds: float = 0.0, **said: Any
) -> Report:
    said = {"model": "parts/3", "detections": [Detection("scratch", 0.5)], **said}
    return Report(kind, inference_id, time=START + round(seconds * 1_000_000), **said)


def attach(*ids: str, field: str = "line", value: str | None = "7") -> Write:
    return Write(attachments=[Attachment(list(ids), field, value)], actor="a test")


def values(workspace: Workspace, field: str = "line") -> dict[str, str | None]:
    with workspace.session() as session:
        if field not in session.fields:
            return {}
        column = session.fields[field].column
        return dict(session.rows(f"SELECT inference_id, {column} FROM {session.relation([field])} AS i"))


def count(workspace: Workspace) -> int:
    with workspace.session() as session:
        return int(session.row("SELECT count(*) FROM inferences")[0])


def test_a_value_waits_for_its_inference(open_workspace: OPEN) -> None:
    workspace = open_workspace()
    first = workspace.submit(attach("a", "b")).result()
    assert (first.matched, first.waiting) == ([0], [2])
    workspace.submit(Write(reports=[report("a")])).result()
    assert values(workspace) == {"a": "7"}
    with workspace.session() as session:
        assert [item[:3] for item in session.waiting_items(10)] == [("b", "line", "7")]
        assert session.waiting_summary()[:2] == (1, 1)


def test_waiting_survives_a_restart(open_workspace: OPEN) -> None:
    workspace = open_workspace()
    workspace.submit(attach("a")).result()
    workspace.close()
    again = open_workspace()
    again.submit(Write(reports=[report("a")])).result()
    assert values(again) == {"a": "7"}


def test_the_last_write_wins_and_names_keep_their_case(open_workspace: OPEN) -> None:
    workspace = open_workspace()
    workspace.submit(Write(reports=[report("a")])).result()
    for value in ("1", "2", "3"):
        workspace.submit(attach("a", value=value)).result()
    workspace.submit(attach("a", field="Line", value="other")).result()
    assert values(workspace) == {"a": "3"}
    assert values(workspace, "Line") == {"a": "other"}


def test_a_removed_value_is_gone_and_its_history_stays(open_workspace: OPEN) -> None:
    workspace = open_workspace()
    workspace.submit(Write(reports=[report("a")])).result()
    workspace.submit(attach("a")).result()
    workspace.submit(attach("a", value=None)).result()
    assert values(workspace) == {"a": None}
    with workspace.session() as session:
        assert session.rows("SELECT value, actor FROM attached_log ORDER BY sequence") == [
            ("7", "a test"),
            (None, "a test"),
        ]


def test_one_inference_many_reports(open_workspace: OPEN) -> None:
    workspace = open_workspace()
    partial = report("a", kind=Kind.AGGREGATOR, seconds=90, source="workflow", device="edge-1")
    full = report(
        "a", kind=Kind.GATEWAY, latency=0.2, detections=[Detection("scratch", 0.5, x=1.0), Detection("dent")]
    )
    workspace.submit(Write(reports=[partial])).result()
    workspace.submit(Write(reports=[report("a")])).result()
    receipt = workspace.submit(Write(reports=[full, full])).result()
    assert (receipt.recorded, receipt.replayed) == (1, 1)
    with workspace.session() as session:
        assert session.rows("SELECT time, device, source, latency, classes, deployment FROM inferences") == [
            (START, "edge-1", "workflow", 0.2, ["scratch", "dent"], "hosted")
        ]
        assert session.rows("SELECT sum(inferences), sum(detections), sum(timed) FROM hourly") == [(1, 2, 1)]


def test_a_client_that_reuses_its_id_has_many_inferences_and_values_hold_for_all(
    open_workspace: OPEN,
) -> None:
    workspace = open_workspace()
    workspace.submit(Write(reports=[report("cam", seconds=0), report("cam", seconds=1)])).result()
    receipt = workspace.submit(attach("cam")).result()
    assert receipt.matched == [1]
    workspace.submit(Write(reports=[report("cam", seconds=2)])).result()
    with workspace.session() as session:
        column = session.fields["line"].column
        assert session.rows(f"SELECT {column} FROM {session.relation(['line'])} AS i") == [("7",)] * 3
        assert len(session.numbers("cam")) == 3


def test_sixty_four_writers_on_the_same_ids(open_workspace: OPEN) -> None:
    workspace = open_workspace()
    ids = [f"id-{number}" for number in range(20)]
    workspace.submit(Write(reports=[report(id_) for id_ in ids[:10]])).result()

    def writer(name: int) -> None:
        for turn in range(5):
            workspace.submit(attach(*ids, value=f"{name}-{turn}")).result()

    threads = [threading.Thread(target=writer, args=(name,)) for name in range(64)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    workspace.submit(Write(reports=[report(id_) for id_ in ids[10:]])).result()
    with workspace.session() as session:
        assert session.row("SELECT count(*) FROM attached_log") == (64 * 5 * 20,)
        last = dict(
            session.rows("SELECT inference_id, arg_max(value, sequence) FROM attached_log GROUP BY ALL")
        )
    assert values(workspace) == last


def test_values_of_more_fields_than_there_are_columns(
    open_workspace: OPEN, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sightline.store.duckdb.fold.COLUMNS_AT_MOST", 3)
    monkeypatch.setattr("sightline.store.duckdb.fold.COLUMN_WORTH", 1)
    workspace = open_workspace()
    workspace.submit(Write(reports=[report("a")])).result()
    fields = [f"field {number}" for number in range(30)]
    workspace.submit(
        Write(attachments=[Attachment(["a"], field, field.upper()) for field in fields])
    ).result()
    assert workspace.settle()
    with workspace.session() as session:
        assert sum(field.has_column for field in session.fields.values()) == 2
    assert [values(workspace, field) for field in fields] == [{"a": field.upper()} for field in fields]


def test_heartbeats_and_problems_are_kept(open_workspace: OPEN) -> None:
    workspace = open_workspace()
    beat = Heartbeat("edge-1", server="s", tags=["x"], system={"hostname": "vm"})
    odd = Problem("pingback", "$.inference_results[3]", "no id", excerpt="{}")
    workspace.submit(Write(heartbeats=[beat], problems=[odd])).result()
    with workspace.session() as session:
        assert session.rows("SELECT device, tags, system FROM heartbeats") == [
            ("edge-1", ["x"], '{"hostname":"vm"}')
        ]
        assert session.rows("SELECT door, place, reason, kept FROM rejected") == [
            ("pingback", "$.inference_results[3]", "no id", False)
        ]


def test_a_session_sees_one_state_while_values_are_written_and_folded(
    open_workspace: OPEN, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sightline.store.duckdb.fold.COLUMN_WORTH", 1)
    workspace = open_workspace()
    workspace.submit(Write(reports=[report("a")])).result()
    workspace.submit(attach("a", value="before")).result()
    with workspace.session() as session:
        question = f"SELECT {session.fields['line'].column} FROM {session.relation(['line'])} AS i"
        assert session.rows(question) == [("before",)]
        workspace.submit(attach("a", value="after")).result()
        workspace.settle()
        assert session.rows(question) == [("before",)]
    assert values(workspace) == {"a": "after"}


def test_a_question_that_takes_too_long_is_interrupted(open_workspace: OPEN) -> None:
    workspace = open_workspace()
    endless = "SELECT count(*) FROM range(100000000000) AS r(n) WHERE n % 7 = 3"
    with workspace.session() as session, pytest.raises(OutOfTime, match="longer than"):
        session.rows(endless, milliseconds=50)
    with pytest.raises(OutOfTime):
        asyncio.run(workspace.ask(lambda session: session.rows(endless), seconds=0.05))
    # The next question is not touched by it.
    assert asyncio.run(workspace.ask(lambda session: session.row("SELECT 1"))) == (1,)


def test_a_full_queue_turns_writes_away() -> None:
    queue = WriteQueue(3)
    queue.put(attach("a", "b", "c"))
    with pytest.raises(Busy, match="3 rows wait"):
        queue.put(attach("d"))
    assert [pending.write.size for pending in queue.take(100, seconds=0)] == [3]
    queue.put(attach("d"))
    queue.close()
    with pytest.raises(Unavailable):
        queue.put(attach("e"))
    assert len(queue.take(100, seconds=0)) == 1


def test_closing_stores_what_was_handed_in(open_workspace: OPEN) -> None:
    workspace = open_workspace()
    futures = [workspace.submit(Write(reports=[report(f"id-{number}")])) for number in range(200)]
    workspace.close()
    assert sum(future.result().recorded for future in futures) == 200
    assert count(open_workspace()) == 200


def test_a_full_disk_refuses_and_recovers_by_itself(open_workspace: OPEN) -> None:
    room = open_workspace(reserve=2**62)
    with pytest.raises(DiskFull, match="nothing was stored"):
        room.submit(Write(reports=[report("a")])).result()
    assert count(room) == 0
    room.close()
    assert open_workspace().submit(Write(reports=[report("a")])).result().recorded == 1


def test_one_bad_write_spoils_only_itself(open_workspace: OPEN) -> None:
    workspace = open_workspace()
    # A lone surrogate cannot be written to any file; the doors refuse it, the store must stand it.
    futures = [workspace.submit(Write(reports=[report(id_)])) for id_ in ("a", "\ud800", "b")]
    assert futures[0].result().recorded == futures[2].result().recorded == 1
    with pytest.raises(UnicodeEncodeError):
        futures[1].result()
    assert sorted(values(workspace) or {"a": None, "b": None}) == ["a", "b"]
    assert count(workspace) == 2


def test_two_processes_cannot_write_one_folder(open_workspace: OPEN, tmp_path: Path) -> None:
    open_workspace()
    code = "import sys, pathlib, sightline.store.workspace as w; w.Workspace(pathlib.Path(sys.argv[1]))"
    other = subprocess.run(
        [sys.executable, "-c", code, tmp_path / "acme"], capture_output=True, text=True, check=False
    )
    assert other.returncode != 0
    assert "is open in another process" in other.stderr
