"""Snapshots over REST."""

from __future__ import annotations

from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from webnet_config.api.shapes import SnapshotAnswer, SnapshotRow, TextQuery
from webnet_config.contents import masked_text, may_view_raw, raw_text
from webnet_config.models import Snapshot
from webnet_core.api.fields import PageQuery, Query
from webnet_core.api.schema import answers
from webnet_core.api.views import WebnetAPIView
from webnet_core.inventory.models import Device


class DeviceSnapshots(WebnetAPIView):
    """The configurations of one device over time."""

    actions: ClassVar[dict[str, str]] = {"get": "view"}
    queries: ClassVar[dict[str, type[Query]]] = {"get": PageQuery}

    @answers(200, SnapshotRow(many=True), operation_id="config_devices_snapshots_list")
    def get(self, request: Request, pk: int) -> Response:
        """List a device's snapshots, newest first."""
        device = self.one(self.rows(Device), pk)
        rows = self.rows(Snapshot).filter(device=device).select_related("raw").defer("raw__data")
        return self.page(rows, SnapshotRow)


class OneSnapshot(WebnetAPIView):
    """One configuration."""

    actions: ClassVar[dict[str, str]] = {"get": "view"}
    queries: ClassVar[dict[str, type[Query]]] = {"get": TextQuery}

    @answers(200, SnapshotAnswer, operation_id="config_snapshots_retrieve")
    def get(self, request: Request, pk: int) -> Response:
        """Show a snapshot with its text."""
        rows = self.rows(Snapshot).select_related("device", "raw__base", "masked__base")
        snapshot = self.one(rows, pk)
        shows_raw = bool(self.query.get("raw")) and may_view_raw(request.user, snapshot)
        text = raw_text(request.user, snapshot) if shows_raw else masked_text(snapshot)
        answer: dict[str, Any] = {**self.shown(SnapshotRow, snapshot), "config_text": text, "masked": not shows_raw}
        return Response(answer)
