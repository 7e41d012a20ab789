"""What probes and monitoring ask; mount it where they look, usually at the root.

urlpatterns = [path("", include("webnet_core.ops.urls"))]
"""

from __future__ import annotations

from django.urls import path, re_path

from webnet_core.ops import api

app_name = "webnet-ops"

urlpatterns = [
    path("metrics", api.measure, name="metrics"),
    path("metrics/", api.measure),
    path("health", api.live, name="health"),
    re_path(r"^health/(?:live/?)?\Z", api.live),
    path("health/ready", api.ready, name="ready"),
    path("health/ready/", api.ready),
]
