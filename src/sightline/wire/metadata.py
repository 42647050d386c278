"""Attach requests: `{"api_key"?, "data": [{"inference_ids": […], "field_name": …, "field_value": …}]}`."""

import msgspec

from sightline.domain.errors import BadRequest, TooLarge
from sightline.domain.limits import DEFAULT, Limits
from sightline.domain.value import Attachment
from sightline.wire import json


class _Entry(msgspec.Struct):
    inference_ids: list[str]
    field_name: str
    field_value: msgspec.Raw


class _Body(msgspec.Struct):
    data: list[_Entry]
    api_key: str | None = None


_BODY = msgspec.json.Decoder(_Body)
_STRING = msgspec.json.Decoder(str)


def decode(body: bytes, limits: Limits = DEFAULT) -> tuple[str | None, list[Attachment]]:
    """The key in the body, if any, and one attachment an entry, its distinct ids as they were first named.

    All of it or nothing: `BadRequest` and `TooLarge` name the offending element by its JSON path.
    """
    found = json.decode(body, _BODY, limits)
    if not found.data:
        raise BadRequest("there is nothing to attach", where="$.data", hint="name at least one entry")
    if len(found.data) > limits.entries:
        raise TooLarge(f"more than {limits.entries} entries", where="$.data", hint="send several requests")
    attachments = [
        Attachment(
            inference_ids=_check_ids(entry.inference_ids, f"$.data[{index}].inference_ids", limits),
            field=check_name(entry.field_name, f"$.data[{index}].field_name", limits),
            value=value_of(entry.field_value, f"$.data[{index}].field_value", limits),
        )
        for index, entry in enumerate(found.data)
    ]
    return found.api_key or None, attachments


def value_of(raw: msgspec.Raw, where: str, limits: Limits) -> str:
    """The text that is kept for a JSON scalar; a number keeps the very digits that were sent."""
    written = bytes(raw).strip()
    if written[:1] in (b"{", b"["):
        raise BadRequest(
            "a value is a string, a number, a boolean or null, not an object or array",
            where=where,
            hint="attach each of its parts under a name of its own",
        )
    try:
        text = json.check_text(_STRING.decode(written), where) if written[:1] == b'"' else written.decode()
    except UnicodeDecodeError as error:
        raise BadRequest("the text is not UTF-8", where=where) from error
    if _bytes_over(text, limits.value):
        raise TooLarge(f"the value is longer than {limits.value} bytes", where=where)
    return text


def check_name(name: str, where: str, limits: Limits) -> str:
    """The field name itself, or an error that names `where`."""
    if not name.strip():
        raise BadRequest("the field name is empty", where=where)
    if len(name) > limits.name:
        raise TooLarge(f"the field name is longer than {limits.name} characters", where=where)
    return json.check_text(name, where)


def check_id(inference_id: str, where: str, limits: Limits) -> str:
    """The id itself, or an error that names `where`."""
    if not inference_id:
        raise BadRequest("the inference_id is empty", where=where)
    if _bytes_over(inference_id, limits.inference_id):
        raise TooLarge(f"the inference_id is longer than {limits.inference_id} bytes", where=where)
    return json.check_text(inference_id, where)


def _check_ids(ids: list[str], where: str, limits: Limits) -> list[str]:
    if not ids:
        raise BadRequest("there are no inference_ids", where=where)
    if len(ids) > limits.ids:
        raise TooLarge(
            f"more than {limits.ids} inference_ids in one entry", where=where, hint="make several entries"
        )
    short = limits.inference_id // 4
    for index, inference_id in enumerate(ids):
        # Asked first without a call: an entry may name 100,000 ids.
        if not inference_id or len(inference_id) > short or "\0" in inference_id:
            check_id(inference_id, f"{where}[{index}]", limits)
    return list(dict.fromkeys(ids))


def _bytes_over(text: str, limit: int) -> bool:
    # A character has at most four bytes.
    return len(text) * 4 > limit and len(text.encode()) > limit
