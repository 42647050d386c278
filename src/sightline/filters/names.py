"""What a name in a filter (or in `by=`, `split=`, `names=`) stands for."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Protocol, TypeVar

from sightline.domain.names import likeness
from sightline.filters.built_ins import BUILT_INS, BuiltIn

PREFIX = "metadata."
"""Before a metadata field's name it says that no built-in is meant."""

_SYNTAX = frozenset({"has"})


class Column(Protocol):
    """A metadata field: all that a filter needs to know of it."""

    @property
    def column(self) -> str:
        """The column of the relation that holds its values."""


AnyColumn = TypeVar("AnyColumn", bound=Column)


def resolve(name: str, fields: Mapping[str, AnyColumn]) -> BuiltIn | tuple[str, AnyColumn] | None:
    """The built-in, or a metadata field with its own name; None where there is neither."""
    if name in BUILT_INS:
        return BUILT_INS[name]
    field = name.removeprefix(PREFIX)
    return (field, fields[field]) if field in fields else None


def written(field: str) -> str:
    """The name by which a filter reaches this metadata field, before any quotes."""
    return PREFIX + field if field in BUILT_INS or field in _SYNTAX or field.startswith(PREFIX) else field


def canonical(name: str) -> str:
    """The shortest name that stands for the same: `metadata.line` is `line`, `metadata.class` is itself."""
    return written(name.removeprefix(PREFIX)) if name.startswith(PREFIX) else name


def suggestion(name: str, fields: Mapping[str, Column]) -> str | None:
    """``did you mean `location`?`` for a name that is close to a known one."""
    known = [*BUILT_INS, *map(written, fields)]
    alike = [other for other in known if likeness(other) == likeness(name)]
    close = alike or get_close_matches(name[:256], known, n=1, cutoff=0.6)
    return f"did you mean `{close[0]}`?" if close else None
