"""The one filter language: text -> tree -> SQL, parameters and a sentence. Imports domain only."""

from sightline.filters.built_ins import BUILT_INS, BuiltIn
from sightline.filters.compiler import Condition, compile, condition  # noqa: A004  # the word of the trade, as in `re`
from sightline.filters.names import Column, resolve, suggestion, written
from sightline.filters.nodes import Node, without
from sightline.filters.parser import parse
from sightline.filters.writing import equals

__all__ = [
    "BUILT_INS",
    "BuiltIn",
    "Column",
    "Condition",
    "Node",
    "compile",
    "condition",
    "equals",
    "parse",
    "resolve",
    "suggestion",
    "without",
    "written",
]
