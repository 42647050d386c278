"""What a written filter means, before anybody knows how it is asked: a small tree of conditions."""

from collections.abc import Iterable
from typing import Literal, TypeAlias

import msgspec

from sightline.filters.names import canonical

Operator = Literal[":", "=", "<", "<=", ">", ">=", "~"]
"""`!=` is not among them: it is the negation of `=`."""


class Literally(msgspec.Struct, frozen=True):
    """A value as it was written. In quotes it is that very text; without, it may be read as a number or time."""

    text: str
    column: int
    quoted: bool = False


class Everything(msgspec.Struct, frozen=True):
    """No condition at all."""


class Id(msgspec.Struct, frozen=True):
    """The one inference of this id: a word that stands alone."""

    value: Literally

    @property
    def column(self) -> int:
        return self.value.column


class Has(msgspec.Struct, frozen=True):
    """There is a value of this name."""

    name: str
    column: int


class Compare(msgspec.Struct, frozen=True):
    """A name, an operator, and what it is compared with; several values only after `:`."""

    name: str
    column: int
    operator: Operator
    operator_column: int
    values: tuple[Literally, ...]


class Detection(msgspec.Struct, frozen=True):
    """One single detection satisfies the condition inside."""

    inside: "Node"
    column: int


class Not(msgspec.Struct, frozen=True):
    """True exactly where the part is not: an inference without the value is matched too."""

    part: "Node"


class And(msgspec.Struct, frozen=True):
    parts: tuple["Node", ...]


class Or(msgspec.Struct, frozen=True):
    parts: tuple["Node", ...]


Node: TypeAlias = Everything | Id | Has | Compare | Detection | Not | And | Or


def negation(node: Node) -> Node:
    """Two negations are none, so a chain of them never grows the tree."""
    return node.part if isinstance(node, Not) else Not(node)


def conjunction(nodes: Iterable[Node]) -> Node:
    parts = tuple(
        part
        for node in nodes
        for part in (node.parts if isinstance(node, And) else (node,))
        if part != Everything()
    )
    if not parts:
        return Everything()
    return parts[0] if len(parts) == 1 else And(parts)


def disjunction(nodes: Iterable[Node]) -> Node:
    parts = tuple(part for node in nodes for part in (node.parts if isinstance(node, Or) else (node,)))
    return parts[0] if len(parts) == 1 else Or(parts)


def leaves(node: Node) -> list[Id | Has | Compare]:
    """Its single conditions, in the order they were written."""
    match node:
        case Id() | Has() | Compare():
            return [node]
        case Not(part=part) | Detection(inside=part):
            return leaves(part)
        case And(parts=parts) | Or(parts=parts):
            return [leaf for part in parts for leaf in leaves(part)]
        case _:
            return []


def without(node: Node, name: str) -> Node:
    """The filter without those conditions of its top level that speak of this name alone (under any OR and NOT)."""
    parts = node.parts if isinstance(node, And) else (node,)
    return conjunction(part for part in parts if _names(part) != {canonical(name)})


def _names(node: Node) -> set[str]:
    match node:
        case Compare(name=name) | Has(name=name):
            return {canonical(name)}
        case Id():
            return {"id"}
        case Not(part=part):
            return _names(part)
        case And(parts=parts) | Or(parts=parts):
            return set().union(*(_names(part) for part in parts))
        case _:
            return set()  # a condition on one detection is of class and confidence together
