"""One comparison as SQL: what may be compared how, and what a written value stands for."""

import re
from collections.abc import Callable

import msgspec

from sightline.domain.errors import BadRequest, FilterError
from sightline.domain.merge import split_model
from sightline.domain.moment import parse_moment
from sightline.domain.value import type_of
from sightline.filters.built_ins import Kind
from sightline.filters.nodes import Compare, Literally

_OPERATORS: dict[Kind, str] = {
    "text": ": = != ~",
    "value": ": = != < <= > >= ~",
    "number": ": = != < <= > >=",
    "duration": ": = != < <= > >=",
    "time": "< <= > >=",
    "list": ": = != ~",
    "model": ": = != ~",
    "error": ": = != ~",
    "presence": "",
}
_SECONDS = {"us": 1_000_000, "ms": 1_000, "s": 1, "": 1}
_DURATION = re.compile(r"(.*?)(us|ms|s|)")

_SPACE = r"E' \t\n\x0b\f\r'"
# What reads as a time, as in `domain.value`: the engine's casts accept more.
_HOUR = "([01][0-9]|2[0-3])"
_TIME = (
    rf"'[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}([T ]{_HOUR}:[0-9]{{2}}(:[0-9]{{2}}(\.[0-9]{{1,9}})?)?"
    r"(Z|[+-][0-9]{2}:?[0-9]{2})?)?'"
)
_ZONE = r"'[0-9]{2}:[0-9]{2}.*(Z|[+-][0-9]{2}:?[0-9]{2})$'"

Bind = Callable[[object], str]
"""Takes a value, gives the `$name` it is bound to."""


class Subject(msgspec.Struct, frozen=True):
    """What is compared."""

    kind: Kind
    sql: str


def compare(node: Compare, subject: Subject, bind: Bind, now: int) -> str:
    """A boolean expression; NULL where there is nothing to compare. Raises FilterError."""
    allowed = _OPERATORS[subject.kind].split()
    if node.operator not in allowed:
        raise FilterError(
            f"`{node.name}` cannot be compared with `{node.operator}`",
            column=node.operator_column,
            hint=f"it takes {' '.join(allowed)}" if allowed else f"write has:{node.name} or -has:{node.name}",
        )
    if node.operator == "~":
        return _contains(node.values[0], subject, bind)
    if node.operator in (":", "="):
        return _any(_EQUALITIES[subject.kind](node, subject.sql, bind, now))
    return _order(node, subject, bind, now)


def _contains(value: Literally, subject: Subject, bind: Bind) -> str:
    part = f"lower({bind(value.text)})"
    if subject.kind == "list":
        return f"len(list_filter({subject.sql}, lambda one: contains(lower(one), {part}))) > 0"
    return f"contains(lower({subject.sql}), {part})"


def _order(node: Compare, subject: Subject, bind: Bind, now: int) -> str:
    value = node.values[0]
    if subject.kind == "number":
        return f"{subject.sql} {node.operator} {bind(_number(value))}"
    if subject.kind == "duration":
        return f"{subject.sql} {node.operator} {bind(_duration(value))}"
    if subject.kind == "time":
        return f"{subject.sql} {node.operator} {bind(moment(value, now))}"
    if type_of(value.text) == "number":
        number = f"TRY_CAST({subject.sql} AS DOUBLE)"
        return (
            f"({number} {node.operator} {bind(float(value.text))} AND isfinite({number})"
            f" AND {_plain(subject.sql)})"
        )
    try:
        limit = moment(value, now)
    except FilterError:
        raise FilterError(
            f"`{node.operator}` compares numbers and times, and {value.text[:80]!r} is neither",
            column=value.column,
            hint=f"such as {node.name}{node.operator}70, or {node.name}{node.operator}2026-11-23T14:00:00Z",
        ) from None
    return (
        f"({_moment_sql(subject.sql)} {node.operator} {bind(limit)}"
        f" AND regexp_full_match({subject.sql}, {_TIME}))"
    )


def _texts(node: Compare, sql: str, bind: Bind, _now: int) -> list[str]:
    return [_among(sql, [value.text for value in node.values], bind)]


def _values(node: Compare, sql: str, bind: Bind, now: int) -> list[str]:
    """Every value as its text, and those without quotes also as the number, boolean or time that they read as."""
    texts = [value.text for value in node.values]
    numbers: list[object] = []
    moments: list[object] = []
    for value in node.values:
        kind = "text" if value.quoted else type_of(value.text)
        if kind == "boolean":
            texts += [value.text.lower(), value.text.upper(), value.text.capitalize()]
        elif kind == "number":
            numbers.append(float(value.text))
        elif kind == "timestamp":
            moments.append(moment(value, now))
    found = [_among(sql, texts, bind)]
    if numbers:
        cast = _among(f"TRY_CAST({sql} AS DOUBLE)", numbers, bind)
        found.append(f"({cast} AND {_plain(sql)})")
    if moments:
        found.append(f"({_among(_moment_sql(sql), moments, bind)} AND regexp_full_match({sql}, {_TIME}))")
    return found


def _numbers(node: Compare, sql: str, bind: Bind, _now: int) -> list[str]:
    return [_among(sql, [_number(value) for value in node.values], bind)]


def _durations(node: Compare, sql: str, bind: Bind, _now: int) -> list[str]:
    return [_among(sql, [_duration(value) for value in node.values], bind)]


def _lists(node: Compare, sql: str, bind: Bind, _now: int) -> list[str]:
    # An OR of list_contains is four times as fast as list_has_any.
    return [f"list_contains({sql}, {bind(value.text)})" for value in node.values]


def _models(node: Compare, sql: str, bind: Bind, _now: int) -> list[str]:
    """A project without a version is meant in all its versions, unless it is in quotes."""
    exact = [value.text for value in node.values if value.quoted or split_model(value.text)[1] is not None]
    projects = [value.text for value in node.values if value.text not in exact]
    found = [_among(sql, exact, bind)] if exact else []
    return [*found, _among("i.model", projects, bind)] if projects else found


def _errors(node: Compare, sql: str, bind: Bind, _now: int) -> list[str]:
    found = []
    for value in node.values:
        if not value.quoted and type_of(value.text) == "boolean":
            found.append(f"{sql} IS {'NOT ' if value.text.lower() == 'true' else ''}NULL")
        else:
            found.append(f"{sql} = {bind(value.text)}")
    return found


_EQUALITIES: dict[Kind, Callable[[Compare, str, Bind, int], list[str]]] = {
    "text": _texts,
    "value": _values,
    "number": _numbers,
    "duration": _durations,
    "list": _lists,
    "model": _models,
    "error": _errors,
}


def _among(sql: str, values: list[object] | list[str] | list[float], bind: Bind) -> str:
    names = [bind(value) for value in dict.fromkeys(values)]
    # A single comparison is pushed into the scan of the table.
    return f"{sql} = {names[0]}" if len(names) == 1 else f"{sql} IN ({', '.join(names)})"


def _any(expressions: list[str]) -> str:
    return expressions[0] if len(expressions) == 1 else f"({' OR '.join(expressions)})"


def _plain(sql: str) -> str:
    # The engine's cast to a number also takes these, `domain.value` does not. A regular expression for the number
    # would say it in one word, and take eight times as long.
    return f"trim({sql}, {_SPACE}) = {sql} AND NOT contains({sql}, '_') AND NOT contains({sql}, '+-')"


def _moment_sql(sql: str) -> str:
    # A text without a zone is UTC, whatever the zone of the connection.
    return (
        f"CASE WHEN regexp_matches({sql}, {_ZONE}) THEN epoch_us(TRY_CAST({sql} AS TIMESTAMPTZ)) "
        f"ELSE epoch_us(TRY_CAST({sql} AS TIMESTAMP)) END"
    )


def _number(value: Literally) -> float:
    if type_of(value.text) != "number":
        raise FilterError(f"{value.text[:80]!r} is not a number", column=value.column)
    return float(value.text)


def _duration(value: Literally) -> float:
    matched = _DURATION.fullmatch(value.text)
    if matched is None or type_of(matched[1]) != "number":
        raise FilterError(
            f"{value.text[:80]!r} is not a length of time", column=value.column, hint="such as 0.2s or 200ms"
        )
    return float(matched[1]) / _SECONDS[matched[2]]


def moment(value: Literally, now: int) -> int:
    """Microseconds. Raises FilterError for what is not a time."""
    try:
        found = parse_moment(value.text, now=now, where="")
    except BadRequest as problem:
        raise FilterError(problem.message, column=value.column, hint=problem.hint) from None
    return found
