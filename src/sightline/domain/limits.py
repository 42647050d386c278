"""How much is accepted of anything. Every limit is a setting; these are the defaults."""

import msgspec


class Limits(msgspec.Struct, frozen=True):
    name: int = 256
    """Characters of a field name."""
    value: int = 8192
    """Bytes of a value in UTF-8."""
    inference_id: int = 1024
    """Bytes of an inference_id in UTF-8."""
    ids: int = 100_000
    """Ids in one entry of an attach request."""
    entries: int = 100_000
    """Entries of an attach request, records of a native request."""
    body: int = 64 * 1024 * 1024
    """Bytes of a request body."""
    depth: int = 64
    """Nesting of a JSON body."""
    filter: int = 8192
    """Characters of a written filter."""


DEFAULT = Limits()
