"""Tree -> SQL, parameters and one human sentence."""

import time
from collections.abc import Mapping

import msgspec

from sightline.domain.errors import FilterError
from sightline.domain.value import IMAGE_FIELD
from sightline.filters.built_ins import BUILT_INS, BuiltIn
from sightline.filters.comparison import Subject, compare
from sightline.filters.names import Column, resolve, suggestion
from sightline.filters.nodes import And, Compare, Detection, Everything, Has, Id, Node, Not, Or
from sightline.filters.parser import parse
from sightline.filters.sentence import describe


class Condition(msgspec.Struct, frozen=True):
    where: str
    """SQL boolean expression over the alias `i`; `TRUE` for everything."""
    parameters: dict[str, object]
    """Bound to the `$names` in it."""
    sentence: str
    """What it says in words: `line is 7 or 8, passed is not true`."""
    fields: frozenset[str]
    """Metadata fields whose columns the relation must carry (`IMAGE_FIELD` among them for `has:image`)."""


def condition(
    text: str, fields: Mapping[str, Column], *, prefix: str = "filter_", now: int | None = None
) -> Condition:
    """A written filter as SQL. Raises FilterError."""
    return compile(parse(text), fields, prefix=prefix, now=now)


def compile(  # noqa: A001  # the word of the trade, as in `re`
    node: Node, fields: Mapping[str, Column], *, prefix: str = "filter_", now: int | None = None
) -> Condition:
    """A tree as SQL. `now`: microseconds, what relative times count from. Raises FilterError."""
    moment = time.time_ns() // 1_000 if now is None else now
    compiler = _Compiler(fields, prefix, moment)
    where = compiler.expression(node)
    return Condition(where, compiler.parameters, describe(node, moment), frozenset(compiler.used))


class _Compiler:
    def __init__(self, fields: Mapping[str, Column], prefix: str, now: int) -> None:
        self.fields = fields
        self.prefix = prefix
        self.now = now
        self.parameters: dict[str, object] = {}
        self.used: set[str] = set()

    def bind(self, value: object) -> str:
        name = f"{self.prefix}{len(self.parameters)}"
        self.parameters[name] = value
        return f"${name}"

    def expression(  # noqa: C901, PLR0911  # one case a kind of node
        self, node: Node, *, inside: bool = False
    ) -> str:
        """SQL that may be NULL where it is not true. `inside`: of one detection."""
        match node:
            case Everything():
                return "TRUE"
            case And(parts=parts):
                return "(" + " AND ".join(self.expression(part, inside=inside) for part in parts) + ")"
            case Or(parts=parts):
                return "(" + " OR ".join(self.expression(part, inside=inside) for part in parts) + ")"
            case Not(part=part):
                # Two-valued: what has no value is not equal to anything.
                return f"NOT COALESCE({self.expression(part, inside=inside)}, FALSE)"
            case Compare():
                subject = self._one(node) if inside else self._subject(node)
                return compare(node, subject, self.bind, self.now)
            case Has():
                subject = self._one(node) if inside else self._subject(node)
                return f"len({subject.sql}) > 0" if subject.kind == "list" else f"{subject.sql} IS NOT NULL"
            case Id(value=value):
                if inside:
                    raise _of_one_detection(value.text, node.column)
                return f"i.inference_id = {self.bind(value.text)}"
            case Detection():
                if inside:
                    raise _of_one_detection("detection()", node.column)
                return self._detection(node)

    def _detection(self, node: Detection) -> str:
        exists = (
            "len(list_filter(i.classes, lambda one_class, position: "
            f"{self.expression(node.inside, inside=True)})) > 0"
        )
        # To look for the class first spares most rows the lambda.
        parts = node.inside.parts if isinstance(node.inside, And) else (node.inside,)
        first = [
            self.expression(part)
            for part in parts
            if isinstance(part, Compare) and part.name == "class" and part.operator in (":", "=")
        ]
        return f"({' AND '.join([*first, exists])})"

    def _one(self, node: Compare | Has) -> Subject:
        if node.name == "class":
            return Subject("text", "one_class")
        if node.name == "confidence":
            return Subject("number", "i.confidences[position]")
        raise _of_one_detection(node.name, node.column)

    def _subject(self, node: Compare | Has) -> Subject:
        found = resolve(node.name, self.fields)
        if found is None:
            raise FilterError(
                f"there is no field {node.name[:80]!r}",
                column=node.column,
                hint=suggestion(node.name, self.fields) or "no inference has a value of this name yet",
            )
        if isinstance(found, BuiltIn):
            if found is BUILT_INS["image"]:
                self.used.add(IMAGE_FIELD)
            return Subject(found.kind, found.sql)
        name, field = found
        self.used.add(name)
        return Subject("value", f"i.{field.column}")


def _of_one_detection(what: str, column: int) -> FilterError:
    return FilterError(
        f"`{what[:80]}` is not of one detection",
        column=column,
        hint="inside detection( ) there are class and confidence; put all else outside",
    )
