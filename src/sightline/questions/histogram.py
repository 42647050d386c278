"""Bins with round edges."""

from decimal import Decimal
from itertools import pairwise
from math import ceil, floor, isfinite

import msgspec

BINS = 20
"""At most."""
_STEPS = (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10), Decimal(20))


class Histogram(msgspec.Struct, frozen=True):
    edges: list[float]
    """One more than there are counts. The last bin holds its upper edge too."""
    counts: list[int]


def edges(low: float, high: float) -> list[float]:
    """Edges at multiples of 1, 2, 2.5 or 5 times a power of ten, around `low` < `high`.

    None where doubles are too coarse or too small for them: numbers of 17 digits, or beyond 1e308.
    """
    bottom, top = Decimal(repr(low)), Decimal(repr(high))
    power = Decimal(10) ** ((top - bottom) / BINS).adjusted()
    # Twenty times the power is twice a twentieth of the range at least, so the last step always fits.
    for step in (factor * power for factor in _STEPS):
        first, last = floor(bottom / step), ceil(top / step)
        if last - first <= BINS:
            break
    found = [float(step * place) for place in range(first, last + 1)]
    told_apart = all(before < after for before, after in pairwise(found))
    return found if told_apart and isfinite(found[-1] - found[0]) else []


def binned(number: str, weight: str, source: str, edges: list[float]) -> str:
    """SELECT of `bin` (from 0) and its weight, of a SQL number in a FROM term; the edges are `$edges`."""
    first, step, last = edges[0], edges[1] - edges[0], len(edges) - 2
    # Division may be off by one bin at an edge; comparing with the edges puts that right.
    about = f"greatest(0, least({last}, floor(({number} - {first!r}) / {step!r})))::INTEGER"
    exact = (
        "about + CASE WHEN number < $edges[about + 1] THEN -1 "
        f"WHEN number >= $edges[about + 2] AND about < {last} THEN 1 ELSE 0 END"
    )
    return (
        f"SELECT {exact} AS bin, sum(weight)::BIGINT FROM (SELECT {number} AS number, {about} AS about, "
        f"{weight} AS weight {source}) WHERE number IS NOT NULL AND isfinite(number) GROUP BY bin"
    )
