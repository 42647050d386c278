"""Run by Alembic: applies the migrations on the connection that `migrate.upgrade` hands over."""
# ruff: noqa: INP001  # Alembic runs the file by its path; it is no part of a package

from alembic import context

from sightline.store.catalog.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite changes a table by copying it
)
with context.begin_transaction():
    context.run_migrations()
