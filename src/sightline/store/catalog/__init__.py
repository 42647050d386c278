"""The catalog: workspaces, keys and sign-ins, in SQLite or any database that SQLAlchemy knows."""

from sightline.store.catalog.catalog import Catalog
from sightline.store.catalog.rows import SCOPES, Identity, Key, Scope, WorkspaceRow

__all__ = ["SCOPES", "Catalog", "Identity", "Key", "Scope", "WorkspaceRow"]
