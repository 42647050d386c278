"""The open workspaces: each is opened when it is first asked for, and all are drained and closed at the end."""

import asyncio
from pathlib import Path

from sightline.domain.errors import Unavailable
from sightline.settings import Settings
from sightline.store.catalog import Catalog
from sightline.store.catalog.catalog import no_workspace
from sightline.store.workspace import Workspace


class Stores:
    def __init__(self, settings: Settings, catalog: Catalog) -> None:
        self._settings = settings
        self._catalog = catalog
        self._open: dict[str, Workspace] = {}
        self._opening = asyncio.Lock()
        self._closed = False

    @property
    def open(self) -> dict[str, Workspace]:
        """Those that are open, by slug; the mapping itself, which changes."""
        return self._open

    def folder(self, slug: str) -> Path:
        return self._settings.folder / "workspaces" / slug

    async def get(self, slug: str) -> Workspace:
        """`NotFound` where the catalog knows no such workspace, `Unavailable` while shutting down."""
        found = self._open.get(slug)
        if found is not None:
            return found
        async with self._opening:
            if self._closed:
                raise Unavailable("the server is shutting down")
            if slug not in self._open:
                if not await asyncio.to_thread(self._catalog.has_workspace, slug):
                    raise no_workspace(slug)
                self._open[slug] = await asyncio.to_thread(self._make, slug)
            return self._open[slug]

    def _make(self, slug: str) -> Workspace:
        folder = self.folder(slug)
        folder.mkdir(parents=True, exist_ok=True)
        return Workspace(folder, queue=self._settings.queue, memory=self._settings.memory)

    async def close(self) -> None:
        async with self._opening:
            self._closed = True
            while self._open:
                _, workspace = self._open.popitem()
                await asyncio.to_thread(workspace.close)
