"""The harbour's routes, and webnet's below a prefix where webnet is installed."""

from __future__ import annotations

from django.apps import apps
from django.contrib.auth.views import LoginView
from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularAPIView

from tests.compositions.embedded.core.rest import Buoys, Wreck
from tests.compositions.embedded.core.views import home

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home, name="home"),
    path("enter/", LoginView.as_view(template_name="core/enter.html"), name="enter"),
    path("api/buoys/", Buoys.as_view()),
    path("api/wreck/", Wreck.as_view()),
    path("api/schema/", SpectacularAPIView.as_view(throttle_classes=[])),
]
if apps.is_installed("webnet_core"):
    urlpatterns.append(path("netops/", include("webnet_core.urls")))
