"""What is measured of inferences, and which of it an asker wants."""

from collections.abc import Collection

from sightline.domain.errors import BadRequest
from sightline.questions.names import split_names


def wanted(written: str, known: Collection[str]) -> set[str]:
    """Those of `known` that the parameter `measures` names, comma-separated; all where it is empty."""
    named = split_names(written, where="measures")
    for name in named:
        if name not in known:
            raise BadRequest(
                f"there is no measure {name[:80]!r}", where="measures", hint=f"some of {', '.join(known)}"
            )
    return set(named or known)
