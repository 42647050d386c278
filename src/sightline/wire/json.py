"""Request bodies: the one place where bytes become typed values, and what is wrong with them an error."""

import re
from typing import TypeVar

import msgspec

from sightline.domain.errors import BadRequest
from sightline.domain.limits import DEFAULT, Limits

Value = TypeVar("Value")

_PATH = re.compile(r"(?P<reason>.*) - at `(?P<path>[^`]*)`", re.DOTALL)
_MISSING = re.compile(r"Object missing required field `(?P<name>[^`]*)`")
_BYTE = re.compile(r"JSON is malformed: (?P<reason>.*) \(byte (?P<byte>\d+)\)", re.DOTALL)
# An escaped backslash is matched, so that the text after it is not taken for an escape; so is a whole pair.
_SURROGATE = re.compile(
    rb"\\\\|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(?P<half>\\u[dD][89a-fA-F][0-9a-fA-F]{2})"
)
_BRACKETS = bytes.maketrans(b"{}", b"[]")
_NOT_STRUCTURE = bytes(byte for byte in range(256) if byte not in b'[]{}"')


class HalfPair(BadRequest):
    """A text holds half of a surrogate pair, as programs write that cut text in two."""


def decode(
    body: bytes, decoder: msgspec.json.Decoder[Value], limits: Limits = DEFAULT, *, line: int | None = None
) -> Value:
    """The value of a JSON body.

    `BadRequest` names line and column, or the JSON path. `line`: the number of the line that the body is of a
    greater one.
    """
    prefix = "" if line is None else f"line {line}: "
    try:
        value = decoder.decode(body)
    except msgspec.ValidationError as error:
        raise _invalid(str(error), prefix) from error
    except msgspec.DecodeError as error:
        raise _malformed(body, str(error), line or 1) from error
    except UnicodeDecodeError as error:
        raise BadRequest("the text is not UTF-8", where=_not_utf8(body, line or 1)) from error
    except RecursionError as error:
        raise too_deep(limits, prefix + "$") from error
    if not shallow(body, limits.depth):
        raise too_deep(limits, prefix + "$")
    return value


def too_deep(limits: Limits, where: str) -> BadRequest:
    return BadRequest(f"the JSON is nested more than {limits.depth} levels deep", where=where)


def shallow(body: bytes, depth: int) -> bool:
    """Whether valid JSON is nested at most `depth` levels deep."""
    if body.count(b"[") + body.count(b"{") <= depth:
        return True
    if b"\\" in body:
        body = body.replace(b"\\\\", b"").replace(b'\\"', b"")
    # Only brackets and quotes are left; then neighbouring quotes, then strings that held brackets, go away.
    structure = body.translate(_BRACKETS, _NOT_STRUCTURE).replace(b'""', b"")
    structure = re.sub(rb'"[^"]*"', b"", structure)
    for _ in range(depth):
        structure = structure.replace(b"[]", b"")  # takes off the innermost level everywhere
        if not structure:
            return True
    return False


def mend_surrogates(body: bytes) -> bytes:
    """Halves of surrogate pairs replaced by U+FFFD."""
    return _SURROGATE.sub(lambda found: rb"\ufffd" if found["half"] else found[0], body)


def check_text(text: str, where: str) -> str:
    """The text itself, or `BadRequest` if it holds NUL."""
    if "\0" in text:
        raise BadRequest("the text holds a NUL character", where=where)
    return text


def member(path: str, name: str) -> str:
    """The JSON path of a member: `$.a.line`, or `$.a["shift name"]` where the name is no plain word."""
    return f"{path}.{name}" if name.isidentifier() else f"{path}[{msgspec.json.encode(name).decode()}]"


def _invalid(message: str, prefix: str) -> BadRequest:
    found = _PATH.fullmatch(message)
    reason, path = (found["reason"], found["path"]) if found else (message, "$")
    if missing := _MISSING.fullmatch(reason):
        return BadRequest("it is required, but missing", where=f"{prefix}{path}.{missing['name']}")
    return BadRequest(reason, where=prefix + path)


def _malformed(body: bytes, message: str, first: int) -> BadRequest:
    found = _BYTE.fullmatch(message)
    byte = int(found["byte"]) if found else len(body)
    # Half a surrogate pair is noticed up to an escape later.
    start = max(0, byte - 24)
    half = next((match for match in _SURROGATE.finditer(body, start, byte + 6) if match["half"]), None)
    if half is not None:
        return HalfPair("half of a surrogate pair is not text", where=_place(body, half.start(), first))
    if found is None:
        return BadRequest("the JSON ends too early", where=_place(body, byte, first))
    near = body[max(0, byte - 9) : byte + 9]
    hint = "JSON has no NaN and no Infinity; write null" if b"NaN" in near or b"Infinity" in near else None
    return BadRequest(f"the JSON is malformed: {found['reason']}", where=_place(body, byte, first), hint=hint)


def _not_utf8(body: bytes, first: int) -> str:
    try:
        body.decode()
    except UnicodeDecodeError as error:
        return _place(body, error.start, first)
    return "$"


def _place(body: bytes, byte: int, first: int) -> str:
    """Line, where that of the body is `first`, and column, from 1 and in bytes."""
    line = first + body.count(b"\n", 0, byte)
    column = byte - body.rfind(b"\n", 0, byte)
    return f"line {line}, column {column}"
