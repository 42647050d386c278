"""Workspaces, keys and sign-ins."""
# ruff: noqa: INP001  # Alembic runs the file by its path; it is no part of a package

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "workspaces",
        sa.Column("slug", sa.String(64), primary_key=True),
        sa.Column("name", sa.String(256), nullable=False),
        sa.Column("created", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "keys",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("workspace", sa.String(64), sa.ForeignKey("workspaces.slug"), nullable=False),
        sa.Column("name", sa.String(256), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False, unique=True),
        sa.Column("scopes", sa.String(64), nullable=False),
        sa.Column("created", sa.BigInteger, nullable=False),
        sa.Column("last_used", sa.BigInteger),
        sa.Column("revoked", sa.BigInteger),
    )
    op.create_index("ix_keys_workspace", "keys", ["workspace"])
    op.create_table(
        "sign_ins",
        sa.Column("hash", sa.String(64), primary_key=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("workspace", sa.String(64), sa.ForeignKey("workspaces.slug"), nullable=False),
        sa.Column("key", sa.String(32), sa.ForeignKey("keys.id")),
        sa.Column("name", sa.String(256), nullable=False),
        sa.Column("scopes", sa.String(64), nullable=False),
        sa.Column("expires", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_sign_ins_expires", "sign_ins", ["expires"])


def downgrade() -> None:
    op.drop_table("sign_ins")
    op.drop_table("keys")
    op.drop_table("workspaces")
