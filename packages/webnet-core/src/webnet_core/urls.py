"""All routes of webnet, collected from the installed apps: pages at "", the API at ``api/v1/``. Namespace ``webnet``.

urlpatterns = [path("webnet/", include("webnet_core.urls"))]
"""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from webnet_core.apps import webnet_apps

app_name = "webnet"


def collect_routes() -> list[URLPattern | URLResolver]:
    """The routes of every installed webnet app, API first so that no page's catch-all can hide it."""
    apps = webnet_apps()
    api = [path("api/v1/", include(module)) for app in apps if (module := app.api_urls) is not None]
    pages = [path("", include(module)) for app in apps if (module := app.pages_urls) is not None]
    return [*api, *pages]


urlpatterns = collect_routes()
