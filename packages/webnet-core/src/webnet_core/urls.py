"""All routes of webnet, collected from the installed apps: pages at "", the API at ``api/v1/``. Namespace ``webnet``.

urlpatterns = [path("webnet/", include("webnet_core.urls"))]
"""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path, re_path

from webnet_core.api.views import UnknownRoute
from webnet_core.apps import webnet_apps

app_name = "webnet"


def collect_routes() -> list[URLPattern | URLResolver]:
    """The routes of every installed webnet app, API first so that no page's catch-all can hide it."""
    apps = webnet_apps()
    api = [path("api/v1/", include(module)) for app in apps if (module := app.api_urls) is not None]
    # What no app answers below api/v1/ gets the API's own 404, not the host's page.
    unknown = re_path(r"^api/v1/", UnknownRoute.as_view())
    aliases = path("api/", include("webnet_core.api.parity"))
    pages = [path("", include(module)) for app in apps if (module := app.pages_urls) is not None]
    return [*api, aliases, unknown, *pages]


urlpatterns = collect_routes()
