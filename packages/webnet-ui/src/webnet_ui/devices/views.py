"""The list of devices, and one device: overview, jobs, registered tabs."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any, ClassVar

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.generic import TemplateView

from webnet_core.access.scope import ScopedQuerySet, can
from webnet_core.inventory.exporting import MEDIA
from webnet_core.inventory.models import Device
from webnet_core.jobs.catalogue import tasks_for
from webnet_core.jobs.models import HostResult
from webnet_ui.devices.facts import (
    connection_of,
    decorate,
    decorate_result,
    facts_of,
    problem_of,
    routes_to,
    state_of,
)
from webnet_ui.devices.filters import DeviceFilter, platform_label
from webnet_ui.devices.tables import DeviceTable, ResultTable
from webnet_ui.items import draw
from webnet_ui.lists import show, tidy_query
from webnet_ui.objects import ObjectPageView
from webnet_ui.shell.context import Crumb
from webnet_ui.shell.responses import is_fragment_request
from webnet_ui.shell.views import PageView

BACKUP, CONTACT = "backup_config", "get_facts"
_LAST_RESULTS = 6


class DeviceListView(PageView, TemplateView):
    """Find, judge, select."""

    template_name = "webnet_ui/devices/list.html"
    parts: ClassVar[dict[str, str]] = {"": "webnet_ui/devices/_list.html"}
    title = "Devices"

    def get_crumbs(self) -> Sequence[Crumb]:
        """Return section and page."""
        return [Crumb(label="Inventory"), Crumb(label="Devices")]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the filter and one page of the table."""
        user = self.request.user
        found = DeviceFilter(user, self.request.GET)
        hidden = [] if found.form.several_customers else ["customer"]
        may_run = can(user, "jobs.run")
        table = DeviceTable(
            found.rows.select_related("site", "customer"),
            exclude=hidden if may_run else [*hidden, "pick"],
            order_by=("hostname",),
        )
        page = show(table, self.request)
        for row in table.paginated_rows:
            decorate(row.record)
        return super().get_context_data(
            filter=found,
            table=table,
            page=page,
            some=found.applied or page.paginator.count > 0,
            query=tidy_query(self.request.GET),
            select_all=f"Select all {page.paginator.count}{' matching' if found.applied else ''}",
            may_run=may_run,
            may_back_up=BACKUP in _runnable(user),
            may_import=can(user, "devices.edit"),
            export_forms=tuple(MEDIA),
            **kwargs,
        )

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Give the browser a tidy address for what htmx fetched."""
        response = super().dispatch(request, *args, **kwargs)
        if is_fragment_request(request) and response.status_code == 200:
            query = tidy_query(request.GET)
            response.headers["HX-Push-Url"] = f"{request.path}?{query}" if query else request.path
        return response


class DevicePageView(ObjectPageView):
    """Base of pages about one device."""

    own_tabs: ClassVar[dict[str, str]] = {"": "Overview", "jobs": "Jobs"}

    def get_rows(self) -> ScopedQuerySet[Device]:
        """Return the devices that the user may see."""
        return Device.objects.for_user(self.request.user).select_related("site", "customer", "credential")

    def tab_url(self, slug: str) -> str:
        """Return where a tab of this device is."""
        if not slug:
            return reverse("webnet:device-detail", args=[self.object.pk])
        if slug in self.own_tabs:
            return reverse(f"webnet:device-{slug}", args=[self.object.pk])
        return reverse("webnet:device-tab", args=[self.object.pk, slug])

    def get_title(self) -> str:
        """Return the device's name."""
        return str(self.object.hostname)

    def get_crumbs(self) -> Sequence[Crumb]:
        """Return section, list and device."""
        return [
            Crumb(label="Inventory"),
            Crumb(label="Devices", url=reverse("webnet:device-list")),
            Crumb(label=self.object.hostname, url=self.tab_url("") if self.get_active_tab() else ""),
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what the header of every tab shows."""
        device, runnable = self.object, self._runnable_here
        return super().get_context_data(
            device=decorate(device),
            state=state_of(device),
            problem=problem_of(device),
            problem_kind="unreachable" if device.reachability == "unreachable" else "failed",
            platform_label=platform_label(device.platform),
            may_run=bool(runnable) and device.enabled,
            tasks=[spec for name, spec in runnable.items() if spec.risk == "read"],
            backup=runnable.get(BACKUP),
            contact=runnable.get(CONTACT),
            submission_id=uuid.uuid4(),
            **kwargs,
        )

    @cached_property
    def _runnable_here(self) -> dict[str, Any]:
        if not can(self.request.user, "jobs.run", self.object.customer_id):
            return {}
        return _runnable(self.request.user)


class DeviceDetailView(DevicePageView):
    """Overview: facts, how it is reached and why so, what it last answered, and what plugins add."""

    template_name = "webnet_ui/devices/overview.html"
    parts: ClassVar[dict[str, str]] = {"panel": "webnet_ui/items/_panel.html"}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the overview, or for htmx the one panel it asks for."""
        if is_fragment_request(self.request) and self.request.GET.get("_part") == "panel":
            return {"panel": self._asked_panel()}
        results = HostResult.objects.for_user(self.request.user).filter(device=self.object).select_related("job")
        return super().get_context_data(
            facts=facts_of(self.object),
            connection=connection_of(self.object),
            routes=routes_to(self.object),
            host_keys=list(self.object.host_keys.order_by("key_type")),
            results=[decorate_result(row) for row in results.order_by("-pk")[:_LAST_RESULTS]],
            main_panels=self.get_panels("main"),
            aside_panels=self.get_panels("aside"),
            **kwargs,
        )

    def _asked_panel(self) -> Any:
        panel = self.get_panel(self.request.GET.get("panel", ""))
        if panel is None:
            raise Http404
        return panel


class DeviceJobsView(DevicePageView):
    """What this device answered in every job."""

    template_name = "webnet_ui/devices/jobs.html"
    tab = "jobs"

    def get_crumbs(self) -> Sequence[Crumb]:
        """Add the tab."""
        return [*super().get_crumbs(), Crumb(label="Jobs")]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add one page of results, newest first."""
        rows = HostResult.objects.for_user(self.request.user).filter(device=self.object)
        table = ResultTable(rows.select_related("job").order_by("-pk"))
        page = show(table, self.request)
        for row in table.paginated_rows:
            decorate_result(row.record)
        return super().get_context_data(table=table, page=page, **kwargs)


class DeviceTabView(DevicePageView):
    """A tab that a package or plugin registered."""

    template_name = "webnet_ui/devices/tab.html"

    def get_active_tab(self) -> str:
        """Return the last part of the URL."""
        return str(self.kwargs["tab"])

    def get_crumbs(self) -> Sequence[Crumb]:
        """Add the tab."""
        return [*super().get_crumbs(), Crumb(label=self._item.label)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the tab's content; a tab that is not there, or not for this user, is 404."""
        content = draw(self._item, self.request, self.viewer, self.object)
        return super().get_context_data(content=content, **kwargs)

    @cached_property
    def _item(self) -> Any:
        item = self.registered_tabs.get(self.get_active_tab())
        if item is None:
            raise Http404
        return item


def _runnable(user: Any) -> dict[str, Any]:
    return {spec.name: spec for spec in tasks_for(user) if spec.scope == "host"}
