"""What Prometheus reads: requests, latency by step, good matches, the queue, the store's age."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Metrics:
    """The figures of one process; labels are of our own making and few."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "vsearch_requests", "Requests answered.", ("path", "method", "status"), registry=self._registry
        )
        self._latency = Histogram(
            "vsearch_request_seconds", "Time to answer.", ("path",), buckets=_SECONDS, registry=self._registry
        )
        self._steps = Histogram(
            "vsearch_step_seconds", "Time of each step.", ("step",), buckets=_SECONDS, registry=self._registry
        )
        self._searches = Counter("vsearch_searches", "Photos searched by.", ("good_match",), registry=self._registry)

    def watch(self, name: str, words: str, value: Callable[[], float]) -> None:
        """Show a figure that is asked for when it is read."""
        Gauge(name, words, registry=self._registry).set_function(value)

    def answered(self, path: str, method: str, status: int, seconds: float) -> None:
        """Count a request; `path` is a route's, never what was asked."""
        known = method if method in ("GET", "POST", "PUT", "DELETE", "OPTIONS", "HEAD") else "other"
        self._requests.labels(path, known, str(status)).inc()
        self._latency.labels(path).observe(seconds)

    def searched(self, timings_ms: Mapping[str, float], good_match: bool) -> None:
        """Count a search with its steps."""
        for step, passed in timings_ms.items():
            self._steps.labels(step).observe(passed / 1000)
        self._searches.labels(str(good_match).lower()).inc()

    def text(self) -> bytes:
        """In Prometheus's text format."""
        return generate_latest(self._registry)


def age_s(moment: float) -> float:
    """Seconds since a moment of the clock."""
    return max(0.0, time.time() - moment)
