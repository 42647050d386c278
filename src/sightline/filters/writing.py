"""The other way round: writing conditions down."""

import re

from sightline.domain.merge import split_model
from sightline.domain.value import type_of

_BARE_NAME = re.compile(r"""[^\s()":=!<>~,\-][^\s()":=!<>~,]*""")
_BARE_VALUE = re.compile(r"""[^\s()",=<>~][^\s()",]*""")


def quote(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def equals(name: str, value: str | None) -> str:
    """A condition that finds exactly the inferences whose `name` has this value; None: those without one.

    `name` is a built-in, or a metadata field as `written` gives it.
    """
    term = name if _BARE_NAME.fullmatch(name) else quote(name)
    if value is None:
        return f"-has:{term}"
    # Without quotes a number is found however it is written, and a project in all its versions.
    widened = type_of(value) != "text" or (name == "model" and split_model(value)[1] is None)
    exact = _BARE_VALUE.fullmatch(value) and not widened
    return f"{term}:{value if exact else quote(value)}"
