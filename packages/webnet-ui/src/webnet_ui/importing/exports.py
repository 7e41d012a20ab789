"""The list of devices as a file: what the filter shows, as the API writes it."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from webnet_core.exceptions import WebnetError
from webnet_core.inventory.exporting import MEDIA, export_devices
from webnet_ui.devices.filters import DeviceFilter
from webnet_ui.shell.views import SignedInMixin


class DeviceExportView(SignedInMixin):
    """Devices as CSV, XLSX, YAML or JSON."""

    http_method_names = ["get"]

    def get(self, request: HttpRequest, form: str) -> HttpResponse:
        """Return the file."""
        if form not in MEDIA:
            raise Http404
        rows = DeviceFilter(request.user, request.GET).rows.order_by("hostname", "pk")
        try:
            content = export_devices(request.user, rows, form)  # type: ignore[arg-type]  # a key of MEDIA
        except WebnetError as error:
            return HttpResponse(error.message, status=400, content_type="text/plain; charset=utf-8")
        answer = HttpResponse(content, content_type=MEDIA[form])
        stamp = timezone.now().strftime("%Y%m%dT%H%M%SZ")
        answer["Content-Disposition"] = f'attachment; filename="webnet-devices-{stamp}.{form}"'
        answer["X-Content-Type-Options"] = "nosniff"
        answer["Cache-Control"] = "no-store"
        return answer
