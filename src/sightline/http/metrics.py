"""Counters for Prometheus. Each application has a registry of its own, so that two in one process do not mix."""

import time
from collections.abc import Iterable, Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sightline.store.workspace import Workspace

METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH")


class Metrics:
    def __init__(self, workspaces: Mapping[str, Workspace]) -> None:
        """`workspaces`: those that are open, by slug; looked at anew whenever somebody asks."""
        self.registry = CollectorRegistry()
        self.registry.register(StoreCollector(workspaces))
        self.requests = Counter(
            "sightline_requests", "Requests answered.", ["method", "route", "status"], registry=self.registry
        )
        self.seconds = Histogram(
            "sightline_request_seconds", "Time to answer.", ["route"], registry=self.registry
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


class StoreCollector(Collector):
    """What the writers count themselves."""

    def __init__(self, workspaces: Mapping[str, Workspace]) -> None:
        self._workspaces = workspaces

    def collect(self) -> Iterable[Metric]:
        queued = GaugeMetricFamily(
            "sightline_queue_rows", "Rows that wait to be stored.", labels=["workspace"]
        )
        commits = CounterMetricFamily(
            "sightline_commits", "Transactions of the writer.", labels=["workspace"]
        )
        rejected = CounterMetricFamily(
            "sightline_rejected", "Records that were not understood whole.", labels=["workspace"]
        )
        stored = CounterMetricFamily(
            "sightline_stored",
            "Reports, replays (which change nothing), values and heartbeats.",
            labels=["workspace", "kind"],
        )
        for slug, workspace in list(self._workspaces.items()):
            counts = workspace.counts
            queued.add_metric([slug], workspace.queued)
            commits.add_metric([slug], counts["commits"])
            rejected.add_metric([slug], counts["rejected"])
            for kind in ("reports", "replays", "values", "heartbeats"):
                stored.add_metric([slug, kind], counts[kind])
        return [queued, commits, rejected, stored]


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
