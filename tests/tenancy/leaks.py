"""Routes that do wrong on purpose, in the ways that happen: the probes have to find each."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import HttpResponse
from django.urls import include, path
from django.views.generic import View
from rest_framework.request import Request
from rest_framework.response import Response

from webnet_core.api.routes import route
from webnet_core.api.schema import answers
from webnet_core.api.shapes.inventory import DeviceAnswer, DeviceUpdateBody
from webnet_core.api.views import WebnetAPIView
from webnet_core.models import Credential, Device


class UnscopedDevice(WebnetAPIView):
    """Finds a device of anybody's, and puts anybody's credential into one."""

    actions: ClassVar[dict[str, str]] = {"get": "view", "put": "view"}

    @answers(200, DeviceAnswer, operation_id="leak_get")
    def get(self, request: Request, pk: int) -> Response:
        """Show it."""
        return Response(self.shown(DeviceAnswer, self.one(Device.objects.all(), pk)))

    @answers(200, DeviceAnswer, body=DeviceUpdateBody, operation_id="leak_put")
    def put(self, request: Request, pk: int) -> Response:
        """Say whether there is such a credential, whosever it is."""
        device = self.one(self.rows(Device), pk)
        given = self.body(DeviceUpdateBody, partial=True)
        found = Credential.objects.filter(pk=given.get("credential") or 0).exists()
        return Response({"id": device.pk, "known": found})


class OpenPage(View):
    """A page without a permission."""

    def get(self, request: Any, pk: int) -> HttpResponse:
        """Name the device."""
        return HttpResponse(Device.objects.get(pk=pk).hostname)


pages = (
    [
        *route("api/v1/leak/<webnet_id:pk>/", UnscopedDevice.as_view(), "leak"),
        path("leak/<int:pk>/", OpenPage.as_view(), name="leak-page"),
    ],
    "webnet",
)
urlpatterns = [path("", include(pages))]
