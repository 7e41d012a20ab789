"""Routes of webnet-config's API, below ``api/v1/``."""

from __future__ import annotations

from webnet_config.api.views import DeviceSnapshots, OneSnapshot
from webnet_core.api.routes import route

urlpatterns = [
    *route("config/devices/<webnet_id:pk>/snapshots/", DeviceSnapshots.as_view(), "api-config-device-snapshots"),
    *route("config/snapshots/<webnet_id:pk>/", OneSnapshot.as_view(), "api-config-snapshots-detail"),
]
