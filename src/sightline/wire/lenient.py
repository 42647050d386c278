"""Picking what can be understood out of reports that must never be refused whole.

An inference server sends its report once. Each function here gives what it understands, None for what it does
not, and adds the reason to `Notes`, so that nothing is dropped silently.
"""

import math
import re
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from sightline.domain.limits import Limits
from sightline.domain.moment import AHEAD, EARLIEST, SECOND
from sightline.domain.report import Problem
from sightline.wire import json

SYSTEM = (
    "platform",
    "platform_release",
    "platform_version",
    "architecture",
    "hostname",
    "ip_address",
    "mac_address",
    "processor",
)
"""What an inference server tells of the machine it runs on."""
MEMBERS = {
    *SYSTEM,
    "api_key",
    "timestamp",
    "source",
    "source_info",
    "device_id",
    "inference_server_id",
    "inference_server_version",
    "tags",
}
"""What is read of a report besides its records."""
EXCERPT = 2000
"""Characters of an excerpt."""

_WRITTEN_KEY = re.compile(r'"api_key"\s*:\s*("(\\.|[^"\\])*"?|[^,}\]]*)', re.IGNORECASE)


class Notes:
    """What could not be understood of one record, and where; each kind of trouble once."""

    def __init__(self, where: str) -> None:
        self.where = where
        self.found: dict[str, str] = {}

    def add(self, path: str, reason: str) -> None:
        self.found.setdefault(reason, self.where + path)

    def problems(self, door: str) -> list[Problem]:
        """One problem a note, for what holds more than one record; the records themselves are kept."""
        return [
            Problem(door=door, where=where, reason=reason, kept=True) for reason, where in self.found.items()
        ]

    def problem(self, door: str, *, kept: bool, raw: bytes, keys: Iterable[str | None]) -> Problem:
        """One problem that tells everything; it points at the first place."""
        (_, where), *_ = self.found.items()
        return Problem(
            door=door, where=where, reason="; ".join(self.found), kept=kept, excerpt=excerpt(raw, keys)
        )


_TOP = msgspec.json.Decoder(dict[str, msgspec.Raw])
_RESULTS = msgspec.json.Decoder(list[msgspec.Raw])


def top(body: bytes, notes: Notes, limits: Limits) -> tuple[dict[str, Any], list[msgspec.Raw]]:
    """The members of a report, and apart from them its `inference_results`, each still as it came.

    `BadRequest` if the body is no JSON object. How deep a record is nested does not matter here: nothing that is
    kept of it nests, and one of them cannot take the others with it.
    """
    unlimited = msgspec.structs.replace(limits, depth=len(body))
    try:
        found = json.decode(body, _TOP, unlimited)
    except json.HalfPair:
        notes.add("", "halves of surrogate pairs, which are not text, were replaced by U+FFFD")
        found = json.decode(json.mend_surrogates(body), _TOP, unlimited)
    results = _results(found.pop("inference_results", None), notes)
    if len(results) > limits.entries:
        left_out = len(results) - limits.entries
        notes.add(f".inference_results[{limits.entries}]", f"{left_out} records over the limit were left out")
        results = results[: limits.entries]
    return {name: _value(raw, f".{name}", notes) for name, raw in found.items() if name in MEMBERS}, results


def _results(raw: msgspec.Raw | None, notes: Notes) -> list[msgspec.Raw]:
    if raw is None or bytes(raw).strip() == b"null":
        return []
    try:
        return _RESULTS.decode(raw)
    except msgspec.ValidationError:
        notes.add(".inference_results", "is not a list, and could not be kept")
        return []


def _value(raw: msgspec.Raw, path: str, notes: Notes) -> Any:
    try:
        return msgspec.json.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        notes.add(path, "cannot be read")
        return None


def record(raw: bytes | msgspec.Raw, notes: Notes) -> dict[str, Any] | None:
    """One record; None, and a note, where it is no object or cannot be read."""
    try:
        found = msgspec.json.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        notes.add("", "cannot be read: it is not UTF-8, is nested too deep or holds a number out of range")
        return None
    if isinstance(found, dict):
        return found
    notes.add("", "is not an object")
    return None


def key(value: dict[str, Any]) -> str | None:
    found = value.get("api_key")
    return found if isinstance(found, str) and found else None


def text(value: object, path: str, notes: Notes, limits: Limits) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str):
        notes.add(path, "is not text")
    elif "\0" in value:
        notes.add(path, "holds a NUL character")
    elif len(value) > limits.value:
        notes.add(path, f"is longer than {limits.value} characters")
    else:
        return value
    return None


def inference_id(value: object, path: str, notes: Notes, limits: Limits) -> str | None:
    found = text(value, path, notes, limits)
    if not found:
        notes.add(path, "a record without an inference_id cannot be joined with anything")
    elif len(found.encode()) > limits.inference_id:
        notes.add(path, f"is longer than {limits.inference_id} bytes")
    else:
        return found
    return None


def number(value: object, path: str, notes: Notes) -> float | None:
    if value is None:
        return None
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return as_float(value, path, notes)
    notes.add(path, "is not a number")
    return None


def as_float(value: float, path: str, notes: Notes) -> float | None:
    try:
        return float(value)
    except OverflowError:
        notes.add(path, "is not a finite number")
        return None


def duration(value: object, path: str, notes: Notes) -> float | None:
    """Seconds."""
    seconds = number(value, path, notes)
    if seconds is not None and seconds < 0:
        notes.add(path, "is less than no time")
        return None
    return seconds


def moment(value: object, path: str, notes: Notes, received: int) -> int | None:
    """Unix seconds, also as text -> microseconds; None before 1970 or more than a day ahead of `received`.

    The receipt time is not put in its place: every replay of a record would get a time, and so an identity,
    of its own. With None the store reads the receipt time, while replays stay equal.
    """
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        notes.add(path, "is not a time in unix seconds")
        return None
    try:
        seconds = float(value)
    except (OverflowError, ValueError):
        seconds = math.nan
    if not math.isfinite(seconds):
        notes.add(path, "is not a time in unix seconds")
        return None
    # Compared before it is rounded: whole numbers have no infinity.
    if EARLIEST <= seconds * SECOND <= received + AHEAD:
        return round(seconds * SECOND)
    notes.add(path, "lies before 1970 or more than a day ahead of this server's clock")
    return None


def tags(value: object, path: str, notes: Notes, limits: Limits) -> list[str] | None:
    """Without empty ones: an inference server that was given no tags sends `[""]`."""
    if value is None:
        return None
    if not isinstance(value, list):
        notes.add(path, "is not a list")
        return None
    found = [text(tag, path, notes, limits) for tag in value]
    return [tag for tag in found if tag] or None


def size(value: object, path: str, notes: Notes) -> int | None:
    """Pixels."""
    found = number(value, path, notes)
    if found is not None and not 0 < found < 2**31:
        notes.add(path, "is no size in pixels")
        return None
    return None if found is None else int(found)


def mapping(value: object, path: str, notes: Notes) -> dict[str, Any]:
    if isinstance(value, dict):
        return value
    if value is not None:
        notes.add(path, "is not an object")
    return {}


def elements(value: object, path: str, notes: Notes) -> Iterator[tuple[str, dict[str, Any]]]:
    """The objects of a list, or the one object that stands in its place, each with its path."""
    if isinstance(value, dict):
        yield path, value
    elif isinstance(value, list):
        for index, element in enumerate(value):
            if isinstance(element, dict):
                yield f"{path}[{index}]", element
            else:
                notes.add(f"{path}[{index}]", "is not an object")
    elif value is not None:
        notes.add(path, "is neither a list nor an object")


def excerpt(raw: bytes, keys: Iterable[str | None]) -> str:
    """The start of a record as it came, without api keys."""
    try:
        written = msgspec.json.encode(_without_keys(msgspec.json.decode(raw))).decode()
    except (msgspec.MsgspecError, UnicodeError, OverflowError, RecursionError):
        written = _WRITTEN_KEY.sub('"api_key":"…"', bytes(raw[: 8 * EXCERPT]).decode(errors="replace"))
    for key in keys:
        if key:
            escaped = msgspec.json.encode(key).decode()[1:-1]
            written = written.replace(key, "…").replace(escaped, "…")
    return written[:EXCERPT]


def _without_keys(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            name: _without_keys(part)
            for name, part in value.items()
            if name.lower().replace("_", "").replace("-", "") != "apikey"
        }
    if isinstance(value, list):
        return [_without_keys(part) for part in value]
    return value
