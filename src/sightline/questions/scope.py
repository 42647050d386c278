"""What nearly every question is asked about: a range of time and a filter."""

from typing import TypeVar

import msgspec

from sightline import filters
from sightline.domain.errors import BadRequest
from sightline.domain.moment import DAY, WEEK, parse_moment
from sightline.questions.narrowing import narrowed
from sightline.store.duckdb.session import Session

_LONGEST = 100 * 366 * DAY

Parameters = TypeVar("Parameters", bound=msgspec.Struct)


class ScopeParameters(msgspec.Struct, frozen=True, kw_only=True):
    now: int
    """Microseconds; not the caller's to choose."""
    start: str = ""
    """ISO 8601 or relative to now; 7 days before `end` when empty. It counts."""
    end: str = ""
    """ISO 8601 or relative to now; now when empty. It does not count."""
    filter: str = ""

    @property
    def narrowed(self) -> bool:
        """Whether the caller gave a range or a filter at all."""
        return bool(self.start.strip() or self.end.strip() or self.filter.strip())


class Scope(msgspec.Struct, frozen=True):
    """Microseconds; the period before is of equal length and ends where this one starts."""

    previous_start: int
    start: int
    end: int
    condition: filters.Condition
    filtered: bool

    def where(self, start: int | None = None, end: int | None = None) -> str:
        """A condition over alias `i`; the range may be another than the scope's own."""
        start = self.start if start is None else start
        end = self.end if end is None else end
        within = f"i.time >= {start:d} AND i.time < {end:d}"
        return f"{within} AND ({self.condition.where})" if self.filtered else within

    def source(
        self,
        session: Session,
        names: frozenset[str] = frozenset(),
        *,
        start: int | None = None,
        end: int | None = None,
    ) -> str:
        """`FROM … AS i WHERE …` with a column for each of the named metadata fields.

        Its `$names` are those of `condition.parameters`.
        """
        return f"FROM {session.relation(self.condition.fields | names)} AS i WHERE {self.where(start, end)}"


def checked(parameters: Parameters) -> Parameters:
    """The parameters themselves, or `BadRequest` where one is out of the bounds that its type tells."""
    try:
        return msgspec.convert(msgspec.to_builtins(parameters), type(parameters))
    except msgspec.ValidationError as error:
        message, _, place = str(error).partition(" - at `$.")
        raise BadRequest(message, where=place.rstrip("`") or None) from None


def resolve(session: Session, parameters: ScopeParameters) -> Scope:
    """Raises `BadRequest` where a time or the filter cannot be understood."""
    checked(parameters)
    now = parameters.now
    end = parse_moment(parameters.end, now=now, where="end") if parameters.end.strip() else now
    start = parse_moment(parameters.start, now=now, where="start") if parameters.start.strip() else end - WEEK
    check_range(start, end)
    node = filters.parse(parameters.filter)
    condition = filters.compile(node, session.fields, now=now)
    return Scope(
        previous_start=start - (end - start),
        start=start,
        end=end,
        condition=narrowed(session, node, condition, now),
        filtered=bool(parameters.filter.strip()),
    )


def check_range(start: int, end: int, *, names: tuple[str, str] = ("start", "end")) -> None:
    if start < 0:
        raise BadRequest("lies before 1970", where=names[0])
    if start >= end:
        raise BadRequest(f"does not lie before {names[1]}", where=names[0])
    if end - start > _LONGEST:
        raise BadRequest("a range may span 100 years at most", where=names[0])
