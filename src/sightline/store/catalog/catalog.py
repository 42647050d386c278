"""Workspaces, keys and sign-ins: made, looked up and taken back. Safe to use from any thread."""

import secrets
import time
from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from sightline.domain.errors import BadRequest, Conflict, NotFound
from sightline.domain.moment import DAY, MINUTE, SECOND, write_moment
from sightline.domain.names import check_slug
from sightline.store.catalog import tokens
from sightline.store.catalog.migrate import open_engine
from sightline.store.catalog.rows import SCOPES, Identity, Key, Scope, WorkspaceRow
from sightline.store.catalog.tables import keys, sign_ins, workspaces

KEY_LIFE = 1.5
"""Seconds for which a looked-up key is believed: so long may a key live that another process revoked."""
KEYS_REMEMBERED = 10_000
LINK_LIFE = DAY
SESSION_LIFE = 30 * DAY


def _now() -> int:
    return time.time_ns() // 1000


class Catalog:
    """`clock` counts seconds, for the memory of looked-up keys."""

    def __init__(self, url: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._engine = open_engine(url)
        self._clock = clock
        self._known: dict[tuple[str, str], tuple[float, Identity]] = {}
        self._revoked = (
            0  # counts up, so that what was read before a key was revoked is not remembered after it
        )
        self._slugs: set[str] = set()

    def close(self) -> None:
        self._engine.dispose()

    # Workspaces

    def add_workspace(self, slug: str, name: str = "") -> WorkspaceRow:
        """`Conflict` if the slug is taken, `BadRequest` if no workspace may bear it."""
        check_slug(slug)
        row = {"slug": slug, "name": name.strip() or slug, "created": _now()}
        _check_name(str(row["name"]))
        try:
            with self._engine.begin() as connection:
                connection.execute(workspaces.insert().values(row))
        except IntegrityError as error:
            raise Conflict(f"the workspace {slug!r} exists already", where="$.slug") from error
        return _workspace(row)

    def workspaces(self) -> list[WorkspaceRow]:
        return [_workspace(row) for row in self._rows(workspaces.select().order_by(workspaces.c.slug))]

    def workspace(self, slug: str) -> WorkspaceRow:
        found = self._rows(workspaces.select().where(workspaces.c.slug == slug))
        if not found:
            raise no_workspace(slug)
        return _workspace(found[0])

    def has_workspace(self, slug: str) -> bool:
        """Remembered once it is true: a workspace goes away only while no server runs."""
        if slug not in self._slugs and self._rows(workspaces.select().where(workspaces.c.slug == slug)):
            self._slugs.add(slug)
        return slug in self._slugs

    # Keys

    def add_key(
        self, workspace: str, name: str, scopes: Sequence[Scope] = SCOPES, *, secret: str = ""
    ) -> tuple[str, Key]:
        """The key itself, which cannot be had again, and what is kept of it. A given `secret` is any text."""
        self.workspace(workspace)
        unknown = [scope for scope in scopes if scope not in SCOPES]
        if unknown or not scopes:
            raise BadRequest(
                f"{unknown[0]!r} is no scope" if unknown else "a key needs a scope",
                where="$.scopes",
                hint="choose of read, write, admin",
            )
        _check_name(name.strip())
        secret = secret or tokens.new_key()
        row = {
            "id": secrets.token_hex(8),
            "workspace": workspace,
            "name": name.strip(),
            "hash": tokens.hash_of(secret),
            "scopes": " ".join(scope for scope in SCOPES if scope in scopes),
            "created": _now(),
            "last_used": None,
            "revoked": None,
        }
        try:
            with self._engine.begin() as connection:
                connection.execute(keys.insert().values(row))
        except IntegrityError as error:
            raise Conflict(
                "this key exists already", hint="keys are never used twice, not even revoked ones"
            ) from error
        return secret, _key(row)

    def keys(self, workspace: str) -> list[Key]:
        """Of a workspace, oldest first, with those that are revoked."""
        return [
            _key(row)
            for row in self._rows(keys.select().where(keys.c.workspace == workspace).order_by(keys.c.created))
        ]

    def revoke_key(self, workspace: str, key: str) -> Key:
        """From now on in this process, within two seconds in others. Its sign-ins end with it."""
        mine = (keys.c.id == key) & (keys.c.workspace == workspace)
        with self._engine.begin() as connection:
            connection.execute(keys.update().where(mine & keys.c.revoked.is_(None)).values(revoked=_now()))
            found = connection.execute(keys.select().where(mine)).mappings().first()
            if found is None:
                raise NotFound(f"there is no key with the id {key[:80]!r}")
            connection.execute(sign_ins.delete().where(sign_ins.c.key == key))
        self._revoked += 1
        self._known = {secret: known for secret, known in self._known.copy().items() if known[1].key != key}
        return _key(found)

    def remembered(self, kind: str, secret: str) -> Identity | None:
        """What `find_key` (kind `key`) or `find_session` (`session`) said a moment ago. Costs no SQL."""
        known = self._known.get((kind, secret))
        return known[1] if known is not None and known[0] > self._clock() else None

    def find_key(self, secret: str) -> Identity | None:
        """Who a key is; None if nobody knows it, or it was revoked."""
        revoked = self._revoked
        with self._engine.begin() as connection:
            row = (
                connection.execute(
                    keys.select().where(keys.c.hash == tokens.hash_of(secret), keys.c.revoked.is_(None))
                )
                .mappings()
                .first()
            )
            if row is None:
                return None
            if row["last_used"] is None or row["last_used"] < _now() - MINUTE:
                connection.execute(keys.update().where(keys.c.id == row["id"]).values(last_used=_now()))
        return self._remember("key", secret, _identity(row, key=row["id"]), revoked)

    # Sign-ins

    def add_link(self, workspace: str) -> str:
        """A token that signs a browser in, once, within a day."""
        self.workspace(workspace)
        identity = Identity(workspace=workspace, name="log-in link", scopes=frozenset(SCOPES))
        return self._add_sign_in("link", identity, LINK_LIFE)

    def add_session(self, identity: Identity) -> str:
        """A token for a browser's cookie, good for `SESSION_LIFE`."""
        return self._add_sign_in("session", identity, SESSION_LIFE)

    def use_link(self, token: str) -> Identity | None:
        """Who signs in by it; from now on it is worth nothing."""
        mine = (sign_ins.c.hash == tokens.hash_of(token)) & (sign_ins.c.kind == "link")
        with self._engine.begin() as connection:
            row = connection.execute(sign_ins.select().where(mine)).mappings().first()
            # Of two that use it at once only one deletes it.
            if row is None or connection.execute(sign_ins.delete().where(mine)).rowcount != 1:
                return None
        return _identity(row, key=row["key"]) if row["expires"] > _now() else None

    def find_session(self, token: str) -> Identity | None:
        mine = (sign_ins.c.hash == tokens.hash_of(token)) & (sign_ins.c.kind == "session")
        revoked = self._revoked
        found = self._rows(sign_ins.select().where(mine & (sign_ins.c.expires > _now())))
        if not found:
            return None
        return self._remember("session", token, _identity(found[0], key=found[0]["key"]), revoked)

    def end_session(self, token: str) -> None:
        with self._engine.begin() as connection:
            connection.execute(sign_ins.delete().where(sign_ins.c.hash == tokens.hash_of(token)))
        self._revoked += 1
        self._known.pop(("session", token), None)

    def _add_sign_in(self, kind: str, identity: Identity, life: int) -> str:
        token = tokens.new_token()
        with self._engine.begin() as connection:
            connection.execute(sign_ins.delete().where(sign_ins.c.expires < _now()))
            connection.execute(
                sign_ins.insert().values(
                    hash=tokens.hash_of(token),
                    kind=kind,
                    workspace=identity.workspace,
                    key=identity.key,
                    name=identity.name,
                    scopes=" ".join(scope for scope in SCOPES if scope in identity.scopes),
                    expires=_now() + life,
                )
            )
        return token

    def _remember(self, kind: str, secret: str, identity: Identity, revoked: int) -> Identity:
        if len(self._known) >= KEYS_REMEMBERED:
            self._known = {}
        if revoked == self._revoked:
            self._known[kind, secret] = (self._clock() + KEY_LIFE, identity)
        return identity

    def _rows(self, query: sa.Select[Any]) -> Sequence[sa.RowMapping]:
        with self._engine.connect() as connection:
            return connection.execute(query).mappings().all()


def no_workspace(slug: str) -> NotFound:
    return NotFound(f"there is no workspace {slug[:80]!r}", hint="the slug is the first part of the path")


def _check_name(name: str) -> None:
    if not 1 <= len(name) <= 256 or "\0" in name:
        raise BadRequest("a name has 1 to 256 characters, none of them NUL", where="$.name")


def _workspace(row: Any) -> WorkspaceRow:
    return WorkspaceRow(slug=row["slug"], name=row["name"], created=_written(row["created"]) or "")


def _key(row: Any) -> Key:
    return Key(
        id=row["id"],
        name=row["name"],
        scopes=row["scopes"].split(),
        created=_written(row["created"]) or "",
        last_used=_written(row["last_used"]),
        revoked=_written(row["revoked"]),
    )


def _identity(row: Any, *, key: str | None) -> Identity:
    return Identity(
        workspace=row["workspace"], name=row["name"], scopes=frozenset(row["scopes"].split()), key=key
    )


def _written(moment: int | None) -> str | None:
    return None if moment is None else write_moment(moment // SECOND * SECOND)
