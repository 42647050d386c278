"""Which inferences a filter can match at most, where it asks for a value that few bear: a serial number, an order.

Columns are quick to scan but not to look one row up in: at 10 M inferences the index answers 10 times as fast.
"""

from sightline import filters
from sightline.domain.value import type_of
from sightline.filters.comparison import Subject, compare
from sightline.filters.nodes import And, Compare, Node
from sightline.store.duckdb.session import Session

_AT_MOST = 8
"""Values that are looked up."""


def narrowed(session: Session, node: Node, condition: filters.Condition, now: int) -> filters.Condition:
    """The same condition, told of the few rows that can meet it; itself where they are not few."""
    parts = node.parts if isinstance(node, And) else (node,)
    for part in parts:
        numbers = _bearers(session, part, now) if isinstance(part, Compare) else None
        if numbers is not None:
            among = f"i.number IN ({', '.join(map(str, numbers))})" if numbers else "FALSE"
            return filters.Condition(
                f"({among} AND {condition.where})", condition.parameters, condition.sentence, condition.fields
            )
    return condition


def _bearers(session: Session, node: Compare, now: int) -> list[int] | None:
    found = filters.resolve(node.name, session.fields)
    if not isinstance(found, tuple) or node.operator not in (":", "=") or len(node.values) > _AT_MOST:
        return None
    # What reads as a time equals other writings of it; those the index does not know as one.
    if any(not value.quoted and type_of(value.text) == "timestamp" for value in node.values):
        return None
    field, _ = found
    parameters: dict[str, object] = {"field": field}

    def bind(value: object) -> str:
        name = f"value_{len(parameters)}"
        parameters[name] = value
        return f"${name}"

    latest = f"field = $field AND ({compare(node, Subject('value', 'value'), bind, now)})"
    return session.bearers(field, [value.text for value in node.values], latest, parameters)
