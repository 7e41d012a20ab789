"""Figures for Prometheus. Needs the extra `metrics`; without it nothing is counted and nothing is shown.

Requests are counted in each process: where several serve one site, ``PROMETHEUS_MULTIPROC_DIR`` makes them count
together (prometheus_client's multiprocess mode). Everything else is read from the database when it is asked for.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
MEDIA = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(frozen=True, kw_only=True, slots=True)
class Gauge:
    """One figure with its values by label."""

    name: str
    help: str
    labels: Sequence[str] = ()
    values: Sequence[tuple[Sequence[str], float]] = ()


class Requests:
    """Counts requests by method, route and status; a route is the pattern of its address, never the address itself."""

    def __init__(self) -> None:
        from prometheus_client import CollectorRegistry, Counter, Histogram  # noqa: PLC0415 - the extra may be absent

        self.registry = CollectorRegistry()
        self._count = Counter(
            "webnet_http_requests", "Requests of the API.", ("method", "route", "status"), registry=self.registry
        )
        self._seconds = Histogram(
            "webnet_http_request_seconds",
            "How long requests of the API took.",
            ("method", "route"),
            buckets=_SECONDS,
            registry=self.registry,
        )

    def add(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one request."""
        self._count.labels(method, route, str(status)).inc()
        self._seconds.labels(method, route).observe(seconds)


_requests: list[Requests] = []


def available() -> bool:
    """Say whether prometheus_client is there."""
    return find_spec("prometheus_client") is not None


def count_request(request: Any, status: int, seconds: float) -> None:
    """Count a request of Django's that was answered."""
    if requests := _counters():
        match = request.resolver_match
        route = (match.route if match is not None else "").removesuffix("/").removeprefix("^")
        method = request.method if request.method in {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"} else "other"
        requests.add(method, route, status, seconds)


def exposition(gauges: Iterable[Gauge]) -> bytes:
    """Return all figures in Prometheus' text format."""
    from prometheus_client import CollectorRegistry, generate_latest  # noqa: PLC0415 - the extra may be absent

    now = CollectorRegistry(auto_describe=True)
    now.register(_Found(list(gauges)))
    requests = _counters()
    return b"".join(generate_latest(one) for one in (now, _of_all_processes(requests)) if one is not None)


class _Found:
    """Hands gauges to prometheus_client."""

    def __init__(self, gauges: Sequence[Gauge]) -> None:
        self._gauges = gauges

    def collect(self) -> Iterator[Any]:
        from prometheus_client.core import GaugeMetricFamily  # noqa: PLC0415 - the extra may be absent

        for gauge in self._gauges:
            family = GaugeMetricFamily(gauge.name, gauge.help, labels=list(gauge.labels))
            for labels, value in gauge.values:
                family.add_metric(list(labels), value)
            yield family


def _counters() -> Requests | None:
    if not _requests and available():
        _requests.append(Requests())
    return _requests[0] if _requests else None


def _of_all_processes(requests: Requests | None) -> CollectorRegistry | None:
    if requests is None or not os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        return requests.registry if requests is not None else None
    from prometheus_client import CollectorRegistry, multiprocess  # noqa: PLC0415 - the extra may be absent

    shared = CollectorRegistry()
    multiprocess.MultiProcessCollector(shared)  # type: ignore[no-untyped-call]
    return shared


def labelled(counted: Mapping[str, float]) -> list[tuple[Sequence[str], float]]:
    """Return counts by one label as a gauge takes them, in the order of the labels."""
    return [((name,), counted[name]) for name in sorted(counted)]
