"""webnet at the root."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [path("", include("webnet_core.urls"))]
