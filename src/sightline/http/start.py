"""What a start does to the catalog: the first one on an empty folder makes a workspace and its key."""

import logging

import msgspec

from sightline.domain.errors import Conflict
from sightline.settings import Settings
from sightline.store.catalog import Catalog

DEFAULT = "default"

_log = logging.getLogger(__name__)


class Started(msgspec.Struct, frozen=True):
    workspace: str
    """The one to log in to."""
    key: str | None = None
    """A key that was made by this start. It cannot be had again."""


def prepare(catalog: Catalog, settings: Settings) -> Started:
    """Make what the settings ask for and what is missing. `BadRequest` for a slug that cannot be."""
    for slug in {settings.default_workspace} - {""}:
        if not catalog.has_workspace(slug):
            catalog.add_workspace(slug)
    wanted = settings.bootstrap_workspace or (DEFAULT if settings.bootstrap_api_key else "")
    known = [row.slug for row in catalog.workspaces()]
    if not wanted and known:
        return Started(workspace=DEFAULT if DEFAULT in known else known[0])
    slug = wanted or DEFAULT
    if slug not in known:
        catalog.add_workspace(slug)
    if settings.bootstrap_api_key:
        _give(catalog, slug, settings.bootstrap_api_key)
        return Started(workspace=slug)
    if catalog.keys(slug):
        return Started(workspace=slug)
    key, _ = catalog.add_key(slug, "first")
    return Started(workspace=slug, key=key)


def _give(catalog: Catalog, slug: str, secret: str) -> None:
    found = catalog.find_key(secret)
    if found is None:
        try:
            catalog.add_key(slug, "bootstrap", secret=secret)
        except Conflict:
            _log.warning("SIGHTLINE_BOOTSTRAP_API_KEY was revoked and stays so")
    elif found.workspace != slug:
        raise Conflict(
            f"the key of SIGHTLINE_BOOTSTRAP_API_KEY belongs to the workspace {found.workspace!r}",
            hint="choose another key, or set SIGHTLINE_BOOTSTRAP_WORKSPACE to that workspace",
        )
