"""`sightline bench`: the design's budgets, measured on this machine."""

import shutil
import tempfile
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from sightline.cli.console import Json, note, print_json, print_table, progress


def bench(
    inferences: Annotated[
        int, typer.Option(min=10_000, help="How many to measure with, three values each.")
    ] = 1_000_000,
    folder: Annotated[
        Path | None,
        typer.Option(help="Keep the loaded data here and use it again; by default it is thrown away."),
    ] = None,
    runs: Annotated[int, typer.Option(min=3, help="Counted runs of each question.")] = 15,
    seconds: Annotated[float, typer.Option(min=1, help="How long each kind of load lasts.")] = 5.0,
    as_json: Json = False,
) -> None:
    """Load a made-up workspace and measure it over HTTP, beside the bare engine in the same run.

    Examples:

        sightline bench

        sightline bench --inferences 10000000 --folder bench-10m
    """
    from sightline.bench.budgets import WORKSPACE, measure  # noqa: PLC0415  # only this command needs it
    from sightline.bench.load import load  # noqa: PLC0415  # as above

    data = folder or Path(tempfile.mkdtemp(prefix="sightline-bench-"))
    try:
        loaded = data / "workspaces" / WORKSPACE
        if not loaded.exists():
            with progress("inferences") as bar:
                task = bar.add_task("loading", total=inferences)
                load(loaded, inferences, lambda done: bar.update(task, completed=done))
        rows = measure(data, runs=runs, seconds=seconds, tell=note)
    finally:
        if folder is None:
            shutil.rmtree(data, ignore_errors=True)
    if as_json:
        print_json([{**msgspec.to_builtins(row), "ratio": row.ratio, "met": row.met} for row in rows])
        return
    print_table(
        ["", "engine floor", "measured", "ratio", "budget", "met"],
        [
            [
                row.what,
                None if row.floor is None else f"{row.floor:.1f} ms",
                f"{row.measured:,.0f} {row.unit}" if row.measured > 100 else f"{row.measured:.1f} {row.unit}",
                None if row.ratio is None else f"{row.ratio:.1f}",
                None if row.budget is None else f"{row.budget:,.0f} {row.unit}",
                row.met,
            ]
            for row in rows
        ],
        numbers=["engine floor", "measured", "ratio", "budget"],
    )
