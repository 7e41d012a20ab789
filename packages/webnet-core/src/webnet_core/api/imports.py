"""Devices from files and into files, over REST."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from rest_framework.request import Request
from rest_framework.response import Response

from webnet_core.access.throttles import Use
from webnet_core.api.fields import Query
from webnet_core.api.idempotency import idempotent
from webnet_core.api.schema import answers
from webnet_core.api.shapes.imports import (
    DeviceExportQuery,
    ExportedDeviceAnswer,
    ImportAnswer,
    ImportBody,
    ImportResultAnswer,
    ImportRowAnswer,
    ImportRowQuery,
)
from webnet_core.api.uploads import UploadParser
from webnet_core.api.views import WebnetAPIView, WebnetViewSet
from webnet_core.inventory.devices import find_devices
from webnet_core.inventory.exporting import MEDIA, export_devices
from webnet_core.inventory.importing.batches import (
    Upload,
    commit_import,
    find_import,
    import_at_once,
    preview_import,
    read_preview,
)
from webnet_core.inventory.importing.models import ImportBatch
from webnet_core.inventory.importing.undoing import undo_import
from webnet_core.inventory.importing.verdicts import ToldRow


class DeviceImportView(WebnetAPIView):
    """Devices from a file."""

    actions: ClassVar[dict[str, str]] = {"post": "devices.edit"}
    costs: ClassVar[dict[str, Use]] = {"post": "IMPORTS"}
    parser_classes = (UploadParser,)  # type: ignore[assignment]

    @answers(200, ImportResultAnswer, body=ImportBody, operation_id="devices_import")
    @idempotent
    def post(self, request: Request) -> Response:
        """Make and change the devices that a file lists: all of them, or none and every error by row and column.

        With `dry_run` nothing is changed, and the answer's `id` commits exactly what it says.
        """
        given = self.body(ImportBody)
        customer_id = self.owner(given.get("customer_id"))
        upload = Upload(
            content=given["file"].content,
            filename=given["file"].name,
            form=given.get("format", ""),
            duplicates=given.get("duplicates", "update"),
            mapping=given.get("mapping", {}),
        )
        work = preview_import if given.get("dry_run") else import_at_once
        return Response(result(self, work(request.user, customer_id, upload)))


class ImportViews(WebnetViewSet):
    """Imports that were previewed or carried out, the newest first."""

    actions: ClassVar[dict[str, str]] = {"list": "view", "retrieve": "view"}

    @answers(200, ImportAnswer(many=True))
    def list(self, request: Request) -> Response:
        """List the imports of customers you see."""
        return self.page(self.rows(ImportBatch).order_by("-created_at", "pk"), ImportAnswer)

    @answers(200, ImportResultAnswer)
    def retrieve(self, request: Request, pk: UUID) -> Response:
        """Show one import, with everything wrong with its file."""
        return Response(result(self, self.one(self.rows(ImportBatch), id=pk)))


class ImportRowsView(WebnetAPIView):
    """The rows of an import."""

    actions: ClassVar[dict[str, str]] = {"get": "view"}
    queries: ClassVar[dict[str, type[Query]]] = {"get": ImportRowQuery}

    @answers(200, ImportRowAnswer(many=True), operation_id="imports_rows")
    def get(self, request: Request, pk: UUID) -> Response:
        """List what becomes of each row, with old and new values; forgotten a day after the commit."""
        preview = read_preview(self.one(self.rows(ImportBatch), id=pk))
        wanted = self.query.get("state")
        return self.page(Rows(preview.lines if wanted is None else preview.of(wanted)), ImportRowAnswer)


class ImportCommitView(WebnetAPIView):
    """Doing what a preview showed."""

    actions: ClassVar[dict[str, str]] = {"post": "devices.edit"}
    costs: ClassVar[dict[str, Use]] = {"post": "IMPORTS"}

    @answers(200, ImportResultAnswer, operation_id="imports_commit")
    @idempotent
    def post(self, request: Request, pk: UUID) -> Response:
        """Do exactly what the preview showed, all of it or nothing."""
        self.no_body()
        return Response(result(self, commit_import(request.user, self.one(self.rows(ImportBatch), id=pk))))


class ImportUndoView(WebnetAPIView):
    """Taking an import back."""

    actions: ClassVar[dict[str, str]] = {"post": "devices.edit"}

    @answers(200, ImportResultAnswer, operation_id="imports_undo")
    @idempotent
    def post(self, request: Request, pk: UUID) -> Response:
        """Remove what the import made and restore what it changed, all of it or nothing; within a day."""
        self.no_body()
        return Response(result(self, undo_import(request.user, self.one(self.rows(ImportBatch), id=pk))))


class DeviceExportView(WebnetAPIView):
    """Devices as a file."""

    actions: ClassVar[dict[str, str]] = {"get": "view"}
    costs: ClassVar[dict[str, Use]] = {"get": "EXPORTS"}
    queries: ClassVar[dict[str, type[Query]]] = {"get": DeviceExportQuery}
    pagination_class: ClassVar[Any] = None

    @answers(
        200,
        None,
        operation_id="devices_export",
        media={
            MEDIA["json"]: ExportedDeviceAnswer(many=True),
            MEDIA["csv"]: OpenApiTypes.STR,
            MEDIA["yaml"]: OpenApiTypes.STR,
            MEDIA["xlsx"]: OpenApiTypes.BINARY,
        },
    )
    def get(self, request: Request) -> Any:
        """Write out the devices that match the filters, so that an import reads them again; never a secret."""
        filters: dict[str, Any] = dict(self.query)
        form = filters.pop("format")
        filters["reachability"] = filters.pop("reachability_status", None)
        content = export_devices(request.user, self.narrow(find_devices(request.user, filters)), form)
        answer = HttpResponse(content, content_type=MEDIA[form])
        stamp = timezone.now().strftime("%Y%m%dT%H%M%SZ")
        answer["Content-Disposition"] = f'attachment; filename="webnet-devices-{stamp}.{form}"'
        return answer


class Rows:
    """Rows of a preview, as pages of the API count and cut them; only those of the page are read."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = lines

    def count(self) -> int:
        """Return how many there are."""
        return len(self._lines)

    def __getitem__(self, part: slice) -> list[ToldRow]:
        return [ToldRow.from_line(line) for line in self._lines[part]]


def result(view: WebnetAPIView, batch: ImportBatch) -> Any:
    """Return an import with its errors as the API shows it."""
    found = find_import(view.request.user, batch.pk)
    found.wrong = read_preview(found).errors  # type: ignore[attr-defined]  # for the shape alone
    return view.shown(ImportResultAnswer, found)
