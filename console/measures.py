"""What is counted for Prometheus? Routes as templates, statuses, states: never an id, a word, an address."""

from __future__ import annotations

from collections.abc import Mapping

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
NO_ROUTE = "(none)"
SECONDS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


class Measures:
    """The metrics of one console process, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        GCCollector(registry=self.registry)
        self._requests = Counter(
            "onedoor_http_requests",
            "HTTP requests answered.",
            ("method", "route", "status"),
            registry=self.registry,
        )
        self._seconds = Histogram(
            "onedoor_http_request_seconds",
            "Time from request to end of answer.",
            ("route",),
            buckets=SECONDS,
            registry=self.registry,
        )
        self._database = Gauge("onedoor_database_up", "1 when the database answers.", registry=self.registry)
        self._cases = Gauge("onedoor_cases", "Cases by status.", ("status",), registry=self.registry)
        self._notices = Gauge("onedoor_notices", "Notices by state.", ("state",), registry=self.registry)

    def served(self, method: str, route: str | None, status: int, seconds: float) -> None:
        """One request was answered; an unknown method or route is counted under one name."""
        template = route or NO_ROUTE
        self._requests.labels(method if method in METHODS else "OTHER", template, str(status)).inc()
        self._seconds.labels(template).observe(seconds)

    def stands(self, cases: Mapping[str, int], notices: Mapping[str, int]) -> None:
        """How many cases and notices there are right now, by status and state."""
        self._database.set(1)
        for gauge, counts in ((self._cases, cases), (self._notices, notices)):
            gauge.clear()
            for name, count in counts.items():
                gauge.labels(name).set(count)

    def database_gone(self) -> None:
        """The database does not answer: counts of rows would be lies, so there are none."""
        self._database.set(0)
        self._cases.clear()
        self._notices.clear()

    def text(self) -> bytes:
        """Everything in Prometheus' text format."""
        return generate_latest(self.registry)
