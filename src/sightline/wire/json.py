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
# Every escape is matched, so that the second half of `\\ud800` (a backslash, then text) is not taken for one.
_ESCAPE = re.compile(
    rb"\\(?:(?P<pair>u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})"
    rb"|(?P<lone>u[dD][89a-fA-F][0-9a-fA-F]{2})|.)",
    re.DOTALL,
)
_BRACKETS = bytes.maketrans(b"{}", b"[]")
_NOT_STRUCTURE = bytes(byte for byte in range(256) if byte not in b'[]{}"')


def decode(
    body: bytes, decoder: msgspec.json.Decoder[Value], limits: Limits = DEFAULT, *, prefix: str = ""
) -> Value:
    """The value of a JSON body.

    `BadRequest` names line and column, or the JSON path; `prefix` (`line 4: `) is put before it.
    """
    try:
        value = decoder.decode(body)
    except msgspec.ValidationError as error:
        raise _invalid(str(error), prefix) from error
    except msgspec.DecodeError as error:
        raise _malformed(body, str(error), prefix) from error
    except UnicodeDecodeError as error:
        raise BadRequest("the text is not UTF-8", where=prefix + _not_utf8(body)) from error
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
    """Half surrogate pairs, which no text may hold, replaced by U+FFFD."""
    return _ESCAPE.sub(lambda found: rb"\ufffd" if found["lone"] else found[0], body)


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


def _malformed(body: bytes, message: str, prefix: str) -> BadRequest:
    lone = (
        next((found for found in _ESCAPE.finditer(body) if found["lone"]), None) if b"\\u" in body else None
    )
    found = _BYTE.fullmatch(message)
    # What comes after a half surrogate pair is not looked at, but what comes before it is.
    if lone is not None and (found is None or lone.start() <= int(found["byte"]) <= lone.end() + 6):
        return BadRequest("half of a surrogate pair is not text", where=prefix + _place(body, lone.start()))
    if found is None:
        return BadRequest("the JSON ends too early", where=prefix + _place(body, len(body)))
    hint = "JSON has no NaN and no Infinity; write null" if re.search(rb"\b(NaN|Infinity)\b", body) else None
    where = prefix + _place(body, int(found["byte"]))
    return BadRequest(f"the JSON is malformed: {found['reason']}", where=where, hint=hint)


def _not_utf8(body: bytes) -> str:
    try:
        body.decode()
    except UnicodeDecodeError as error:
        return _place(body, error.start)
    return "$"


def _place(body: bytes, byte: int) -> str:
    """Line and column, both counted from 1, the column in bytes."""
    line = body.count(b"\n", 0, byte) + 1
    column = byte - body.rfind(b"\n", 0, byte)
    return f"line {line}, column {column}"
