"""What a customer asks of its devices, over REST: the IP ranges they lie in, the schema of their data."""

from __future__ import annotations

from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from webnet_core.access.models import Customer
from webnet_core.api.schema import answers
from webnet_core.api.shapes.groups import (
    AddedRangeAnswer,
    DataSchemaAnswer,
    DataSchemaBody,
    RangeAnswer,
    RangeBody,
)
from webnet_core.api.views import WebnetAPIView, WebnetViewSet
from webnet_core.inventory.dataschemas import delete_schema, set_schema
from webnet_core.inventory.models import DataSchema, IPRange
from webnet_core.inventory.ranges import create_range, delete_range, devices_outside


class RangeViews(WebnetViewSet):
    """The networks in which a customer's devices may be."""

    actions: ClassVar[dict[str, str]] = {"list": "view", "create": "ranges.edit", "destroy": "ranges.edit"}

    @answers(200, RangeAnswer(many=True))
    def list(self, request: Request, pk: int) -> Response:
        """List the customer's IP ranges; where there is none, devices may be anywhere."""
        customer = self.one(self.rows(Customer), pk)
        return self.page(self.rows(IPRange).filter(customer=customer).order_by("pk"), RangeAnswer)

    @answers(201, AddedRangeAnswer, body=RangeBody)
    def create(self, request: Request, pk: int) -> Response:
        """Add an IP range; the answer names the devices that are outside all of them."""
        customer = self.one(self.rows(Customer), pk)
        row: Any = create_range(request.user, customer.pk, self.body(RangeBody))
        found = devices_outside(customer.pk)
        named = [dict(zip(("id", "hostname", "mgmt_ip"), device, strict=True)) for device in found.devices]
        row.outside = {"count": found.count, "devices": named}
        return Response(self.shown(AddedRangeAnswer, row), status=201)

    @answers(204, None)
    def destroy(self, request: Request, pk: int, range_id: int) -> Response:
        """Remove an IP range that no device needs; with the last one, devices may be anywhere."""
        customer = self.one(self.rows(Customer), pk)
        delete_range(request.user, self.one(self.rows(IPRange), range_id, customer=customer))
        return Response(status=204)


class DataSchemaView(WebnetAPIView):
    """What the data of a customer's devices must satisfy."""

    actions: ClassVar[dict[str, str]] = {"get": "view", "put": "schemas.edit", "delete": "schemas.edit"}

    @answers(200, DataSchemaAnswer, operation_id="customers_data_schema")
    def get(self, request: Request, pk: int) -> Response:
        """Show the schema."""
        customer = self.one(self.rows(Customer), pk)
        row = self.rows(DataSchema).filter(customer=customer).first()
        return Response(self.shown(DataSchemaAnswer, row or {"schema": None, "updated_at": None}))

    @answers(200, DataSchemaAnswer, body=DataSchemaBody, operation_id="customers_data_schema_set")
    def put(self, request: Request, pk: int) -> Response:
        """Set the schema; refused while a device does not satisfy it."""
        customer = self.one(self.rows(Customer), pk)
        row = set_schema(request.user, customer.pk, self.body(DataSchemaBody)["schema"])
        return Response(self.shown(DataSchemaAnswer, row))

    @answers(204, None, operation_id="customers_data_schema_remove")
    def delete(self, request: Request, pk: int) -> Response:
        """Let device data be anything."""
        delete_schema(request.user, self.one(self.rows(Customer), pk).pk)
        return Response(status=204)
