"""The whole site is webnet's, with Django's admin and allauth's pages for one's own account beside it."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

urlpatterns = [
    # Django's admin has a login of its own, which knows no second factor.
    path("admin/login/", RedirectView.as_view(pattern_name="webnet:login", query_string=True)),
    path("admin/", admin.site.urls),
    path("accounts/", include("allauth.urls")),
    path("", include("webnet_core.ops.urls")),
    path("", include("webnet_core.urls")),
]

handler403 = "webnet_ui.shell.refusals.forbidden"
handler404 = "webnet_ui.shell.refusals.not_found"
