"""What the centre counts of itself, for Prometheus.

Each centre has its own registry. Several workers count into one folder, so that whichever of them is asked
tells of all; what stands in the database (open exceptions, waiting events, the feed) is read when asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

MEDIA = "text/plain; version=0.0.4; charset=utf-8"
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_SECONDS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Meters:
    """The counters and histograms of one process; `folder` is shared with other workers, empty when alone."""

    def __init__(self, folder: str = "") -> None:
        self._folder = folder
        self._own = CollectorRegistry()
        self._requests = Counter(
            "backhaul_requests",
            "Requests by route and status.",
            ["method", "route", "status"],
            registry=self._own,
        )
        self._seconds = Histogram(
            "backhaul_request_seconds",
            "Seconds from a request to its answer, by route.",
            ["method", "route"],
            buckets=_SECONDS,
            registry=self._own,
        )
        self._wait = Histogram(
            "backhaul_write_wait_seconds",
            "Seconds a write waited for its turn.",
            buckets=_SECONDS,
            registry=self._own,
        )
        self._write = Histogram(
            "backhaul_write_seconds",
            "Seconds a write lasted, its commit included.",
            buckets=_SECONDS,
            registry=self._own,
        )

    def answered(self, method: str, route: str | None, status: int, seconds: float) -> None:
        """One request; a route that is none of ours and a method that is none are counted together."""
        how, where = method if method in _METHODS else "other", route or "none"
        self._requests.labels(how, where, str(status)).inc()
        self._seconds.labels(how, where).observe(seconds)

    def wrote(self, wait_s: float, seconds: float) -> None:
        """One write transaction."""
        self._wait.observe(wait_s)
        self._write.observe(seconds)

    def text(self, standing: Mapping[str, tuple[str, float]]) -> bytes:
        """All figures in Prometheus' text form; `standing` are a name's sentence and value as of now."""
        counted = self._own
        if self._folder:
            counted = CollectorRegistry()
            MultiProcessCollector(counted, self._folder)  # type: ignore[no-untyped-call]  # it has no types
        now = CollectorRegistry()
        now.register(_Standing(standing))
        return generate_latest(counted) + generate_latest(now)


class _Standing(Collector):
    def __init__(self, standing: Mapping[str, tuple[str, float]]) -> None:
        self._standing = standing

    def collect(self) -> Iterable[GaugeMetricFamily]:
        for name, (sentence, value) in self._standing.items():
            yield GaugeMetricFamily(name, sentence, value=value)
