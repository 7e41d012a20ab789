"""The dashboard."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.views.generic import TemplateView

from webnet_core.access.scope import can
from webnet_ui.dashboard.summary import count_devices, count_jobs, list_attention, list_recent, list_running
from webnet_ui.items import draw, widgets_for
from webnet_ui.jobs.tables import JobTable
from webnet_ui.shell.context import Crumb, viewer_of
from webnet_ui.shell.responses import is_fragment_request
from webnet_ui.shell.views import PageView

_BUSY_SECONDS, _CALM_SECONDS = 3, 60


class DashboardView(PageView, TemplateView):
    """Is anything wrong, what is running, what was done. Its middle fetches itself anew."""

    template_name = "webnet_ui/dashboard/page.html"
    parts: ClassVar[dict[str, str]] = {"": "webnet_ui/dashboard/_overview.html"}
    title = "Dashboard"

    def get_crumbs(self) -> Sequence[Crumb]:
        """Return the page."""
        return [Crumb(label="Dashboard")]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add figures and lists, and for the whole page the registered cards."""
        user = self.request.user
        devices, running = count_devices(user), list_running(user)
        return super().get_context_data(
            devices=devices,
            jobs=count_jobs(user),
            attention=list_attention(user),
            running=running,
            recent=JobTable(list_recent(user), orderable=False, exclude=("source", "total")),
            refresh_seconds=_BUSY_SECONDS if running else _CALM_SECONDS,
            may_run=can(user, "jobs.run"),
            widgets=() if is_fragment_request(self.request) else self._widgets(),
            **kwargs,
        )

    def _widgets(self) -> list[dict[str, Any]]:
        viewer = viewer_of(self.request)
        return [{"label": item.label, "content": draw(item, self.request, viewer)} for item in widgets_for(viewer)]
