"""Pages for the browser tests: our components inside other people's pages, a live job, a page that uses htmx."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from django.http import HttpResponse
from django.templatetags.static import static
from django.views.generic import TemplateView

from webnet_ui.shell.views import ShellMixin
from webnet_ui.styleguide.views import StyleGuideView

HOSTS = Path(__file__).parent / "hosts"
HTMX = {
    "v4": "webnet_ui/vendor/htmx-4.0.1.min.js",
    "v2": "webnet_ui/vendor/htmx-2.0.11.min.js",
    "none": "",
}


def style_sheet(request, host):
    return HttpResponse((HOSTS / f"{host}.css").read_bytes(), content_type="text/css")


class HostBedView(StyleGuideView):
    """The style guide inside a host's page, with our style sheet or, by ``?css=0``, without."""

    def get_shell(self):
        base = "bed/bare.html" if self.request.GET.get("css") == "0" else "bed/host.html"
        return replace(super().get_shell(), base_template=base, mode="embedded", nav=())

    def get_context_data(self, **kwargs):
        return {**super().get_context_data(**kwargs), "navigation": ()}


class _Bed(ShellMixin, TemplateView):
    def get_nav_items(self):
        return ()


class LiveBedView(_Bed):
    """A job of three hosts, followed by socket and polling."""

    template_name = "bed/live.html"
    title = "Job 7"

    def get_context_data(self, **kwargs):
        tiles = [{"device_id": n, "name": f"lon-{n}", "status": "pending", "href": "#x"} for n in (1, 2, 3)]
        ws_url = "" if self.request.GET.get("ws") == "0" else "/bed/ws/live/"
        return super().get_context_data(tiles=tiles, ws_url=ws_url, counts={"pending": 3}, **kwargs)


class HtmxBedView(_Bed):
    """Buttons and forms that htmx enhances."""

    template_name = "bed/htmx.html"
    title = "htmx"

    def get_shell(self):
        name = HTMX.get(self.kwargs["version"], HTMX["v4"])
        return replace(super().get_shell(), htmx_url=static(name) if name else "")

    def get_context_data(self, **kwargs):
        second = static(HTMX["v2"]) if self.kwargs["version"] == "both" else ""
        return super().get_context_data(second=second, **kwargs)
