"""Pictures of inferences: put one, get it as it came, as a thumbnail or with its detections drawn; and the policy."""

import asyncio
import logging
from collections.abc import Sequence
from pathlib import Path

import msgspec
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from sightline.domain.errors import BadRequest, NotFound, SightlineError
from sightline.domain.report import Problem
from sightline.domain.value import IMAGE_FIELD, Attachment
from sightline.gateway import overlay
from sightline.http import auth
from sightline.http.endpoint import Endpoint, read_parameters
from sightline.http.state import State, respond, state_of
from sightline.http.writing import store
from sightline.questions import image as image_question
from sightline.questions.image import ImageAnswer, ImageParameters
from sightline.store import image_retention
from sightline.store.catalog import Identity
from sightline.store.image_policy import ImagePolicy, read_policy, write_policy
from sightline.store.images import Images
from sightline.store.picture import MEDIA_TYPES, PictureLimits, decode, encode
from sightline.wire import image_input, json
from sightline.wire import upload as upload_format

GROUP = "Images"
BYTES = "application/octet-stream"

_log = logging.getLogger(__name__)


class Kept(msgspec.Struct, frozen=True):
    sha256: str
    width: int
    height: int
    matched: int
    waiting: int


class RenderedQuery(msgspec.Struct, frozen=True):
    format: str = "webp"
    """`webp` or `png`."""
    confidence: float = 0.0
    """Only detections at least this confident are drawn."""


class Uploaded(msgspec.Struct, frozen=True):
    success: bool
    id: str


class Success(msgspec.Struct, frozen=True):
    success: bool


class Stock(msgspec.Struct, frozen=True):
    images: int
    bytes: int
    policy: ImagePolicy


_POLICY = msgspec.json.Decoder(ImagePolicy)


async def put(request: Request) -> Response:
    """The body is the picture, or a multipart form with the part `file`."""
    identity = await auth.authorize(request, "write")
    body = await request.body()
    given = image_input.read_body(body, request.headers.get("content-type", ""))
    if given.url is not None:
        raise BadRequest("send the image itself, not an address", where="body")
    inference_id = _inference_id(request.path_params["inference_id"], state_of(request).limits.inference_id)
    return respond(await _keep(request, identity, given.data, [inference_id]))


async def upload(request: Request) -> Response:
    """Roboflow's upload: `inference_id` in the query is what links the picture to its inference."""
    identity = await auth.authorize(request, "write")
    state = state_of(request)
    inference_id = _inference_id(request.query_params.get("inference_id", ""), state.limits.inference_id)
    found = upload_format.decode(
        await request.body(),
        request.headers.get("content-type", ""),
        inference_id=inference_id,
        tags=request.query_params.getlist("tag"),
        limits=state.limits,
    )
    kept = await _keep(
        request,
        identity,
        found.picture,
        [inference_id] if inference_id else [],
        attachments=found.attachments,
        problems=found.problems,
    )
    return respond(Uploaded(success=True, id=kept.sha256))


async def annotate(request: Request) -> Response:
    """Roboflow's annotation of an uploaded picture, shown among the rejected: detections come with the inference."""
    identity = await auth.authorize(request, "write")
    sha256 = request.path_params["image"]
    if await asyncio.to_thread((await _images(request, identity)).find, sha256) is None:
        raise NotFound(f"no image {sha256[:80]!r} is stored")
    problem = upload_format.annotation(await request.body(), sha256)
    await store(state_of(request), identity, problems=[problem])
    return respond(Success(success=True))


async def original(request: Request) -> Response:
    images, found = await _found(request)
    path = images.find(found.sha256)
    return _file(request, found.sha256, path, MEDIA_TYPES[path.suffix.removeprefix(".")] if path else "")


async def thumbnail(request: Request) -> Response:
    """WebP, at most 320 pixels long."""
    images, found = await _found(request)
    return _file(request, f"{found.sha256}-thumbnail", images.thumbnail(found.sha256), "image/webp")


async def rendered(request: Request) -> Response:
    query: RenderedQuery = read_parameters(request, RenderedQuery)
    if query.format not in ("webp", "png"):
        raise BadRequest(f"{query.format[:40]!r} is not a format", where="format", hint="webp or png")
    images, found = await _found(request)
    path = images.find(found.sha256)
    if path is None:
        raise _gone()
    data = await asyncio.to_thread(_draw, path, found, query, state_of(request).gateway.pictures)
    return Response(data, media_type=f"image/{query.format}", headers={"Cache-Control": "private, no-cache"})


def _draw(path: Path, found: ImageAnswer, query: RenderedQuery, limits: PictureLimits) -> bytes:
    picture = decode(path.read_bytes(), limits)
    # The stored picture may be a smaller copy of the one that the model saw.
    across = picture.width / found.width if found.width else 1.0
    down = picture.height / found.height if found.height else 1.0
    shown = [
        overlay.scaled(detection, across, down)
        for detection in found.detections
        if (detection.confidence or 0) >= query.confidence
    ]
    return encode(overlay.draw(picture.image, shown), query.format)


async def stock(request: Request) -> Response:
    """How many pictures there are, their bytes with thumbnails, and which are kept."""
    images = await _images(request, await auth.authorize(request, "read"))
    stored = await asyncio.to_thread(lambda: [picture.bytes for picture in images])
    policy = await asyncio.to_thread(read_policy, images.folder)
    return respond(Stock(len(stored), sum(stored), policy))


async def get_policy(request: Request) -> Response:
    images = await _images(request, await auth.authorize(request, "read"))
    return respond(await asyncio.to_thread(read_policy, images.folder))


async def put_policy(request: Request) -> Response:
    """What is not named gets its default."""
    images = await _images(request, await auth.authorize(request, "admin"))
    policy = json.decode(await request.body(), _POLICY, state_of(request).limits)
    await asyncio.to_thread(write_policy, images.folder, policy)
    return respond(policy)


async def sweep(state: State) -> None:
    """Until cancelled: apply retention in every open workspace, once an hour."""
    while True:
        await asyncio.sleep(3600)
        for workspace in list(state.stores.open.values()):
            try:
                await image_retention.sweep(workspace)
            except SightlineError as error:
                _log.warning("images of %s could not be swept: %s", workspace.folder.name, error)


async def _keep(
    request: Request,
    identity: Identity,
    data: bytes,
    ids: list[str],
    *,
    attachments: Sequence[Attachment] = (),
    problems: Sequence[Problem] = (),
) -> Kept:
    state = state_of(request)
    images = await _images(request, identity)

    def work() -> tuple[str, int, int]:
        picture = decode(data, state.gateway.pictures, where="body")
        return images.keep(data, picture), picture.width, picture.height

    sha256, width, height = await asyncio.to_thread(work)
    pictured = [Attachment(ids, IMAGE_FIELD, sha256)] if ids else []
    if not pictured and not attachments and not problems:
        return Kept(sha256, width, height, 0, 0)
    receipt = await store(state, identity, attachments=[*pictured, *attachments], problems=list(problems))
    matched, waiting = receipt.matched[: len(pictured)], receipt.waiting[: len(pictured)]
    return Kept(sha256, width, height, sum(matched), sum(waiting))


async def _found(request: Request) -> tuple[Images, ImageAnswer]:
    identity = await auth.authorize(request, "read")
    workspace = await state_of(request).stores.get(identity.workspace)
    parameters = ImageParameters(inference_id=request.path_params["inference_id"])
    found = await workspace.ask(lambda session: image_question.ask(session, parameters))
    return Images(workspace.folder / "images"), found


async def _images(request: Request, identity: Identity) -> Images:
    workspace = await state_of(request).stores.get(identity.workspace)
    return Images(workspace.folder / "images")


def _file(request: Request, tag: str, path: Path | None, media_type: str) -> Response:
    if path is None:
        raise _gone()
    headers = {
        "ETag": f'"{tag}"',
        # Another picture may be put in its place, so ask again; the answer is then 304 without a body.
        "Cache-Control": "private, no-cache",
        "X-Content-Type-Options": "nosniff",
    }
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    return FileResponse(path, media_type=media_type, headers=headers)


def _gone() -> NotFound:
    return NotFound("the image is not kept any more", hint="see images/policy for how long images are kept")


def _inference_id(inference_id: str, limit: int) -> str:
    json.check_text(inference_id, "inference_id")
    if len(inference_id.encode()) > limit:
        raise BadRequest(f"it is longer than {limit} bytes", where="inference_id")
    return inference_id


_OF = "/api/v1/{workspace}/inferences/{inference_id:path}/image"

ENDPOINTS = [
    Endpoint("GET", _OF, original, "The image as it came", GROUP, scope="read", gives="image/*"),
    Endpoint("GET", f"{_OF}/thumbnail", thumbnail, "A thumbnail of the image", GROUP, scope="read", gives="image/webp"),
    Endpoint(
        "GET", f"{_OF}/rendered", rendered, "The image with its detections drawn", GROUP,
        scope="read", parameters=RenderedQuery, gives="image/webp",
    ),
    Endpoint(
        "PUT", _OF, put, "Store the image of an inference", GROUP,
        scope="write", body=bytes, takes=BYTES, answer=Kept,
    ),
    Endpoint("GET", "/api/v1/{workspace}/images", stock, "Images in store", GROUP, scope="read", answer=Stock),
    Endpoint(
        "GET", "/api/v1/{workspace}/images/policy", get_policy, "Which images are kept", GROUP,
        scope="read", answer=ImagePolicy,
    ),
    Endpoint(
        "PUT", "/api/v1/{workspace}/images/policy", put_policy, "Choose which images are kept", GROUP,
        scope="admin", body=ImagePolicy, answer=ImagePolicy,
    ),
    Endpoint(
        "POST", "/dataset/{dataset}/upload", upload, "Upload an image, Roboflow's way", GROUP,
        scope="write", body=bytes, takes=BYTES, answer=Uploaded,
    ),
    Endpoint(
        "POST", "/dataset/{dataset}/annotate/{image}", annotate, "Annotate an upload, Roboflow's way", GROUP,
        scope="write", body=bytes, takes=BYTES, answer=Success,
    ),
    Endpoint(
        "POST", "/{workspace}/{project}/upload", upload, "Upload an image to a project, Roboflow's way", GROUP,
        scope="write", body=bytes, takes=BYTES, answer=Uploaded,
    ),
]  # fmt: skip
"""Those of one inference come before the inference's own path, whose id may hold slashes."""
