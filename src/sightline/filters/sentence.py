"""A filter in words, for people who did not write it."""

from sightline.domain.errors import FilterError
from sightline.domain.moment import write_moment
from sightline.domain.value import type_of
from sightline.filters.built_ins import BUILT_INS
from sightline.filters.comparison import moment
from sightline.filters.names import canonical
from sightline.filters.nodes import And, Compare, Detection, Everything, Has, Id, Literally, Node, Not, Or

_ORDER = {"<": "is below", "<=": "is at most", ">": "is above", ">=": "is at least"}
_TIME = {"<": "is before", "<=": "is not after", ">": "is after", ">=": "is not before"}
_NEGATED = {"<": "is not below", "<=": "is not at most", ">": "is not above", ">=": "is not at least"}


def describe(node: Node, now: int) -> str:
    """`line is 7 or 8, passed is not true`. `now`: microseconds, what relative times count from."""
    parts = node.parts if isinstance(node, And) else (node,)
    return ", ".join(_say(part, now) for part in parts)


def _say(node: Node, now: int) -> str:  # noqa: C901, PLR0911  # one case a kind of node
    match node:
        case Everything():
            return "all inferences"
        case Id(value=value):
            return f"id is {value.text}"
        case Has(name=name):
            return f"has {name}"
        case Compare():
            return _compare(node, now, negated=False)
        case Detection(inside=inside):
            return f"one detection with {_say(inside, now)}"
        case And(parts=parts):
            return "(" + " and ".join(_say(part, now) for part in parts) + ")"
        case Or(parts=parts):
            return "(" + " or ".join(_say(part, now) for part in parts) + ")"
        case Not(part=Id(value=value)):
            return f"id is not {value.text}"
        case Not(part=Has(name=name)):
            return f"has no {name}"
        case Not(part=Compare() as comparison):
            return _compare(comparison, now, negated=True)
        case Not(part=Detection(inside=inside)):
            return f"no detection with {_say(inside, now)}"
        case Not(part=part):
            return f"not {_say(part, now)}"


def _compare(node: Compare, now: int, *, negated: bool) -> str:
    texts = [value.text or '""' for value in node.values]
    if node.operator in (":", "="):
        if node.name == "error" and len(texts) == 1 and _is_boolean(node.values[0]):
            return "has no error" if (texts[0].lower() == "true") is negated else "has an error"
        if negated and len(texts) > 1:
            return f"{node.name} is none of {', '.join(texts)}"
        return f"{node.name} {'is not' if negated else 'is'} {' or '.join(texts)}"
    if node.operator == "~":
        return f"{node.name} {'does not contain' if negated else 'contains'} {texts[0]}"
    return _order(node, now, negated=negated)


def _is_boolean(value: Literally) -> bool:
    return not value.quoted and type_of(value.text) == "boolean"


def _order(node: Compare, now: int, *, negated: bool) -> str:
    text = node.values[0].text
    built_in = BUILT_INS.get(canonical(node.name))
    if (built_in.kind == "time") if built_in else (type_of(text) != "number"):
        try:
            written = write_moment(moment(node.values[0], now))
        except (FilterError, OverflowError):
            return f"{node.name} {_ORDER[node.operator]} {text}"
        words = f"{node.name} {_TIME[node.operator]} {written}"
        return f"not ({words})" if negated else words
    return f"{node.name} {(_NEGATED if negated else _ORDER)[node.operator]} {text}"
