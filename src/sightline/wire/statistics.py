"""The question behind `GET /{workspace}/inference-stats`: its query parameters."""

import re
from collections.abc import Mapping

import msgspec

from sightline.domain.errors import BadRequest
from sightline.domain.moment import DAY, EARLIEST, parse_moment


class Parameters(msgspec.Struct, frozen=True):
    """Microseconds since the epoch; `start` counts, `end` does not."""

    start: int
    end: int
    models: list[str]
    """Project names, or `project/version`; all of them when empty."""


def decode(query: Mapping[str, str], *, now: int) -> Parameters:
    """`startTime`, `endTime` (`2026-11-23 14:00:00` in UTC, or ISO 8601) and `modelNames` (comma list).

    Without them the last 24 hours of all models. `BadRequest` names the parameter.
    """
    end = _moment(query, "endTime", now)
    end = now if end is None else end
    start = _moment(query, "startTime", now)
    start = end - DAY if start is None else start
    if start >= end:
        raise BadRequest("the start does not lie before the end", where="startTime")
    names = [name for name in map(str.strip, query.get("modelNames", "").split(",")) if name]
    return Parameters(start=start, end=end, models=list(dict.fromkeys(names)))


def _moment(query: Mapping[str, str], name: str, now: int) -> int | None:
    written = query.get(name, "").strip()
    if not written:
        return None
    # A plus sign that was not percent-encoded reaches us as a space.
    written = re.sub(r"(:\d\d(\.\d+)?) (\d\d:?\d\d)$", r"\1+\3", written)
    moment = parse_moment(written, now=now, where=name)
    if not EARLIEST <= moment <= now + 100 * 366 * DAY:
        raise BadRequest("it lies before 1970 or too far in the future", where=name)
    return moment
