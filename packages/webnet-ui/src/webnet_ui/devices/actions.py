"""What the pages of devices start: a run for selected devices, a small job on one."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse

from webnet_core.exceptions import PermissionDenied as Refused
from webnet_core.exceptions import WebnetError
from webnet_core.inventory.models import Device
from webnet_core.inventory.selections import freeze
from webnet_core.jobs.submit import submit
from webnet_ui.devices.filters import DeviceFilter
from webnet_ui.devices.views import BACKUP, CONTACT
from webnet_ui.shell.views import SignedInMixin


class DeviceSelectView(SignedInMixin):
    """Freeze what is selected, ticked rows or everything the filter matches, and go on to running something on it."""

    permission = "jobs.run"
    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        """Store the selection and go to the run page with it."""
        query = request.POST.get("query", "")
        try:
            rows = self._selected(request, QueryDict(query))
        except _SelectionError as error:
            return _back(request, str(error), query)
        selection = freeze(request.user, rows[0][1], [pk for pk, _ in rows])
        task = request.POST.get("_task", "")
        page = reverse("webnet:run-task", args=[task]) if task else reverse("webnet:run")
        return HttpResponseRedirect(f"{page}?selection={selection.pk}", status=303)

    def _selected(self, request: HttpRequest, query: QueryDict) -> Sequence[tuple[int, int]]:
        if "_all" in request.POST:
            return self._matching(request, query)
        ticked = {int(value) for value in request.POST.getlist("pk") if value.isdecimal() and len(value) < 19}
        rows = Device.objects.for_user(request.user, "jobs.run").filter(pk__in=ticked)
        found = list(rows.order_by("hostname", "pk").values_list("pk", "customer_id"))
        if len(found) != len(ticked):
            raise _SelectionError("Some of these devices are gone, or not yours to run on. Select again.")
        return _of_one_customer(found)

    def _matching(self, request: HttpRequest, query: QueryDict) -> Sequence[tuple[int, int]]:
        rows = DeviceFilter(request.user, query).rows.for_user(request.user, "jobs.run")
        found = list(rows.order_by("hostname", "pk").values_list("pk", "customer_id"))
        if str(len(found)) != request.POST.get("count", ""):
            raise _SelectionError(f"The list has changed: {len(found)} devices match now. Look again, then select.")
        return _of_one_customer(found)


class DeviceRunView(SignedInMixin):
    """Start one of the small jobs that take no parameters on one device."""

    permission = "jobs.run"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int, task: str) -> HttpResponse:
        """Make the job and go to it."""
        device = get_object_or_404(Device.objects.for_user(request.user), pk=pk)
        if task not in {BACKUP, CONTACT}:
            raise Http404
        try:
            job = submit(
                request.user,
                task=task,
                targets={"device_ids": [device.pk]},
                source="ui",
                submission_id=_uuid(request.POST.get("submission_id", "")),
            )
        except WebnetError as error:
            return _refused(request, device, error)
        return HttpResponseRedirect(reverse("webnet:job-detail", args=[job.pk]), status=303)


class _SelectionError(Exception):
    """Why a selection cannot be frozen."""


def _of_one_customer(rows: Sequence[tuple[int, int]]) -> Sequence[tuple[int, int]]:
    if not rows:
        raise _SelectionError("No device is selected.")
    if len({customer for _, customer in rows}) > 1:
        raise _SelectionError("A run is for one customer's devices. Filter by customer, then select.")
    return rows


def _back(request: HttpRequest, message: str, query: str) -> HttpResponse:
    if getattr(request, "_messages", None) is None:
        return HttpResponse(message, status=409, content_type="text/plain; charset=utf-8")
    messages.error(request, message)
    page = reverse("webnet:device-list")
    return HttpResponseRedirect(f"{page}?{query}" if query else page, status=303)


def _refused(request: HttpRequest, device: Device, error: WebnetError) -> HttpResponse:
    if isinstance(error, Refused):
        return HttpResponse(error.message, status=403, content_type="text/plain; charset=utf-8")
    if getattr(request, "_messages", None) is None:
        return HttpResponse(error.message, status=409, content_type="text/plain; charset=utf-8")
    messages.error(request, error.message)
    return HttpResponseRedirect(reverse("webnet:device-detail", args=[device.pk]), status=303)


def _uuid(text: str) -> Any:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
