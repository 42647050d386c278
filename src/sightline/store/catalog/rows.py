"""What the catalog holds, as plain data. Times are ISO 8601 in UTC, as the API shows them."""

from typing import Literal, get_args

import msgspec

Scope = Literal["read", "write", "admin"]
SCOPES: tuple[Scope, ...] = get_args(Scope)


class WorkspaceRow(msgspec.Struct, frozen=True):
    slug: str
    name: str
    created: str


class Key(msgspec.Struct, frozen=True):
    """A key without its secret, of which only a hash is kept."""

    id: str
    name: str
    scopes: list[Scope]
    created: str
    last_used: str | None
    """To the minute or so."""
    revoked: str | None


class Identity(msgspec.Struct, frozen=True):
    """Who asks: what a key or a sign-in may do, and where."""

    workspace: str
    name: str
    scopes: frozenset[Scope]
    key: str | None = None
    """Id of the key; None for a sign-in by link."""

    @property
    def actor(self) -> str:
        """How the history of a value names who wrote it."""
        return self.name if self.key is None else f"key {self.name}"
