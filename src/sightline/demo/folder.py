"""The demo's data folder: made whole or not at all, then only read."""

import asyncio
import gc
import shutil
from collections.abc import Callable, Iterator
from importlib.resources import as_file
from pathlib import Path

import msgspec

from sightline.demo import teller, world
from sightline.domain.errors import Conflict, Unavailable
from sightline.gateway.example import CLASSES, MODEL_ID, model_file
from sightline.gateway.shelf import Shelf
from sightline.settings import Settings
from sightline.store.catalog import Catalog
from sightline.store.image_policy import ImagePolicy, write_policy
from sightline.store.workspace import Workspace
from sightline.store.write import Write

NOTE = "demo.json"


class Demo(msgspec.Struct, frozen=True):
    """What the demo must remember between two starts."""

    key: str
    """The server keeps only its hash."""
    made: int
    """The moment its story is told from, microseconds."""
    inferences: int


def read(folder: Path) -> Demo | None:
    """None where nothing is yet; `Conflict` where something else is."""
    if (folder / NOTE).is_file():
        return msgspec.json.decode((folder / NOTE).read_bytes(), type=Demo)
    if folder.exists() and any(folder.iterdir()):
        raise Conflict(
            f"{folder} holds something else than a demo", hint="choose an empty folder with --data"
        )
    return None


def make(folder: Path, *, now: int, inferences: int, told: Callable[[int], None]) -> Demo:
    """Write the history into a new folder. `told` hears how many inferences are stored so far."""
    part = folder.with_name(folder.name + ".part")
    shutil.rmtree(part, ignore_errors=True)  # of a start that was interrupted
    part.mkdir(parents=True)
    settings = Settings(data=str(part))
    catalog = Catalog(settings.catalog_url)
    try:
        catalog.add_workspace(world.SLUG, world.NAME)
        key, _ = catalog.add_key(world.SLUG, "demo")
    finally:
        catalog.close()
    home = part / "workspaces" / world.SLUG
    asyncio.run(_write(home, teller.told(home / "images", now=now, inferences=inferences), told))
    write_policy(home / "images", ImagePolicy(keep="sample", sample=0.25))
    _add_model(home)
    demo = Demo(key=key, made=now, inferences=inferences)
    note = part / NOTE
    note.touch(mode=0o600)
    note.write_bytes(msgspec.json.format(msgspec.json.encode(demo)))
    if folder.exists():
        folder.rmdir()  # `read` found it empty
    part.rename(folder)
    return demo


async def _write(home: Path, writes: Iterator[Write], told: Callable[[int], None]) -> None:
    workspace = Workspace(home)
    gc.disable()  # half of the time would go into looking for cycles, of which a history has none
    try:
        stored = 0
        for write in writes:
            await workspace.write(write)
            stored += len(write.reports)
            told(stored)
    finally:
        gc.enable()
        workspace.close()


def _add_model(home: Path) -> None:
    """Register the bundled example model, where the extra that runs it is installed."""
    if not model_file().is_file():
        return
    try:
        with as_file(model_file()) as onnx:
            Shelf(home / "models").add(MODEL_ID, onnx, "object-detection", CLASSES)
    except Unavailable:
        return
