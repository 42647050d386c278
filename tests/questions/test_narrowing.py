"""A value that few bear is looked up instead of scanned for, and nobody can tell by the answer."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sightline import filters
from sightline.domain.report import Kind, Report
from sightline.domain.value import Attachment
from sightline.questions import search
from sightline.store.index import RARE
from sightline.store.workspace import Workspace
from sightline.store.write import Write

NOW = 1_795_000_000_000_000

TEXTS = st.one_of(
    st.sampled_from(
        [
            "7",
            "7.0",
            "07",
            " 7",
            "+7",
            "7e0",
            "0",
            "-0",
            "-0.0",
            "1_0",
            "10",
            "1e1",
            "0x10",
            "inf",
            "nan",
            "",
            "x",
            "X",
        ]
    ),
    st.sampled_from(["true", "TRUE", "True", "tRUE"]),
    st.sampled_from(["2026-11-23", "2026-11-23T00:00:00Z", "2026-11-23 01:00:00+01:00"]),
    st.floats(allow_nan=False).map(repr),
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=8),
)
BARE = re.compile(r"[A-Za-z0-9.][A-Za-z0-9.+_-]*")
STEPS = st.lists(st.tuples(st.integers(0, 9), TEXTS), min_size=1, max_size=12)


def report(number: int) -> Report:
    return Report(Kind.NATIVE, f"id-{number}", time=NOW - number)


def found(workspace: Workspace, filter_: str) -> list[str]:
    parameters = search.SearchParameters(now=NOW + 1, limit=1000, filter=filter_)
    with workspace.session() as session:
        return [item.inference_id for item in search.ask(session, parameters).items]


def looked_up(workspace: Workspace, filter_: str) -> bool:
    with workspace.session() as session:
        scope = search.resolve(session, search.SearchParameters(now=NOW + 1, filter=filter_))
        return scope.condition != filters.condition(filter_, session.fields, now=NOW + 1)


@settings(deadline=None, max_examples=30)
@given(before=STEPS, after=STEPS, asked=st.lists(TEXTS, min_size=1, max_size=3), quoted=st.booleans())
@example(before=[(0, "7")], after=[(1, "7.0")], asked=["07"], quoted=False)
@example(before=[(0, "-0.0")], after=[(0, "0")], asked=["0"], quoted=True)
@example(before=[(0, "2026-11-23")], after=[(1, "2026-11-23T00:00:00Z")], asked=["2026-11-23"], quoted=False)
def test_looked_up_or_scanned_the_answer_is_the_same(
    tmp_path_factory: pytest.TempPathFactory,
    before: list[tuple[int, str]],
    after: list[tuple[int, str]],
    asked: list[str],
    quoted: bool,
) -> None:
    """`before` is in the index when the question is asked, `after` only in the log."""
    workspace = Workspace(tmp_path_factory.mktemp("workspace"))
    for steps in (before, after):
        workspace.submit(
            Write(attachments=[Attachment([f"id-{number}"], "serial", text) for number, text in steps])
        ).result()
        workspace.submit(Write(reports=[report(number) for number, _ in steps])).result()
        if steps is before:
            workspace.settle()
    values = ",".join(
        text if not quoted and BARE.fullmatch(text) else filters.equals("x", text).removeprefix("x:")
        for text in asked
    )
    scanned = found(workspace, f"serial:{values} OR x-nobody")
    assert found(workspace, f"serial:{values}") == scanned
    assert found(workspace, f"time<now serial:{values}") == scanned
    workspace.close()


def test_only_rare_values_are_looked_up(open_workspace: Callable[..., Workspace]) -> None:
    workspace = open_workspace()
    ids = [f"id-{number}" for number in range(2 * RARE)]
    workspace.submit(Write(reports=[report(number) for number in range(2 * RARE)])).result()
    entries = [Attachment([id_], "serial", f"SN-{id_}") for id_ in ids]
    workspace.submit(Write(attachments=[*entries, Attachment(ids, "line", "7")])).result()
    workspace.settle()
    assert looked_up(workspace, "serial:SN-id-5")
    assert looked_up(workspace, "line:7 serial:SN-id-5,SN-id-6")
    assert not looked_up(workspace, "line:7")
    assert not looked_up(workspace, "serial:SN-id-5 OR line:8")
    assert not looked_up(workspace, "serial~SN-id-5")
    assert len(found(workspace, "line:7")) == len(ids)
    assert found(workspace, "line:7 serial:SN-id-5,SN-id-6") == ["id-5", "id-6"]
    # One that stops being rare while the index is behind.
    workspace.submit(Write(attachments=[Attachment(ids, "serial", "SN-id-5")])).result()
    assert len(found(workspace, "serial:SN-id-5")) == len(ids)


def test_what_arrives_after_its_value_is_found(open_workspace: Callable[..., Workspace]) -> None:
    workspace = open_workspace()
    workspace.submit(Write(attachments=[Attachment(["id-1"], "serial", "SN-1")])).result()
    workspace.settle()
    assert found(workspace, "serial:SN-1") == []
    workspace.submit(Write(reports=[report(1)])).result()
    assert found(workspace, "serial:SN-1") == ["id-1"]
    removed: Any = Write(attachments=[Attachment(["id-1"], "serial", None)])
    workspace.submit(removed).result()
    assert found(workspace, "serial:SN-1") == []
