"""Acts on many devices at once, and frozen selections, over REST."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from webnet_core.access.throttles import Use
from webnet_core.api.idempotency import idempotent
from webnet_core.api.schema import answers
from webnet_core.api.shapes.bulk import (
    BulkChangedAnswer,
    BulkChangesBody,
    BulkCountAnswer,
    BulkDevicesAnswer,
    BulkDevicesBody,
    SelectionAnswer,
    SelectionBody,
    WhichDevicesBody,
)
from webnet_core.api.views import WebnetAPIView
from webnet_core.inventory.bulk import create_devices, delete_devices, meant_by, update_devices
from webnet_core.inventory.models import Selection
from webnet_core.inventory.selections import freeze
from webnet_core.inventory.targets import match


class BulkDevicesView(WebnetAPIView):
    """Many devices: made or changed, all or none."""

    actions: ClassVar[dict[str, str]] = {"post": "devices.edit", "patch": "devices.edit"}
    costs: ClassVar[dict[str, Use]] = {"post": "IMPORTS", "patch": "IMPORTS"}

    @answers(201, BulkDevicesAnswer, body=BulkDevicesBody, operation_id="devices_bulk_create")
    @idempotent
    def post(self, request: Request) -> Response:
        """Make devices; where one cannot be made, none is, and every error has the place of its device."""
        given = self.body(BulkDevicesBody)
        rows = [dict(row) for row in given["devices"]]
        made = create_devices(request.user, self.owner(given.get("customer_id")), rows)
        return Response(self.shown(BulkDevicesAnswer, {"count": len(made), "results": made}), status=201)

    @answers(200, BulkChangedAnswer, body=BulkChangesBody, operation_id="devices_bulk_update")
    def patch(self, request: Request) -> Response:
        """Make the same changes to many devices; pointing one elsewhere asks for the password as for a single one."""
        given = self.body(BulkChangesBody)
        ids = meant_by(request.user, device_ids=given.get("device_ids"), selection=given.get("selection"))
        changed = update_devices(request.user, ids, given["changes"], customer_id=self.customer_id)
        return Response(self.shown(BulkChangedAnswer, {"count": len(ids), "changed": len(changed)}))


class BulkDeleteView(WebnetAPIView):
    """Many devices, removed."""

    actions: ClassVar[dict[str, str]] = {"post": "devices.edit"}
    costs: ClassVar[dict[str, Use]] = {"post": "IMPORTS"}

    @answers(200, BulkCountAnswer, body=WhichDevicesBody, operation_id="devices_bulk_delete")
    @idempotent
    def post(self, request: Request) -> Response:
        """Remove devices that no job works on: all of them or none."""
        given = self.body(WhichDevicesBody)
        ids = meant_by(request.user, device_ids=given.get("device_ids"), selection=given.get("selection"))
        gone = delete_devices(request.user, ids, customer_id=self.customer_id)
        return Response(self.shown(BulkCountAnswer, {"count": gone}))


class SelectionsView(WebnetAPIView):
    """Freezing what targets mean just now."""

    actions: ClassVar[dict[str, str]] = {"post": "selections.make"}

    @answers(201, SelectionAnswer, body=SelectionBody, operation_id="selections_create")
    def post(self, request: Request) -> Response:
        """Freeze targets to the devices they mean now; use it as `selection` in targets and in acts on many devices."""
        given = self.body(SelectionBody)
        customer_id = self.named_customer(given.get("customer_id"))
        found = match(request.user, given["targets"], customer_id=customer_id, action="selections.make")
        made = freeze(request.user, found.customer_id, [pk for pk, _ in found.devices])
        return Response(self.shown(SelectionAnswer, made), status=201)


class SelectionView(WebnetAPIView):
    """A frozen selection."""

    actions: ClassVar[dict[str, str]] = {"get": "view"}

    @answers(200, SelectionAnswer, operation_id="selections_retrieve")
    def get(self, request: Request, pk: UUID) -> Response:
        """Show which devices are meant."""
        rows = self.rows(Selection).filter(expires_at__gt=timezone.now())
        return Response(self.shown(SelectionAnswer, self.one(rows, id=pk)))
