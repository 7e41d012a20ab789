"""Routes of webnet-config's pages, in the namespace ``webnet``; none where webnet-ui is not installed."""

from __future__ import annotations

from django.apps import apps
from django.urls import URLPattern, path

from webnet_config.pages.frame import framed
from webnet_config.pages.views import MaskedFile, RawFile, SnapshotPage

urlpatterns: list[URLPattern] = []
if apps.is_installed("webnet_ui"):
    urlpatterns = [
        path("config/snapshots/<int:pk>/", framed(SnapshotPage), name="config-snapshot"),
        path("config/snapshots/<int:pk>/raw/", framed(RawFile), name="config-snapshot-raw"),
        path("config/snapshots/<int:pk>/download/", framed(MaskedFile), name="config-snapshot-download"),
    ]
