"""Runs local models off the event loop: one thread and one bounded queue a model, the least used unloaded."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from sightline.domain.errors import Busy
from sightline.gateway.card import Card
from sightline.gateway.shelf import Shelf, extra_missing

if TYPE_CHECKING:
    from sightline.gateway.network import Network

Found = TypeVar("Found")

WAITING = 32
"""Requests that may wait for one model; more are told to come back."""
LOADED = 8
"""Models held in memory over all workspaces."""


class _Loaded:
    """A model in memory, with the thread that it runs in."""

    def __init__(self, card: Card, model: Path, stamp: int) -> None:
        self.card = card
        self.model = model
        self.stamp = stamp
        self.waiting = 0
        self.network: Network | None = None
        self.thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"model {card.model_id}")

    def open(self) -> "Network":
        """In the thread: the network, loaded by whoever comes first."""
        if self.network is None:
            try:
                from sightline.gateway.network import Network  # noqa: PLC0415  # the extra may not be installed
            except ImportError as error:
                raise extra_missing() from error
            self.network = Network(self.card, self.model)
        return self.network


class Runner:
    """The models in memory. All methods are for the event loop's thread."""

    def __init__(self) -> None:
        self._loaded: OrderedDict[Path, _Loaded] = OrderedDict()

    def loaded(self, shelf: Shelf) -> list[Card]:
        """The models of a shelf that are in memory, by id."""
        cards = [found.card for found in self._loaded.values() if found.model == shelf.model(found.card)]
        return sorted(cards, key=lambda card: card.model_id)

    async def run(self, shelf: Shelf, card: Card, work: Callable[["Network"], Found]) -> Found:
        """Do `work` with the network in its thread. Raises `Busy` when too many wait already."""
        found = self._get(shelf, card)
        if found.waiting >= WAITING:
            raise Busy(f"{found.waiting} requests wait for {card.model_id} already")
        found.waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(found.thread, lambda: work(found.open()))
        finally:
            found.waiting -= 1

    def unload(self, shelf: Shelf, card: Card) -> None:
        """Forget a model; what runs or waits is finished."""
        found = self._loaded.pop(shelf.model(card), None)
        if found is not None:
            found.thread.shutdown(wait=False)

    def clear(self, shelf: Shelf) -> None:
        for card in self.loaded(shelf):
            self.unload(shelf, card)

    def close(self) -> None:
        for found in self._loaded.values():
            found.thread.shutdown(wait=True, cancel_futures=True)
        self._loaded.clear()

    def _get(self, shelf: Shelf, card: Card) -> _Loaded:
        model = shelf.model(card)
        # A model that was replaced on disk, perhaps by the command line, is another model.
        stamp = model.stat().st_mtime_ns
        found = self._loaded.get(model)
        if found is not None and found.stamp != stamp:
            self.unload(shelf, found.card)
            found = None
        if found is None:
            found = self._loaded[model] = _Loaded(card, model, stamp)
        self._loaded.move_to_end(model)
        for idle in [
            path for path, other in self._loaded.items() if not other.waiting and other is not found
        ]:
            if len(self._loaded) <= LOADED:
                break
            self._loaded.pop(idle).thread.shutdown(wait=False)
        return found
