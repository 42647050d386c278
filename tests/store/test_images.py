"""Pictures: what is taken for one, how it is stored, which are kept and for how long."""

import asyncio
import io
import os
import warnings
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from sightline.domain.errors import BadRequest, TooLarge
from sightline.domain.report import Detection, Kind, Report
from sightline.domain.value import IMAGE_FIELD, Attachment
from sightline.store.image_policy import ImagePolicy, read_policy, write_policy
from sightline.store.image_retention import DAY, sweep
from sightline.store.images import Images
from sightline.store.picture import THUMBNAIL, PictureLimits, decode
from sightline.store.workspace import Workspace
from sightline.store.write import Write

LIMITS = PictureLimits()
FORMATS = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp", "BMP": "bmp", "TIFF": "tiff"}


def picture(
    colour: Any = "red",
    size: tuple[int, int] = (640, 480),
    kind: str = "JPEG",
    mode: str = "RGB",
    **more: Any,
) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, colour).save(out, kind, **more)
    return out.getvalue()


@pytest.mark.parametrize("kind", FORMATS)
def test_every_format_is_known_by_its_bytes(kind: str) -> None:
    found = decode(picture(kind=kind), LIMITS)
    assert (found.extension, found.width, found.height, found.image.mode) == (FORMATS[kind], 640, 480, "RGB")


MODES = ["L PNG", "LA PNG", "P PNG", "RGBA PNG", "CMYK JPEG", "1 TIFF", "F TIFF", "I;16 PNG", "I;16 TIFF"]


@pytest.mark.parametrize("written", MODES)
def test_every_mode_becomes_rgb(written: str) -> None:
    mode, kind = written.split()
    out = io.BytesIO()
    Image.new(mode, (8, 6)).save(out, kind)
    assert decode(out.getvalue(), LIMITS).image.mode == "RGB"


def test_sixteen_bit_grey_is_not_clipped_to_white() -> None:
    out = io.BytesIO()
    Image.new("I;16", (4, 4), 32768).save(out, "PNG")
    assert decode(out.getvalue(), LIMITS).image.getpixel((0, 0)) == (128, 128, 128)


def test_a_picture_is_turned_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    found = decode(picture(size=(64, 48), exif=exif), LIMITS)
    assert (found.width, found.height) == (48, 64)


def test_what_is_no_whole_picture_is_refused() -> None:
    whole = picture(size=(200, 200))
    with pytest.raises(BadRequest, match="cut off or broken"):
        decode(whole[: len(whole) // 2], LIMITS)
    with pytest.raises(BadRequest, match="is empty"):
        decode(b"", LIMITS)
    for other in (b"<svg/>", b"%PDF-1.7", b"GIF89a" + bytes(40), b"\xff\xd8\xff", b"RIFF\0\0\0\0WEBPVP8 "):
        with pytest.raises(BadRequest):
            decode(other, LIMITS)
    with pytest.raises(TooLarge, match="bytes"):
        decode(whole, PictureLimits(bytes=100))
    with pytest.raises(TooLarge, match=r"10000 x 10000 pixels"):
        decode(picture(0, (10_000, 10_000), "PNG", "1"), LIMITS)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(FORMATS)), st.randoms(use_true_random=False), st.integers(0, 3))
def test_broken_bytes_are_a_picture_or_a_clear_error(kind: str, dice: Random, cut: int) -> None:
    data = bytearray(picture(size=(32, 24), kind=kind))
    for _ in range(dice.randint(1, 20)):
        data[dice.randrange(len(data))] = dice.randrange(256)
    if cut == 0:
        del data[dice.randrange(len(data)) :]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow tells of odd EXIF and TIFF tags
        try:
            found = decode(bytes(data), PictureLimits(pixels=1_000_000))
        except (BadRequest, TooLarge):
            return
    assert found.image.mode == "RGB"


def test_the_same_bytes_are_stored_once_with_a_thumbnail(tmp_path: Path) -> None:
    images = Images(tmp_path / "images")
    data = picture()
    sha256 = images.keep(data, decode(data, LIMITS))
    assert images.keep(data, decode(data, LIMITS)) == sha256
    stored = images.find(sha256)
    assert stored is not None
    assert stored.read_bytes() == data
    assert stored.parent.name == sha256[:2]
    thumbnail = images.thumbnail(sha256)
    assert thumbnail is not None
    with Image.open(thumbnail) as small:
        assert (small.format, max(small.size)) == ("WEBP", THUMBNAIL)
    assert [(one.sha256, one.bytes) for one in images] == [(sha256, len(data) + thumbnail.stat().st_size)]
    assert sorted(path.name for path in stored.parent.iterdir()) == sorted([stored.name, thumbnail.name])
    images.remove([sha256, sha256])
    assert images.find(sha256) is None
    assert list(images) == []


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "a" * 63, "A" * 64, "g" * 64])
def test_only_hashes_name_pictures(tmp_path: Path, name: str) -> None:
    images = Images(tmp_path)
    assert images.find(name) is None
    assert images.thumbnail(name) is None


def report(number: int, **more: Any) -> Report:
    return Report(Kind.GATEWAY, f"inference-{number}", time=number, **more)


def test_which_pictures_a_policy_wants() -> None:
    sure, unsure = [Detection("a", 0.9)], [Detection("a", 0.9), Detection("b", 0.3)]
    assert not ImagePolicy().wants(report(1))
    assert ImagePolicy(keep="all").wants(report(1))
    failures = ImagePolicy(keep="failures", confidence=0.5)
    assert failures.wants(report(1, error="out of memory"))
    assert failures.wants(report(1, detections=unsure))
    assert not failures.wants(report(1, detections=sure))
    assert not failures.wants(report(1, detections=[]))
    kept = sum(ImagePolicy(keep="sample", sample=0.1).wants(report(number)) for number in range(10_000))
    assert 850 < kept < 1150
    assert not any(ImagePolicy(keep="sample", sample=0).wants(report(number)) for number in range(100))
    assert all(ImagePolicy(keep="sample", sample=1).wants(report(number)) for number in range(100))


def test_a_policy_is_kept_in_the_folder(tmp_path: Path) -> None:
    assert read_policy(tmp_path / "images") == ImagePolicy()
    chosen = ImagePolicy(keep="sample", sample=0.5, days=None)
    write_policy(tmp_path / "images", chosen)
    assert read_policy(tmp_path / "images") == chosen


NOW = 2_000_000_000.0

Keep = Callable[[str, float], str]


@pytest.fixture
def workspace(tmp_path: Path) -> Any:
    opened = Workspace(tmp_path / "acme")
    yield opened
    opened.close()


@pytest.fixture
def keep(workspace: Workspace) -> Keep:
    """Stores a picture of a colour, last used so many days before `NOW`."""

    def store(colour: str, days: float) -> str:
        images = Images(workspace.folder / "images")
        data = picture(colour, (64, 48))
        sha256 = images.keep(data, decode(data, LIMITS))
        path = images.find(sha256)
        assert path is not None
        os.utime(path, (NOW - days * DAY, NOW - days * DAY))
        return sha256

    return store


def current(workspace: Workspace) -> dict[str, str | None]:
    def ask(session: Any) -> dict[str, str | None]:
        return dict(
            session.rows(f"SELECT inference_id, f0 FROM {session.relation([IMAGE_FIELD])} AS i ORDER BY 1")
        )

    with workspace.session() as session:
        return ask(session)


def test_old_pictures_go_and_their_inferences_forget_them(workspace: Workspace, keep: Keep) -> None:
    old, new = keep("red", 31), keep("blue", 29)
    attached = [Attachment(["inference-1"], IMAGE_FIELD, old), Attachment(["inference-2"], IMAGE_FIELD, new)]
    asyncio.run(workspace.write(Write(reports=[report(1), report(2)], attachments=attached)))
    swept = asyncio.run(sweep(workspace, now=NOW))
    assert (swept.removed, swept.kept) == (1, 1)
    images = Images(workspace.folder / "images")
    assert images.find(old) is None
    assert images.find(new) is not None
    assert current(workspace) == {"inference-1": None, "inference-2": new}


def test_the_oldest_go_where_there_is_no_room(workspace: Workspace, keep: Keep) -> None:
    hashes = [keep(colour, days) for colour, days in (("red", 3), ("blue", 2), ("green", 1))]
    attached = [
        Attachment([f"inference-{number}"], IMAGE_FIELD, sha256) for number, sha256 in enumerate(hashes)
    ]
    asyncio.run(workspace.write(Write(reports=[report(number) for number in range(3)], attachments=attached)))
    images = Images(workspace.folder / "images")
    room = sum(stored.bytes for stored in images if stored.sha256 != hashes[0])
    write_policy(images.folder, ImagePolicy(bytes=room))
    assert asyncio.run(sweep(workspace, now=NOW)).removed == 1
    assert [images.find(sha256) is not None for sha256 in hashes] == [False, True, True]
    assert asyncio.run(sweep(workspace, now=NOW)).removed == 0


def test_pictures_whose_inference_never_comes_go_sooner(workspace: Workspace, keep: Keep) -> None:
    arrived, waiting, orphan, fresh = (
        keep(c, d) for c, d in (("red", 8), ("blue", 8), ("green", 8), ("white", 6))
    )
    attached = [
        Attachment(["inference-1"], IMAGE_FIELD, arrived),
        Attachment(["never"], IMAGE_FIELD, waiting),
        Attachment(["perhaps"], IMAGE_FIELD, fresh),
    ]
    asyncio.run(workspace.write(Write(reports=[report(1)], attachments=attached)))
    assert asyncio.run(sweep(workspace, now=NOW)).removed == 2
    images = Images(workspace.folder / "images")
    assert [images.find(sha256) is not None for sha256 in (arrived, waiting, orphan, fresh)] == [
        True,
        False,
        False,
        True,
    ]
    late = Report(Kind.GATEWAY, "never", time=5)
    asyncio.run(workspace.write(Write(reports=[late])))
    assert current(workspace) == {"inference-1": arrived, "never": None}
