"""`sightline workspaces`: list and create them, in the catalog of a data folder."""

from typing import Annotated

import msgspec
import typer

from sightline.cli.console import Json, moment, note, print_json, print_table, say
from sightline.cli.folder import Data, catalog_of

application = typer.Typer(
    no_args_is_help=True, help="List and create workspaces, on the machine of the server."
)


@application.command("list")
def list_workspaces(data: Data = None, as_json: Json = False) -> None:
    """List the workspaces of a data folder.

    Example:

        sightline workspaces list --data sightline-data
    """
    with catalog_of(data) as catalog:
        found = catalog.workspaces()
    if as_json:
        print_json({"items": msgspec.to_builtins(found)})
    else:
        print_table(["slug", "name", "created"], ([row.slug, row.name, moment(row.created)] for row in found))


@application.command("create")
def create_workspace(
    slug: Annotated[
        str, typer.Argument(help="Its part of every path: letters, digits, hyphens, underscores.")
    ],
    name: Annotated[str, typer.Option(help="What people call it.")] = "",
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Create a workspace and its first key, which is printed once.

    Example:

        sightline workspaces create acme --name 'Acme Motors'
    """
    with catalog_of(data, make=True) as catalog:
        row = catalog.add_workspace(slug, name)
        secret, _ = catalog.add_key(slug, "first key")
    if as_json:
        print_json({**msgspec.to_builtins(row), "key": secret})
    else:
        note(f"created {slug}; its key, shown only now:")
        say(secret)
