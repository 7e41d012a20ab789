"""The page of one snapshot, and its text for download."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied as Forbidden
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.functional import cached_property

from webnet_config.contents import find_snapshot, masked_text, raw_text
from webnet_config.models import Snapshot
from webnet_config.timeline import page_context
from webnet_core.exceptions import PermissionDenied


@dataclass(frozen=True, kw_only=True, slots=True)
class Crumb:
    """One step of the breadcrumb."""

    label: str
    url: str = ""


class SnapshotPage:
    """One snapshot beside the others of its device."""

    template_name = "webnet_config/snapshot.html"
    request: HttpRequest
    kwargs: dict[str, Any]

    @cached_property
    def snapshot(self) -> Snapshot:
        """The snapshot of the URL; not found where the user may not see its device."""
        return _found(self.request, self.kwargs["pk"])

    def get(self, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show it."""
        page: Any = self
        response: HttpResponse = page.render_to_response(page.get_context_data(**page.kwargs))
        return response

    def get_title(self) -> str:
        """The device's name and when this content was first seen."""
        return f"{self.snapshot.device.hostname}, {timezone.localtime(self.snapshot.valid_from):%Y-%m-%d %H:%M}"

    def get_crumbs(self) -> Sequence[Crumb]:
        """The devices, this one, then this page."""
        device = self.snapshot.device
        return [
            Crumb(label="Devices", url=_url("device-list")),
            Crumb(label=device.hostname, url=_url("device-detail", device.pk)),
            Crumb(label="Configuration"),
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add text and timeline."""
        parent: Any = super()
        context: dict[str, Any] = parent.get_context_data(**kwargs, **page_context(self.request.user, self.snapshot))
        return context


class MaskedFile:
    """The configuration of one snapshot, its secrets hidden, as a file."""

    request: HttpRequest

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Send it."""
        snapshot = _found(request, pk)
        return _file(masked_text(snapshot), name=f"{_stem(snapshot)}.txt")


class RawFile:
    """The configuration of one snapshot as the device sent it, for those who may see its secrets."""

    permission = "config.view_raw"
    request: HttpRequest

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Send it.

        Raises:
            PermissionDenied: The user may not see secrets of this customer.
        """
        snapshot = _found(request, pk)
        try:
            text = raw_text(request.user, snapshot)
        except PermissionDenied as error:
            raise Forbidden(error.message) from error
        return _file(text, name=f"{_stem(snapshot)}-with-secrets.txt")


def _url(name: str, *arguments: int) -> str:
    try:
        return reverse(f"webnet:{name}", args=arguments)
    except NoReverseMatch:
        return ""


def _found(request: HttpRequest, pk: int) -> Snapshot:
    snapshot = find_snapshot(request.user, pk)
    if snapshot is None:
        raise Http404("There is no such snapshot.")
    return snapshot


def _stem(snapshot: Snapshot) -> str:
    return f"{snapshot.device.hostname}-{snapshot.valid_from:%Y%m%d-%H%M%S}"


def _file(text: str, *, name: str) -> HttpResponse:
    # A file, never a page: a browser must not render what a device wrote.
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
    return HttpResponse(text, content_type="text/plain; charset=utf-8", headers=headers)
