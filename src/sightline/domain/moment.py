"""Times as people write them <-> microseconds since the epoch, UTC."""

import re
from datetime import UTC, datetime, timedelta

from sightline.domain.errors import BadRequest
from sightline.domain.value import timestamp_of

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
WEEK = 7 * DAY

EARLIEST = 0
"""1970-01-01. Anything before it is a clock that was never set."""
AHEAD = DAY
"""How far in the future of the server's clock a time may lie."""

UNITS = {"s": SECOND, "m": MINUTE, "h": HOUR, "d": DAY, "w": WEEK}
_RELATIVE = re.compile(r"-(\d{1,6})([smhdw])")


def parse_moment(text: str, *, now: int, where: str) -> int:
    """`now`, relative (`-7d`, `-90m`), ISO 8601 (UTC where it names no zone) or unix seconds -> microseconds."""
    text = text.strip()
    if text == "now":
        return now
    if relative := _RELATIVE.fullmatch(text):
        return now - int(relative[1]) * UNITS[relative[2]]
    if re.fullmatch(r"\d{9,11}(\.\d+)?", text):
        return round(float(text) * SECOND)
    moment = timestamp_of(text)
    if moment is None:
        raise BadRequest(
            f"{text[:80]!r} is not a time",
            where=where,
            hint="write 2026-11-23T14:00:00Z, or a time before now such as -7d, -12h, -30m",
        )
    return moment


def write_moment(moment: int) -> str:
    """ISO 8601 in UTC with a `Z`; microseconds only where there are any."""
    written = (
        (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=moment)).replace(tzinfo=None).isoformat()
    )
    return written + "Z"
