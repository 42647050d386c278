"""How clients send pictures to an inference server: raw bytes, base64 text, or an address to fetch them from."""

import base64
import binascii
import io
from urllib.parse import unquote_to_bytes

import msgspec
from python_multipart import parse_form
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import Field, File

from sightline.domain.errors import BadRequest

_MAGIC = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF", b"BM", b"II*\x00", b"MM\x00*")
_URL_SAFE = bytes.maketrans(b"-_", b"+/")


class ImageInput(msgspec.Struct, frozen=True):
    """One picture of a request: its bytes, or the address where the client says they are."""

    data: bytes = b""
    url: str | None = None


class _Typed(msgspec.Struct):
    type: str = "base64"
    value: str = ""


def read_body(body: bytes, content_type: str = "", *, where: str = "body") -> ImageInput:
    """A whole request body. Only a multipart form is believed: clients send bare base64 as JSON and as a form."""
    if body.startswith(_MAGIC):
        return ImageInput(body)
    if content_type.lower().startswith("multipart/form-data"):
        return ImageInput(read_part(body, content_type, "file"))
    text = body.strip()
    if not text:
        raise BadRequest(
            "there is no image", where=where, hint="send it as the body, as a part `file`, or as ?image=URL"
        )
    if text[:1] in (b"{", b"["):
        return _first(read_json(msgspec.Raw(_image_member(text, where)), where=where), where)
    if text[:1] == b'"' and text[-1:] == b'"':
        text = text[1:-1]
    return read_text(text, where=where)


class Form(msgspec.Struct):
    """The parts of a multipart form, by name."""

    files: list[tuple[str, bytes]] = []
    texts: dict[str, bytes] = {}


def read_form(body: bytes, content_type: str) -> Form:
    form = Form()

    def on_field(field: Field) -> None:
        form.texts[(field.field_name or b"").decode("utf-8", "replace")] = field.value or b""

    def on_file(file: File) -> None:
        file.file_object.seek(0)
        form.files.append(((file.field_name or b"").decode("utf-8", "replace"), file.file_object.read()))

    headers = {"Content-Type": content_type.encode("latin-1"), "Content-Length": str(len(body)).encode()}
    try:
        parse_form(headers, io.BytesIO(body), on_field, on_file)
    except FormParserError as error:
        raise BadRequest(f"the multipart form cannot be read: {error}", where="body") from error
    return form


def read_part(body: bytes, content_type: str, name: str) -> bytes:
    """The bytes of a file of a multipart form; of the first one where none bears the name."""
    files = read_form(body, content_type).files
    found = next((data for field, data in files if field == name), files[0][1] if files else None)
    if found is None:
        raise BadRequest("the form has no file", where="body", hint=f"send the image as the part {name!r}")
    return found


def read_json(raw: msgspec.Raw, *, where: str) -> list[ImageInput]:
    """`{"type": "base64" | "url", "value": …}`, a bare string of either kind, or an array of these."""
    content = bytes(raw).lstrip()
    if not content or content == b"null":
        raise BadRequest("there is no image", where=where, hint='send {"type": "base64", "value": "…"}')
    if content[:1] == b"[":
        items = msgspec.json.decode(content, type=list[msgspec.Raw])
        if not items:
            raise BadRequest("there is no image", where=where)
        return [_one(bytes(item).lstrip(), f"{where}[{index}]") for index, item in enumerate(items)]
    return [_one(content, where)]


def read_text(text: bytes, *, where: str) -> ImageInput:
    """Base64, with or without a `data:` prefix, line breaks, padding; also a bare http address."""
    if text.startswith((b"http://", b"https://")):
        return ImageInput(url=text.decode("utf-8", "replace"))
    if text.startswith(b"data:"):
        text = text.partition(b",")[2]
    if b"%" in text:
        text = unquote_to_bytes(text)
    text = b"".join(text.split()).translate(_URL_SAFE).rstrip(b"=")
    try:
        return ImageInput(base64.b64decode(text + b"=" * (-len(text) % 4), validate=True))
    except binascii.Error as error:
        raise BadRequest(
            "the image is not base64", where=where, hint="send the file's bytes in base64"
        ) from error


def _one(content: bytes, where: str) -> ImageInput:
    if content[:1] == b'"':
        return read_text(msgspec.json.decode(content, type=str).encode(), where=where)
    try:
        typed = msgspec.json.decode(content, type=_Typed)
    except msgspec.ValidationError as error:
        raise BadRequest(f"this is not an image: {error}", where=where) from error
    if typed.type == "url":
        if not typed.value.startswith(("http://", "https://")):
            raise BadRequest("only http and https addresses are fetched", where=f"{where}.value")
        return ImageInput(url=typed.value)
    if typed.type != "base64":
        # `numpy` would be a pickle, which runs whatever its sender likes.
        raise BadRequest(
            f"images of type {typed.type[:40]!r} are not accepted",
            where=f"{where}.type",
            hint="base64 or url",
        )
    return read_text(typed.value.encode("utf-8", "replace"), where=f"{where}.value")


def _first(images: list[ImageInput], where: str) -> ImageInput:
    if len(images) != 1:
        raise BadRequest(f"one image a request is accepted here, not {len(images)}", where=where)
    return images[0]


def _image_member(text: bytes, where: str) -> bytes:
    """The `image` of a JSON object; an object or array without one is itself the image."""
    try:
        if text[:1] == b"{":
            members = msgspec.json.decode(text, type=dict[str, msgspec.Raw])
            return bytes(members.get("image", msgspec.Raw(text)))
        msgspec.json.decode(text, type=list[msgspec.Raw])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadRequest("the image is neither base64 nor JSON", where=where) from error
    return text
