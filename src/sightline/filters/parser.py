"""Text -> tree. Every mistake is a FilterError at its column."""

from sightline.filters.nodes import Node


def parse(text: str) -> Node:
    """The tree of a written filter; an empty text is everything. Raises FilterError."""
    raise NotImplementedError
