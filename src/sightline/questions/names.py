"""Names by which inferences can be grouped, split and counted: built-ins and metadata fields."""

import re
from collections.abc import Iterable
from typing import Literal

import msgspec

from sightline import filters
from sightline.domain.errors import BadRequest
from sightline.store.duckdb.session import Session

GROUPABLE = ("model", "version", "task", "class", "device", "server", "source", "tag", "error", "deployment")
NUMBERS = ("confidence", "latency", "detections")
"""Built-ins whose values are numbers: they have facets, but nobody groups by them."""


_NAME = re.compile(r'\s*+(?:"((?:[^"]|"")*)"\s*|([^",][^,]*|))(?:,|$)')


class Name(msgspec.Struct, frozen=True):
    text: str
    """As it was written."""
    sql: str
    """VARCHAR over alias `i`, a list of them for `class` and `tag`, a number for NUMBERS."""
    built_in: str | None
    field: str | None
    """The metadata field's own name, where it is one."""

    @property
    def kind(self) -> Literal["builtin", "field"]:
        return "builtin" if self.field is None else "field"


def resolve_name(session: Session, text: str, *, where: str, numbers: bool = False) -> Name:
    """Raises `BadRequest` where nothing bears the name; `numbers` admits the built-ins whose values are numbers."""
    found = filters.resolve(text, session.fields)
    if isinstance(found, tuple):
        field, column = found
        return Name(text, f"i.{column.column}", None, field)
    if found is None:
        hint = filters.suggestion(text, session.fields)
        raise BadRequest(f"there is no field {text[:80]!r}", where=where, hint=hint)
    allowed = GROUPABLE + NUMBERS if numbers else GROUPABLE
    if found.name not in allowed:
        raise BadRequest(
            f"cannot be {found.name!r}", where=where, hint=f"one of {', '.join(allowed)}, or a metadata field"
        )
    return Name(text, found.sql, found.name, None)


def split_names(text: str, *, where: str) -> list[str]:
    """Comma-separated names, each once; one with a comma in it or space around it stands in double quotes."""
    names: dict[str, None] = {}
    place = 0
    while place < len(text):
        found = _NAME.match(text, place)
        if found is None:
            raise BadRequest(
                f"a quote is out of place in {text[place : place + 80]!r}",
                where=where,
                hint='write names with commas between them, such as line,"shift, long"',
            )
        quoted, bare = found.groups()
        name = bare.strip() if quoted is None else quoted.replace('""', '"')
        if name:
            names[name] = None
        place = found.end()
    return list(names)


def fields_of(names: Iterable[Name]) -> frozenset[str]:
    """What `session.relation` must be asked for."""
    return frozenset(name.field for name in names if name.field is not None)
