"""Workspaces, keys and sign-ins in a real SQLite file."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from sightline.domain.errors import BadRequest, Conflict, NotFound
from sightline.store.catalog import Catalog, tokens
from sightline.store.catalog.catalog import KEY_LIFE
from sightline.store.catalog.migrate import open_engine
from sightline.store.catalog.tables import metadata


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'catalog.sqlite'}"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def catalog(url: str, clock: Clock) -> Iterator[Catalog]:
    opened = Catalog(url, clock=clock)
    opened.add_workspace("acme", "Acme")
    yield opened
    opened.close()


def test_the_migrations_make_the_tables(url: str) -> None:
    engine = open_engine(url)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        assert connection.execute(sa.text("PRAGMA journal_mode")).scalar() == "wal"
    engine.dispose()


def test_all_is_there_after_it_was_closed(catalog: Catalog, url: str) -> None:
    secret, _ = catalog.add_key("acme", "edge", ["write"])
    catalog.close()
    again = Catalog(url)
    found = again.find_key(secret)
    assert found is not None
    assert (found.workspace, found.name, found.scopes) == ("acme", "edge", {"write"})
    again.close()


def test_no_secret_is_on_the_disk(catalog: Catalog, tmp_path: Path) -> None:
    secrets = [catalog.add_key("acme", "edge")[0], catalog.add_link("acme")]
    identity = catalog.find_key(secrets[0])
    assert identity is not None
    secrets.append(catalog.add_session(identity))
    written = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert tokens.hash_of(secrets[0]).encode() in written
    for secret in secrets:
        assert secret.encode() not in written


def test_a_made_key_looks_like_one() -> None:
    made = {tokens.new_key() for _ in range(100)}
    assert len(made) == 100
    for key in made:
        assert key.startswith("sl_")
        assert len(key) == 35
        assert key.removeprefix("sl_").isalnum()
        assert key == key.lower()


@pytest.mark.parametrize("secret", ["x", "two words", "Schlüssel 🔑", "'; --", "\0", "\ud800", "k" * 10_000])
def test_any_text_can_be_a_key(catalog: Catalog, secret: str) -> None:
    catalog.add_key("acme", "given", secret=secret)
    assert catalog.find_key(secret) is not None
    assert catalog.find_key(secret + "x") is None


def test_a_revoked_key_is_forgotten_at_once_here_and_soon_elsewhere(
    catalog: Catalog, url: str, clock: Clock
) -> None:
    secret, key = catalog.add_key("acme", "edge")
    elsewhere = Catalog(url, clock=clock)
    assert elsewhere.find_key(secret) is not None
    assert catalog.find_key(secret) is not None
    catalog.revoke_key("acme", key.id)
    assert catalog.remembered("key", secret) is None
    assert catalog.find_key(secret) is None
    assert elsewhere.remembered("key", secret) is not None
    clock.now += KEY_LIFE
    assert KEY_LIFE < 2
    assert elsewhere.remembered("key", secret) is None
    assert elsewhere.find_key(secret) is None
    elsewhere.close()


def test_revoking_ends_the_sign_ins_of_a_key(catalog: Catalog) -> None:
    secret, key = catalog.add_key("acme", "visitor")
    identity = catalog.find_key(secret)
    assert identity is not None
    token = catalog.add_session(identity)
    assert catalog.find_session(token) == identity
    catalog.revoke_key("acme", key.id)
    assert catalog.remembered("session", token) is None
    assert catalog.find_session(token) is None


def test_a_key_is_revoked_by_its_own_workspace_only(catalog: Catalog) -> None:
    catalog.add_workspace("other")
    _, key = catalog.add_key("acme", "edge")
    with pytest.raises(NotFound):
        catalog.revoke_key("other", key.id)


def test_a_link_is_used_once(catalog: Catalog) -> None:
    token = catalog.add_link("acme")
    assert catalog.find_session(token) is None
    found = catalog.use_link(token)
    assert found is not None
    assert (found.workspace, found.actor) == ("acme", "log-in link")
    assert catalog.use_link(token) is None


def test_when_a_key_was_last_used_is_known(catalog: Catalog) -> None:
    secret, _ = catalog.add_key("acme", "edge")
    assert [key.last_used for key in catalog.keys("acme")] == [None]
    catalog.find_key(secret)
    assert catalog.keys("acme")[0].last_used is not None


def test_what_cannot_be_made_says_why(catalog: Catalog) -> None:
    catalog.add_key("acme", "edge", secret="same")
    with pytest.raises(Conflict):
        catalog.add_key("acme", "again", secret="same")
    with pytest.raises(Conflict):
        catalog.add_workspace("acme")
    for slug in ("", "a/b", "docs", "x" * 65):
        with pytest.raises(BadRequest):
            catalog.add_workspace(slug)
    with pytest.raises(BadRequest):
        catalog.add_key("acme", "")
    with pytest.raises(BadRequest):
        catalog.add_key("acme", "edge", [])
    with pytest.raises(NotFound):
        catalog.add_key("nowhere", "edge")
