"""`sightline search`: the list of inferences that match."""

import csv
import sys
from typing import Annotated, Any

import typer

from sightline.cli.console import Json, moment, note, print_json, print_table, progress
from sightline.cli.server import DEFAULT_URL, Key, Server, Url, Workspace

PAGE = 1000
"""The most that the API gives at once."""

Filter = Annotated[
    str, typer.Argument(metavar="[FILTER]", help="Written in the filter language; all when left out.")
]
Start = Annotated[str, typer.Option(help="ISO 8601, or before now: -7d, -12h. It counts.")]
End = Annotated[str, typer.Option(help="ISO 8601, or before now. It does not count.")]


def search(
    filter: Filter = "",  # noqa: A002  # the API's word
    start: Start = "-7d",
    end: End = "now",
    limit: Annotated[int, typer.Option(min=1, max=1_000_000, help="At most so many.")] = 50,
    order: Annotated[
        str,
        typer.Option(help="newest, oldest, confidence, -confidence, latency, -latency (`-`: highest first)."),
    ] = "newest",
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV, a column for each field.")] = False,
    as_json: Json = False,
    url: Url = DEFAULT_URL,
    workspace: Workspace = "",
    key: Key = "",
) -> None:
    """Find inferences by time, model, detections and metadata.

    Examples:

        sightline search 'line:7 passed:false' --start -2d

        sightline search 'class:scratch confidence<0.5' --order confidence --limit 20

        sightline search 'location:texas NOT passed:true' --limit 100000 --csv > texas.csv
    """
    server = Server(url, workspace, key)
    answer = _pages(server, filter=filter, start=start, end=end, limit=limit, order=order)
    items = answer["items"]
    if as_json:
        print_json(answer)
        return
    fields = sorted({name for item in items for name in item["metadata"]})
    if as_csv:
        _write_csv(items, fields)
        return
    print_table(
        ["time", "inference_id", "model", "device", "classes", "confidence", *fields],
        ([*_row(item), *(item["metadata"].get(name) for name in fields)] for item in items),
        numbers=["confidence"],
    )
    total = answer["total"]
    note(f"{len(items):,} of {'' if total['exact'] else 'about '}{total['value']:,}: {answer['sentence']}")


def _pages(server: Server, *, limit: int, **parameters: str) -> dict[str, Any]:
    """The first page's answer with the items of all pages up to the limit."""
    answer: dict[str, Any] = server.get("inferences", limit=min(limit, PAGE), **parameters)
    items: list[dict[str, Any]] = answer["items"]
    with progress("inferences") as bar:
        task = bar.add_task("reading", total=min(limit, answer["total"]["value"]), visible=limit > PAGE)
        while answer["next_cursor"] and len(items) < limit:
            bar.update(task, completed=len(items))
            page = server.get(
                "inferences", limit=min(limit - len(items), PAGE), cursor=answer["next_cursor"], **parameters
            )
            items += page["items"]
            answer["next_cursor"] = page["next_cursor"]
    return answer


def _row(item: dict[str, Any]) -> list[object]:
    classes = [detection["class"] for detection in item["detections"]]
    told = item["error"] or ", ".join(
        name if classes.count(name) == 1 else f"{classes.count(name)}x {name}"
        for name in sorted(set(classes))
    )
    return [
        moment(item["time"]),
        item["inference_id"],
        item["model"],
        item["device"],
        told,
        item["confidence"],
    ]


def _write_csv(items: list[dict[str, Any]], fields: list[str]) -> None:
    own = (
        "inference_id",
        "time",
        "model",
        "task",
        "device",
        "source",
        "latency",
        "error",
        "detection_count",
        "confidence",
    )
    writer = csv.writer(sys.stdout, lineterminator="\n")
    # A field that bears the name of one of our columns is told apart as the filter language does.
    writer.writerow([*own, *(f"metadata.{name}" if name in own else name for name in fields)])
    for item in items:
        writer.writerow([*(item.get(name) for name in own), *(item["metadata"].get(name) for name in fields)])
