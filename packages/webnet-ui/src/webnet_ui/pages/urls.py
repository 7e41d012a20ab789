"""Routes of webnet-ui's pages, in the namespace ``webnet``."""

from __future__ import annotations

from django.urls import path

from webnet_ui.signin.views import LoginView, LogoutView, standalone_only
from webnet_ui.styleguide.views import ShellDemoView, StyleGuideView

urlpatterns = [
    path("login/", standalone_only(LoginView.as_view()), name="login"),
    path("logout/", standalone_only(LogoutView.as_view()), name="logout"),
    path("__styleguide__/", StyleGuideView.as_view(), name="styleguide"),
    path("__styleguide__/page/", ShellDemoView.as_view(), name="styleguide-page"),
]
