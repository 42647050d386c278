"""What nearly every question is asked about: a range of time and a filter."""

import msgspec


class ScopeParameters(msgspec.Struct, frozen=True, kw_only=True):
    now: int
    """Microseconds; not the caller's to choose."""
    start: str = ""
    """ISO 8601 or relative to now; 7 days before `end` when empty. It counts."""
    end: str = ""
    """ISO 8601 or relative to now; now when empty. It does not count."""
    filter: str = ""
