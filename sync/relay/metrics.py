"""What a serving relay counts, in the form that Prometheus reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields
from typing import Any

from prometheus_client import CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST

CONTENT_TYPE = CONTENT_TYPE_LATEST

_COMMIT_SECONDS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0)


def _counter(text: str) -> Any:
    return field(default=0, metadata={"text": text})


@dataclass(slots=True)
class Counters:
    """Plain numbers, because some grow a million times a second; the event loop's alone."""

    frames_in: int = _counter("WebSocket messages received")
    frames_out: int = _counter("WebSocket messages sent")
    bytes_out: int = _counter("Bytes sent on WebSockets")
    updates_in: int = _counter("Updates and sync answers received")
    updates_stored: int = _counter("Updates acknowledged as on disk")
    updates_refused: int = _counter("Updates refused, for whatever reason")
    joins: int = _counter("Requests for a document's state answered")
    tokens_refused: int = _counter("Tokens that opened nothing")
    throttled: int = _counter("Times that a socket sent too fast and had to wait")
    slow_readers: int = _counter("Sockets closed because they did not read")
    disk_failures: int = _counter("Commits that the disk did not take")
    updates_from_nodes: int = _counter("Updates that came over the bus")
    updates_from_log: int = _counter("Updates of other nodes that were read from the log")
    entries_refused: int = _counter("Entries of the bus that could not be read")


class Metrics:
    """The counters, a histogram of commits, and what is asked for at the moment of reading."""

    def __init__(self) -> None:
        self.counters = Counters()
        self._closed: dict[int, int] = {}
        self._answered: dict[int, int] = {}
        self._gauges: list[tuple[str, str, Callable[[], float]]] = []
        self._registry = CollectorRegistry(auto_describe=False)
        self._registry.register(self)
        self.commit_seconds = Histogram(
            "inkstand_commit_seconds",
            "Seconds that one commit of updates took, fsync included",
            buckets=_COMMIT_SECONDS,
            registry=self._registry,
        )

    def gauge(self, name: str, text: str, read: Callable[[], float]) -> None:
        """Add a number that is read when somebody asks."""
        self._gauges.append((name, text, read))

    def closed(self, code: int) -> None:
        """Count a socket that the relay has closed, by close code."""
        self._closed[code] = self._closed.get(code, 0) + 1

    def answered(self, status: int) -> None:
        """Count an answer of the HTTP interface, by status."""
        self._answered[status] = self._answered.get(status, 0) + 1

    def collect(self) -> Iterator[Metric]:
        """See `prometheus_client.registry.Collector`."""
        for entry in fields(Counters):
            name = f"inkstand_{entry.name}"
            yield CounterMetricFamily(
                name, entry.metadata["text"], value=getattr(self.counters, entry.name)
            )
        closed = CounterMetricFamily(
            "inkstand_closed", "Sockets closed by the relay", labels=["code"]
        )
        for code, count in self._closed.items():
            closed.add_metric([str(code)], count)
        yield closed
        answered = CounterMetricFamily(
            "inkstand_http_answers", "Answers of the HTTP interface", labels=["status"]
        )
        for status, count in self._answered.items():
            answered.add_metric([str(status)], count)
        yield answered
        for name, text, read in self._gauges:
            yield GaugeMetricFamily(f"inkstand_{name}", text, value=read())

    def exposition(self) -> bytes:
        """Return all of it as text."""
        return generate_latest(self._registry)
