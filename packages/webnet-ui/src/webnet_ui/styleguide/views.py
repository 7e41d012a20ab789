"""The style guide's two pages: all components, and a page of the shell."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.generic import TemplateView

from webnet_core.plugins.items import NavItem
from webnet_ui.conf import ui_settings
from webnet_ui.elements.rendering import icon_names
from webnet_ui.shell.context import Crumb
from webnet_ui.shell.navigation import NavSection, build_navigation
from webnet_ui.shell.views import ShellMixin
from webnet_ui.statuses import LOOKS
from webnet_ui.styleguide import samples


class _Guide(ShellMixin, TemplateView):
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Be there only in development, or where the site asks for it: the page shows invented data."""
        if not (settings.DEBUG or ui_settings().STYLEGUIDE):
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get_nav_items(self) -> Iterable[NavItem] | None:
        """Draw none of the registered entries: the sample navigation stands in."""
        return ()

    def sample_navigation(self) -> tuple[NavSection, ...]:
        """Return the sample navigation, which nobody needs a role for."""
        shell = self.get_shell()
        return build_navigation(samples.sample_nav(), shell.viewer, self.request.path, lambda _action: True)


class StyleGuideView(_Guide):
    """Every component once."""

    template_name = "webnet_ui/styleguide/components.html"
    title = "Style guide"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the samples."""
        table = samples.DeviceTable(samples.sample_devices(), order_by="name")
        return super().get_context_data(
            statuses=list(LOOKS),
            icons=sorted(icon_names()),
            counts=samples.COUNTS,
            form=samples.sample_form(),
            table=table,
            tiles=samples.sample_tiles(),
            events=samples.sample_events(),
            config=samples.CONFIG,
            page=samples.sample_page(),
            navigation=self.sample_navigation(),
            facts=[
                ("Hostname", "lon-core-1", "copy"),
                ("Address", "10.0.0.1", "copy mono"),
                ("Platform", "Cisco IOS"),
                ("Serial", "FDO2149A0QK", "copy mono"),
                ("Version", "17.9.4"),
                ("Location", None),
            ],
            chips=[("site", "Site", "lon", "lon"), ("platform", "Platform", "cisco_ios", "Cisco IOS")],
            tabs=[
                {"label": "Overview", "url": "?", "active": True},
                {"label": "Interfaces", "url": "?tab=interfaces"},
                {"label": "Config", "url": "?tab=config"},
                {"label": "Compliance", "url": "?tab=compliance", "count": 2},
            ],
            steps=[
                {"label": "Connect", "status": "ok"},
                {"label": "Sign in", "status": "failed"},
                {"label": "Prompt", "current": True},
                {"label": "Platform"},
            ],
            **kwargs,
        )


class ShellDemoView(_Guide):
    """A list page of the shell with invented devices."""

    template_name = "webnet_ui/styleguide/page.html"
    title = "Devices"

    def get_crumbs(self) -> Sequence[Crumb]:
        """Return section and page."""
        return [Crumb(label="Inventory"), Crumb(label="Devices")]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the samples."""
        return super().get_context_data(
            table=samples.DeviceTable(samples.sample_devices(24), order_by="name"),
            counts=samples.COUNTS,
            page=samples.sample_page(),
            chips=[("site", "Site", "lon", "lon")],
            navigation=self.sample_navigation(),
            **kwargs,
        )
