"""The site itself over REST: its plugins and its workers."""

from __future__ import annotations

from dataclasses import asdict
from typing import ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from webnet_core.api.fields import Query, list_query
from webnet_core.api.schema import answers
from webnet_core.api.shapes.system import HealthAnswer, PluginAnswer, PluginsAnswer, WorkerAnswer
from webnet_core.api.views import WebnetAPIView, WebnetViewSet
from webnet_core.exceptions import NotFound
from webnet_core.jobs.models import Worker
from webnet_core.ops.health import glance
from webnet_core.plugins.manager import plugin_rows


class PluginListView(WebnetAPIView):
    """The plugins of this site."""

    actions: ClassVar[dict[str, str]] = {"get": "plugins.view"}

    @answers(200, PluginsAnswer, operation_id="plugins_list")
    def get(self, request: Request) -> Response:
        """List the plugins with their state, hooks and items."""
        found = [asdict(row) for row in plugin_rows()]
        return Response({"count": len(found), "next": None, "previous": None, "results": found})


class PluginView(WebnetAPIView):
    """One plugin."""

    actions: ClassVar[dict[str, str]] = {"get": "plugins.view"}

    @answers(200, PluginAnswer, operation_id="plugins_retrieve")
    def get(self, request: Request, name: str) -> Response:
        """Show one plugin."""
        found = next((row for row in plugin_rows() if row.name == name), None)
        if found is None:
            raise NotFound
        return Response(asdict(found))


class WorkerViews(WebnetViewSet):
    """The processes that run jobs."""

    actions: ClassVar[dict[str, str]] = {"list": "workers.view"}
    queries: ClassVar[dict[str, type[Query]]] = {"list": list_query("name")}

    @answers(200, WorkerAnswer(many=True))
    def list(self, request: Request) -> Response:
        """List the workers heard of within a day."""
        return self.page(Worker.objects.order_by("name"), WorkerAnswer)


class HealthView(WebnetAPIView):
    """Whether everything works."""

    actions: ClassVar[dict[str, str]] = {"get": "workers.view"}

    @answers(200, HealthAnswer, operation_id="health")
    def get(self, request: Request) -> Response:
        """Show what the health checks found, at most two seconds ago."""
        found = glance.health()
        return Response({"ready": found.ready, "checks": [asdict(row) for row in found.rows]})
