"""Everything that inference needs, held together for the life of one server."""

from prometheus_client import CollectorRegistry

from sightline.gateway.local import Local
from sightline.gateway.recorder import Recorder
from sightline.gateway.runner import Runner
from sightline.gateway.upstream import Upstream
from sightline.settings import Settings
from sightline.store.picture import PictureLimits


class Gateway:
    def __init__(self, settings: Settings, registry: CollectorRegistry) -> None:
        self.pictures = PictureLimits(bytes=settings.limit_image_bytes, pixels=settings.limit_image_pixels)
        self.recorder = Recorder(self.pictures, registry)
        self.runner = Runner()
        self.local = Local(self.runner, self.recorder, self.pictures, fetch_private=settings.fetch_private)
        self.upstream_workspace = settings.upstream_workspace or None
        """Where requests are recorded whose key nobody here knows."""
        self.upstream: Upstream | None = None
        if settings.upstream:
            self.upstream = Upstream(
                settings.upstream,
                api_key=settings.upstream_api_key or None,
                seconds=settings.upstream_seconds,
            )

    async def close(self) -> None:
        """Store what waits to be recorded, then let go of models and connections."""
        await self.recorder.close()
        self.runner.close()
        if self.upstream is not None:
            await self.upstream.close()
