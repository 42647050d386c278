"""Text -> tree, by `grammar.lark`. Every mistake is a FilterError at its column."""

import re
from functools import cache
from importlib.resources import files

from lark import Lark, Token, Transformer, UnexpectedInput, v_args

from sightline.domain.errors import FilterError
from sightline.domain.limits import DEFAULT
from sightline.filters.mistakes import explain
from sightline.filters.nodes import (
    Compare,
    Detection,
    Everything,
    Has,
    Id,
    Literally,
    Node,
    Not,
    Operator,
    conjunction,
    disjunction,
    leaves,
    negation,
)

NESTING = 32
"""Parentheses inside parentheses."""
CONDITIONS = 100
"""Conditions in one filter: the engine's planner takes quadratic time in them."""

_UNWRITABLE = re.compile("[\0\ud800-\udfff]")
_OPENING = ("_OPEN", "DETECTION")


def parse(text: str) -> Node:
    """The tree of a written filter; an empty text is everything. Raises FilterError."""
    if len(text) > DEFAULT.filter:
        raise FilterError(f"a filter has at most {DEFAULT.filter} characters", column=DEFAULT.filter)
    if unwritable := _UNWRITABLE.search(text):
        raise FilterError("this character is not text", column=unwritable.start())
    node = _parse(text)
    if len(found := leaves(node)) > CONDITIONS:
        raise FilterError(
            f"a filter has at most {CONDITIONS} conditions",
            column=found[CONDITIONS].column,
            hint="several values of one name are one condition: line:7,8,9",
        )
    return node


def _parse(text: str) -> Node:
    reader = _reader().parse_interactive(text)
    seen: list[Token] = []
    opened: list[Token] = []
    try:
        for token in reader.iter_parse():
            seen.append(token)
            if token.type in _OPENING:
                opened.append(token)
            elif token.type == "_CLOSE" and opened:
                opened.pop()
            if len(opened) > NESTING:
                raise FilterError(f"parentheses nest at most {NESTING} deep", column=_start(token))
        node: Node = reader.feed_eof()  # type: ignore[no-untyped-call]  # lark has no types here
    except UnexpectedInput as problem:
        place = len(text) if problem.pos_in_stream is None else problem.pos_in_stream
        ended = isinstance(getattr(problem, "token", None), Token) and problem.token.type == "$END"  # type: ignore[attr-defined]  # only UnexpectedToken has one
        raise explain(text, len(text) if ended else place, seen, opened) from None
    return node


def _start(token: Token) -> int:
    return token.start_pos or 0


@v_args(inline=True)
class _Builder(Transformer[Token, Node]):
    """Builds the tree while the parser reads, so that no pass over a deep tree is needed."""

    def filter(self, node: Node) -> Node:
        return node

    group = filter  # noqa: A003  # both are named as in the grammar

    def everything(self) -> Node:
        return Everything()

    def either(self, *nodes: Node) -> Node:
        return disjunction(nodes)

    def both(self, *nodes: Node) -> Node:
        return conjunction(nodes)

    def negation(self, node: Node) -> Node:
        return negation(node)

    def detection(self, word: Token, inside: Node) -> Node:
        return Detection(inside, _start(word))

    def has(self, name: Token) -> Node:
        return Has(_text(name), _start(name))

    def alone(self, word: Token) -> Node:
        if word.upper() in ("OR", "AND", "NOT"):
            raise FilterError(
                f"`{word}` stands where a condition is expected",
                column=_start(word),
                hint=f'write {word.upper()} in capitals, or an id in quotes: "{word}"',
            )
        return Id(_literally(word))

    def compare(self, name: Token, operator: Token, *values: Token) -> Node:
        positive: Operator = "=" if operator == "!=" else str(operator)  # type: ignore[assignment]  # the grammar has no others
        node = Compare(
            name=_text(name),
            column=_start(name),
            operator=positive,
            operator_column=_start(operator),
            values=tuple(_literally(value) for value in values),
        )
        return Not(node) if operator == "!=" else node


def _literally(token: Token) -> Literally:
    return Literally(_text(token), _start(token), quoted=token.type == "STRING")


def _text(token: Token) -> str:
    return re.sub(r'\\(["\\])', r"\1", token[1:-1]) if token.type == "STRING" else str(token)


@cache
def _reader() -> Lark:
    grammar = files("sightline.filters").joinpath("grammar.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", lexer="contextual", transformer=_Builder(), maybe_placeholders=False)
