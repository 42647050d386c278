"""Custom metadata values: text with a type beside it. The text the user sent is what the user gets back."""

import math
import re
from datetime import UTC, datetime
from typing import Literal

import msgspec

ValueType = Literal["number", "boolean", "timestamp", "text"]

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_TIMESTAMP = re.compile(
    r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?)?", re.ASCII
)


IMAGE_FIELD = "\0image"
"""The built-in field that holds the content hash of an inference's picture. Pictures are attached like metadata: before
or after their inference, last one wins. No user's field can bear the name, because NUL is refused."""


class Attachment(msgspec.Struct, frozen=True):
    """One value of one field for many ids. `value` is None where the field is removed from them."""

    inference_ids: list[str]
    field: str
    value: str | None


def text_of(scalar: str | float | bool | None) -> str:
    """The text that is kept for a JSON scalar: strings as they are, everything else as JSON writes it."""
    if isinstance(scalar, str):
        return scalar
    return msgspec.json.encode(scalar).decode()


def type_of(text: str) -> ValueType:
    """What a value reads as, and so how it may be compared."""
    if text in ("true", "false", "True", "False", "TRUE", "FALSE"):
        return "boolean"
    if _NUMBER.fullmatch(text):
        return "number" if math.isfinite(float(text)) else "text"
    if _TIMESTAMP.fullmatch(text) and timestamp_of(text) is not None:
        return "timestamp"
    return "text"


def timestamp_of(text: str) -> int | None:
    """Microseconds since the epoch for ISO 8601 text (UTC where it names no zone); None if it is not a time."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    try:
        return round(moment.timestamp() * 1_000_000)
    except (OverflowError, ValueError):
        return None
