"""`sightline keys`: list, create and revoke API keys, in the catalog of a data folder."""

from typing import TYPE_CHECKING, Annotated, cast

import msgspec
import typer

from sightline.cli.console import Json, moment, note, print_json, print_table, say
from sightline.cli.folder import Data, catalog_of

if TYPE_CHECKING:
    from sightline.store.catalog import Scope

application = typer.Typer(
    no_args_is_help=True, help="List, create and revoke API keys, on the machine of the server."
)

Slug = Annotated[str, typer.Argument(metavar="WORKSPACE", help="Slug of the workspace.")]


@application.command("list")
def list_keys(workspace: Slug, data: Data = None, as_json: Json = False) -> None:
    """List the keys of a workspace; their secrets are not kept and cannot be shown.

    Example:

        sightline keys list acme
    """
    with catalog_of(data) as catalog:
        catalog.workspace(workspace)
        found = catalog.keys(workspace)
    if as_json:
        print_json({"items": msgspec.to_builtins(found)})
        return
    print_table(
        ["id", "name", "scopes", "created", "last used", "revoked"],
        (
            [key.id, key.name, ", ".join(key.scopes), *map(moment, (key.created, key.last_used, key.revoked))]
            for key in found
        ),
    )


@application.command("create")
def create_key(
    workspace: Slug,
    name: Annotated[
        str, typer.Argument(help="Who or what will use it; kept with every value attached by it.")
    ],
    scopes: Annotated[
        str, typer.Option(help="Of read, write and admin, separated by commas.")
    ] = "read,write",
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Create a key and print it, once.

    Example:

        sightline keys create acme edge-12 --scopes write
    """
    with catalog_of(data) as catalog:
        secret, key = catalog.add_key(
            workspace, name, [cast("Scope", word.strip()) for word in scopes.split(",")]
        )
    if as_json:
        print_json({"key": secret, **msgspec.to_builtins(key)})
    else:
        note(f"created key {key.id} ({', '.join(key.scopes)}), shown only now:")
        say(secret)


@application.command("revoke")
def revoke_key(
    workspace: Slug,
    key: Annotated[str, typer.Argument(metavar="ID", help="As `sightline keys list` shows it.")],
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Revoke a key. A running server stops honouring it within two seconds.

    Example:

        sightline keys revoke acme 5f1d0c2ab7e94c31
    """
    with catalog_of(data) as catalog:
        revoked = catalog.revoke_key(workspace, key)
    if as_json:
        print_json(msgspec.to_builtins(revoked))
    else:
        note(f"revoked {revoked.name} ({revoked.id})")
