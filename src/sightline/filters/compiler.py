"""Tree -> SQL, parameters and one human sentence."""

from collections.abc import Mapping

import msgspec

from sightline.filters.names import Column
from sightline.filters.nodes import Node


class Condition(msgspec.Struct, frozen=True):
    where: str
    """SQL boolean expression over the alias `i`; `TRUE` for everything."""
    parameters: dict[str, object]
    """Bound to the `$names` in it."""
    sentence: str
    """What it says in words: `line is 7 or 8, passed is not true`."""
    fields: frozenset[str]
    """Metadata fields whose columns the relation must carry (`IMAGE_FIELD` among them for `has:image`)."""


def compile(  # noqa: A001  # the word of the trade, as in `re`
    node: Node, fields: Mapping[str, Column], *, prefix: str = "filter_", now: int | None = None
) -> Condition:
    """A tree as SQL. `now`: microseconds, what relative times count from. Raises FilterError."""
    raise NotImplementedError


def condition(
    text: str, fields: Mapping[str, Column], *, prefix: str = "filter_", now: int | None = None
) -> Condition:
    """A written filter as SQL. Raises FilterError."""
    raise NotImplementedError
