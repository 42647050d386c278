"""`sightline rebuild`: make the read model anew from the truth."""

from typing import Annotated

import typer

from sightline.cli.console import Json, note, print_json, progress
from sightline.cli.folder import Data, workspace_folder
from sightline.domain.errors import NotFound


def rebuild(
    workspace: Annotated[str, typer.Argument(help="Slug of the workspace.")],
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Derive everything that questions read anew from the reports and values as they were received.

    The server must not be running on the folder. Nothing that was received is changed.

    Example:

        sightline rebuild acme --data /var/lib/sightline
    """
    from sightline.store.rebuild import rebuild as rebuild_folder  # noqa: PLC0415  # others need not wait for DuckDB

    folder = workspace_folder(data, workspace)
    if not folder.is_dir():
        raise NotFound(
            f"there is no workspace {workspace!r} in {folder.parent}", hint="sightline workspaces list"
        )
    with progress("reports") as bar:
        task = bar.add_task(f"rebuilding {workspace}", total=None)
        rebuild_folder(folder, progress=lambda done, total: bar.update(task, completed=done, total=total))
    if as_json:
        print_json({"workspace": workspace, "rebuilt": True})
    else:
        note(f"rebuilt {workspace}")
