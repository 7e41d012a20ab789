"""webnet below a prefix, as in a host site."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [path("netops/", include("webnet_core.urls"))]
