"""`sightline stats`: totals, models, and groups."""

from typing import Annotated, Any

import typer

from sightline.cli.console import Json, moment, note, percent, print_json, print_table, shown
from sightline.cli.search import End, Filter, Start
from sightline.cli.server import DEFAULT_URL, Key, Server, Url, Workspace

_BARS = "▁▂▃▄▅▆▇█"


def stats(
    filter: Filter = "",  # noqa: A002  # the API's word
    by: Annotated[str, typer.Option(help="Group by one or two names, such as line or line,shift.")] = "",
    start: Start = "-7d",
    end: End = "now",
    as_json: Json = False,
    url: Url = DEFAULT_URL,
    workspace: Workspace = "",
    key: Key = "",
) -> None:
    """Totals with their change against the period before, and the models; or groups.

    Examples:

        sightline stats --start -30d

        sightline stats 'passed:false' --by line,shift
    """
    server = Server(url, workspace, key)
    scope = {"filter": filter, "start": start, "end": end}
    if by:
        if as_json:
            print_json(server.get("groups", by=by, **scope))
        else:
            _print_groups(server.get("groups", by=by, measures="latency_p50,latency_p95", **scope))
        return
    summary, models = server.get("summary", **scope), server.get("models", **scope)
    if as_json:
        print_json({"summary": summary, "models": models})
        return
    series = server.get("series", measures="inferences", **scope)
    _print_summary(summary, series)
    print_table(
        ["model", "inferences", "share", "detections", "confidence", "latency", "errors", "last seen"],
        (
            [
                item["model"], item["inferences"], percent(item["share"]), item["detections"],
                item["confidence"], item["latency"], item["errors"], moment(item["last_seen"]),
            ]
            for item in models["items"]
        ),
        numbers=["inferences", "share", "detections", "confidence", "latency", "errors"],
    )  # fmt: skip


def _print_summary(summary: dict[str, Any], series: dict[str, Any]) -> None:
    note(f"{moment(summary['start'])} to {moment(summary['end'])}: {summary['sentence']}")
    print_table(
        ["", "now", "before", "change"],
        (
            [
                name,
                shown(value),
                shown(summary["previous"][name]),
                percent(summary["change"][name], signed=True),
            ]
            for name, value in summary["current"].items()
        ),
        numbers=["now", "before", "change"],
    )
    volume = [count for item in series["items"] for count in item["inferences"]]
    if any(volume):
        note(
            f"{''.join(_BARS[count * 7 // max(volume)] for count in volume)}  inferences each {series['bucket']}"
        )


def _print_groups(groups: dict[str, Any]) -> None:
    measures = ["inferences", "share", "detections", "confidence", "latency_p50", "latency_p95", "errors"]
    rows = [
        [*("(none)" if value is None else value for value in item["values"]), *_measured(item, measures)]
        for item in groups["items"]
    ]
    if groups["other"]:
        other = ["(other)"] + [""] * (len(groups["by"]) - 1)
        rows.append([*other, *_measured(groups["other"], measures)])
    print_table([*groups["by"], *measures], rows, numbers=measures)


def _measured(item: dict[str, Any], measures: list[str]) -> list[object]:
    return [percent(item[name]) if name == "share" else item.get(name) for name in measures]
