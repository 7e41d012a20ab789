"""What probes and monitoring ask: outside of the API's version, and beside every login."""

from __future__ import annotations

import hmac
import ipaddress
from dataclasses import asdict
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotFound, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from webnet_core.audit.clients import client_address
from webnet_core.conf import settings
from webnet_core.jobs.monitoring import gauges
from webnet_core.ops import metrics
from webnet_core.ops.health import Health, glance


@never_cache
@require_safe
def live(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - a view gets it
    """Say that this process answers, and ask nobody else."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """Say whether the site can serve: 200, or 503. What is wrong is told to those who may read the metrics."""
    found = glance.health()
    body: dict[str, Any] = {"status": "ok" if found.ready else "unavailable"}
    if may_measure(request):
        body["checks"] = rows_of(found)
    return JsonResponse(body, status=200 if found.ready else 503)


@never_cache
@require_safe
def measure(request: HttpRequest) -> HttpResponse:
    """Give figures to those who may read them: by `METRICS_TOKEN` as a bearer token, or from `METRICS_NETWORKS`."""
    if not metrics.available():
        return HttpResponseNotFound("Metrics need webnet-core[metrics].\n", content_type="text/plain")
    if not may_measure(request):
        answer = HttpResponse("This needs the token of the metrics.\n", status=401, content_type="text/plain")
        answer["WWW-Authenticate"] = "Bearer"
        return answer
    return HttpResponse(metrics.exposition(gauges()), content_type=metrics.MEDIA)


def may_measure(request: HttpRequest) -> bool:
    """Say whether a request may see figures and details."""
    token = settings.CORE.METRICS_TOKEN
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    if token is not None and scheme.lower() == "bearer" and token.get_secret_value():
        expected = token.get_secret_value().encode()
        if hmac.compare_digest(given.strip().encode("utf-8", "surrogatepass"), expected):
            return True
    try:
        address = ipaddress.ip_address(client_address(request))
    except ValueError:
        return False
    return any(address in ipaddress.ip_network(network) for network in settings.CORE.METRICS_NETWORKS)


def rows_of(health: Health) -> list[dict[str, Any]]:
    """Return what the checks found, as JSON takes it."""
    return [asdict(row) for row in health.rows]
