"""`sightline fields`: every metadata field of a workspace."""

from sightline.cli.console import Json, moment, percent, print_json, print_table
from sightline.cli.server import DEFAULT_URL, Key, Server, Url, Workspace


def fields(
    as_json: Json = False,
    url: Url = DEFAULT_URL,
    workspace: Workspace = "",
    key: Key = "",
) -> None:
    """List the metadata fields: type, coverage, distinct and top values, names that look alike.

    Example:

        sightline fields --json | jq '.items[].name'
    """
    answer = Server(url, workspace, key).get("fields")
    if as_json:
        print_json(answer)
        return
    print_table(
        ["name", "type", "coverage", "distinct", "top values", "looks like", "last seen"],
        (
            [
                item["name"],
                item["type"],
                percent(item["coverage"]),
                item["distinct"],
                ", ".join(f"{top['value']} ({top['count']:,})" for top in item["top_values"][:3]),
                ", ".join(item["look_alikes"]),
                moment(item["last_seen"]),
            ]
            for item in answer["items"]
        ),
        numbers=["coverage", "distinct"],
    )
