"""The data folder, as the commands see it that work on one: its settings and its catalog."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sightline import settings
from sightline.domain.errors import NotFound
from sightline.settings import Settings

if TYPE_CHECKING:
    from sightline.store.catalog import Catalog

CLIENT = {"SIGHTLINE_URL", "SIGHTLINE_WORKSPACE", "SIGHTLINE_API_KEY"}
"""Variables for the commands that talk to a server; they are no settings of one."""

Data = Annotated[
    Path | None,
    typer.Option(
        "--data", help="Data folder; else SIGHTLINE_DATA.", file_okay=False, rich_help_panel="Server"
    ),
]


def settings_of(data: Path | None, **given: str | int | None) -> Settings:
    """What the environment and sightline.toml say; options that were `given` win."""
    environment = {name: value for name, value in os.environ.items() if name not in CLIENT}
    return settings.load(environment, settings.FILE, data=None if data is None else str(data), **given)


@contextmanager
def catalog_of(data: Path | None, *, make: bool = False) -> Iterator["Catalog"]:
    """The catalog of a folder. `NotFound` if there is none yet, unless it may be made."""
    from sightline.store.catalog import Catalog  # noqa: PLC0415  # commands that talk to a server need not wait for it

    chosen = settings_of(data)
    if not make and not chosen.catalog and not (chosen.folder / "catalog.sqlite").exists():
        raise NotFound(
            f"nothing is stored in {chosen.folder.absolute()}",
            hint="say which folder with --data or SIGHTLINE_DATA",
        )
    catalog = Catalog(chosen.catalog_url)
    try:
        yield catalog
    finally:
        catalog.close()


def workspace_folder(data: Path | None, slug: str) -> Path:
    return settings_of(data).folder / "workspaces" / slug
