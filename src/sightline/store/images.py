"""The pictures of one workspace: files by content hash, `images/ab/abcdef….jpg`, a WebP thumbnail beside each.

The same bytes are stored once, whoever sends them and however often. A file is complete whenever its name exists: it is
written under another name, brought to disk, then renamed.
"""

import errno
import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from sightline.domain.errors import DiskFull
from sightline.store import picture
from sightline.store.picture import MEDIA_TYPES, Picture

_HASH = re.compile(r"[0-9a-f]{64}")


class Stored(NamedTuple):
    sha256: str
    path: Path
    bytes: int
    used: float
    """Unix seconds: when it was last stored."""


class Images:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def keep(self, data: bytes, decoded: Picture) -> str:
        """Store the bytes of a decoded picture and its thumbnail; on disk when this returns. Answers the hash."""
        sha256 = picture.sha256_of(data)
        known = self.find(sha256)
        if known is not None:
            os.utime(known)
            return sha256
        shelf = self.folder / sha256[:2]
        shelf.mkdir(parents=True, exist_ok=True)
        # The picture is last: where it is, its thumbnail is.
        _write(self._thumbnail(sha256), picture.thumbnail(decoded.image))
        _write(shelf / f"{sha256}.{decoded.extension}", data)
        return sha256

    def find(self, sha256: str) -> Path | None:
        """The file of a picture; None if it was never stored or is gone."""
        if not _HASH.fullmatch(sha256):
            return None
        paths = (self.folder / sha256[:2] / f"{sha256}.{extension}" for extension in MEDIA_TYPES)
        return next((path for path in paths if path.is_file()), None)

    def thumbnail(self, sha256: str) -> Path | None:
        if not _HASH.fullmatch(sha256):
            return None
        path = self._thumbnail(sha256)
        return path if path.is_file() else None

    def remove(self, pictures: Iterable[str]) -> None:
        """Delete pictures by hash, with their thumbnails; those that are gone already are no trouble."""
        for sha256 in pictures:
            path = self.find(sha256)
            if path is not None:
                path.unlink(missing_ok=True)
                self._thumbnail(sha256).unlink(missing_ok=True)

    def __iter__(self) -> Iterator[Stored]:
        """Every stored picture; the bytes count its thumbnail too."""
        for path in self.folder.glob("??/*"):
            sha256, _, extension = path.name.partition(".")
            if extension in MEDIA_TYPES and _HASH.fullmatch(sha256):
                try:
                    told = path.stat()
                    small = self._thumbnail(sha256).stat().st_size
                except FileNotFoundError:
                    continue
                yield Stored(sha256, path, told.st_size + small, told.st_mtime)

    def _thumbnail(self, sha256: str) -> Path:
        return self.folder / sha256[:2] / f"{sha256}.thumbnail.webp"


def _write(path: Path, data: bytes) -> None:
    """Put the whole file there or nothing."""
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".", suffix=".part", delete=False) as file:
            try:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
                Path(file.name).replace(path)
            except BaseException:
                Path(file.name).unlink(missing_ok=True)
                raise
        shelf = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(shelf)
        finally:
            os.close(shelf)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFull(
                "no room to store the image", hint="make room on the disk of the data folder"
            ) from error
        raise
