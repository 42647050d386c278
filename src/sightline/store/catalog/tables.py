"""The catalog's tables. A change here needs a migration; a test compares the two."""

import sqlalchemy as sa

metadata = sa.MetaData()

workspaces = sa.Table(
    "workspaces",
    metadata,
    sa.Column("slug", sa.String(64), primary_key=True),
    sa.Column("name", sa.String(256), nullable=False),
    sa.Column("created", sa.BigInteger, nullable=False),  # microseconds since the epoch, as all times here
)

keys = sa.Table(
    "keys",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("workspace", sa.String(64), sa.ForeignKey("workspaces.slug"), nullable=False, index=True),
    sa.Column("name", sa.String(256), nullable=False),
    sa.Column("hash", sa.String(64), nullable=False, unique=True),  # SHA-256 of the key, hexadecimal
    sa.Column("scopes", sa.String(64), nullable=False),  # separated by spaces
    sa.Column("created", sa.BigInteger, nullable=False),
    sa.Column("last_used", sa.BigInteger),
    sa.Column("revoked", sa.BigInteger),
)

# Log-in links (used once) and the sessions of browsers.
sign_ins = sa.Table(
    "sign_ins",
    metadata,
    sa.Column("hash", sa.String(64), primary_key=True),
    sa.Column("kind", sa.String(16), nullable=False),  # link, session
    sa.Column("workspace", sa.String(64), sa.ForeignKey("workspaces.slug"), nullable=False),
    sa.Column("key", sa.String(32), sa.ForeignKey("keys.id")),  # NULL: not by a key but by a link
    sa.Column("name", sa.String(256), nullable=False),
    sa.Column("scopes", sa.String(64), nullable=False),
    sa.Column("expires", sa.BigInteger, nullable=False, index=True),
)
