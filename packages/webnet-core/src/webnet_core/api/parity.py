"""Addresses without a version, for clients that know only those; each is another name of a route below ``api/v1/``."""

from __future__ import annotations

from webnet_core.api.results import ResultsView
from webnet_core.api.routes import route
from webnet_core.api.tasks import ExecuteView, StatusView
from webnet_core.inventory.api.devices import DeviceViews

urlpatterns = [
    *route("devices/", DeviceViews.as_view({"get": "list", "post": "create"}), "api-alias-devices"),
    *route("tasks/execute/", ExecuteView.as_view(), "api-alias-task-execute"),
    *route("tasks/status/<webnet_id:pk>/", StatusView.as_view(), "api-alias-task-status"),
    *route("results/", ResultsView.as_view(), "api-alias-results"),
]
