"""The harbour's pages."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from tests.compositions.embedded.core.models import Device


def home(request: HttpRequest) -> HttpResponse:
    """Show the harbour."""
    return render(request, "core/home.html", {"buoys": Device.objects.order_by("pk")})
