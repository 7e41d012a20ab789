"""The OpenAPI description, and a page that shows it from files of this site alone."""

from __future__ import annotations

from typing import Any, ClassVar

from django.apps import apps
from django.contrib.auth.views import redirect_to_login
from django.shortcuts import render
from drf_spectacular.types import OpenApiTypes
from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from webnet_core.access.throttles import Use
from webnet_core.api.schema import answers, kept_schema
from webnet_core.api.views import SIGNED_IN, WebnetAPIView

_ASSETS = "drf_spectacular_sidecar"


class SchemaView(WebnetAPIView):
    """The description of this API."""

    actions: ClassVar[dict[str, str]] = {"get": SIGNED_IN}
    costs: ClassVar[dict[str, Use]] = {"get": "DESCRIPTIONS"}

    @answers(200, OpenApiTypes.OBJECT, operation_id="schema")
    def get(self, request: Request) -> Response:
        """Return OpenAPI 3 as JSON."""
        return Response(kept_schema())


class DocsView(WebnetAPIView):
    """The description as a page."""

    described_by_webnet = False
    actions: ClassVar[dict[str, str]] = {"get": SIGNED_IN}

    def get(self, request: Request) -> Any:
        """Show the page."""
        return render(request._request, "webnet_core/api_docs.html", {"assets": _ASSETS})  # noqa: SLF001 - templates get Django's request

    def handle_exception(self, exc: Exception) -> Any:
        """Send people who are not signed in to the login page; this route is for browsers."""
        if isinstance(exc, NotAuthenticated):
            return redirect_to_login(self.request.get_full_path())
        return super().handle_exception(exc)


def assets_installed() -> bool:
    """Say whether the files of the page are among the site's static files."""
    return apps.is_installed(_ASSETS)
