"""Counters for Prometheus. Each application has a registry of its own, so that two in one process do not mix."""

import time

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sightline.store.write import Receipt, Write

METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH")


class Metrics:
    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "sightline_requests", "Requests answered.", ["method", "route", "status"], registry=self.registry
        )
        self.seconds = Histogram(
            "sightline_request_seconds", "Time to answer.", ["route"], registry=self.registry
        )
        self.stored = Counter(
            "sightline_stored", "What was stored, by kind.", ["workspace", "kind"], registry=self.registry
        )
        self.rejected = Counter(
            "sightline_rejected", "Records not understood whole.", ["workspace"], registry=self.registry
        )
        self.refused = Counter(
            "sightline_refused", "Records in pingbacks whose key is unknown.", registry=self.registry
        )
        self.waiting = Gauge(
            "sightline_waiting",
            "Values whose inference has not arrived.",
            ["workspace"],
            registry=self.registry,
        )

    def count(self, workspace: str, write: Write, receipt: Receipt) -> None:
        self.stored.labels(workspace, "inferences").inc(receipt.recorded)
        self.stored.labels(workspace, "replays").inc(receipt.replayed)
        self.stored.labels(workspace, "values").inc(sum(receipt.matched) + sum(receipt.waiting))
        self.stored.labels(workspace, "heartbeats").inc(len(write.heartbeats))
        self.rejected.labels(workspace).inc(len(write.problems))


class CountRequests:
    """Counts every answer under the template of its path, never under the path itself: that would be unbounded."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        status = 500

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, watched)
        finally:
            route = getattr(scope.get("route"), "path", "other")
            method = scope["method"] if scope["method"] in METHODS else "other"
            self._metrics.requests.labels(method, route, str(status)).inc()
            self._metrics.seconds.labels(route).observe(time.perf_counter() - started)
