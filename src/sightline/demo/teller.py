"""The history, told by a process of its own, so that one core tells while the other stores."""

import gc
from collections.abc import Iterator
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random

import msgspec

from sightline.demo.album import Album
from sightline.demo.history import history
from sightline.domain.errors import Unavailable
from sightline.store.images import Images
from sightline.store.write import Write

SEED = 7


def told(images: Path, *, now: int, inferences: int) -> Iterator[Write]:
    """The writes of the history; the pictures that they speak of are in the folder `images` by then."""
    context = get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    teller = context.Process(target=_tell, args=(sender, images, now, inferences), daemon=True)
    teller.start()
    sender.close()
    decoder = msgspec.msgpack.Decoder(Write)
    try:
        while True:
            try:
                message = receiver.recv_bytes()
            except EOFError:
                break
            yield decoder.decode(message)
    finally:
        receiver.close()
        teller.join()
    if teller.exitcode:
        raise Unavailable("the demo's history could not be told to its end", hint="start the demo again")


def _tell(sender: Connection, images: Path, now: int, inferences: int) -> None:
    gc.disable()  # as in folder.py
    random = Random(SEED)  # noqa: S311  # a story, not a secret
    album = Album(Images(images), random)
    encoder = msgspec.msgpack.Encoder()
    # Sending waits until the store is ready for more.
    for write in history(random, album, now=now, inferences=inferences):
        sender.send_bytes(encoder.encode(write))
    sender.close()
