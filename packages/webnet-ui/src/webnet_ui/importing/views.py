"""The pages of an import. Each step has a URL, and none needs a script."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.generic import TemplateView

from webnet_core.access.stepup import is_proved
from webnet_core.exceptions import InvalidInput, WebnetError
from webnet_core.inventory.exporting import COLUMNS
from webnet_core.inventory.importing.batches import (
    ImportRefused,
    change_import,
    commit_import,
    preview_import,
    read_headers,
    read_preview,
)
from webnet_core.inventory.importing.models import ImportBatch, ImportState
from webnet_core.inventory.importing.undoing import may_undo, undo_import
from webnet_core.spreadsheet import safe_cell
from webnet_ui.elements.pages import PAGE_SIZES
from webnet_ui.importing.forms import ColumnsForm, PasswordForm, UploadForm
from webnet_ui.importing.preview import TABS, column_errors, first_tab, items_of, shown_rows, steps_at, tabs_of
from webnet_ui.shell.context import Crumb
from webnet_ui.shell.views import PageView, SignedInMixin

_ACTION = "devices.edit"
_RECENT = 10


class ImportPage(PageView, TemplateView):
    """Base of the steps."""

    permission = _ACTION
    http_method_names = ["get", "post"]
    title = "Import devices"

    def get_crumbs(self) -> Sequence[Crumb]:
        """Return section, list and page."""
        return [
            Crumb(label="Inventory"),
            Crumb(label="Devices", url=reverse("webnet:device-list")),
            Crumb(label="Import"),
        ]


class ImportUploadView(ImportPage):
    """Step 1: a file or its text, and what becomes of devices that are there."""

    template_name = "webnet_ui/importing/upload.html"

    def get(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        """Show the form and the last imports."""
        return self._show(UploadForm(user=request.user, auto_id="wn-%s"))

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        """Read the file; go on to its columns where some are unknown, else to the preview."""
        form = UploadForm(request.POST, request.FILES, user=request.user, auto_id="wn-%s")
        if not form.is_valid():
            return self._show(form)
        try:
            batch = preview_import(request.user, form.customer_id(), form.upload())
        except WebnetError as error:
            for message in _messages(error):
                form.add_error(None, message)
            return self._show(form)
        step = "import-columns" if column_errors(read_preview(batch).errors) else "import-preview"
        return _to(step, batch)

    def _show(self, form: UploadForm) -> HttpResponse:
        rows = ImportBatch.objects.for_user(self.request.user, _ACTION).select_related("customer")
        context = self.get_context_data(form=form, steps=steps_at(0), recent=rows.order_by("-created_at")[:_RECENT])
        return self.render_to_response(context)


class ImportTokenPage(ImportPage):
    """Base of the steps that are about one file."""

    @cached_property
    def batch(self) -> ImportBatch:
        """The import of the URL; one of another customer is not found."""
        found: ImportBatch = get_object_or_404(_mine(self.request), pk=self.kwargs["token"])
        return found

    def get_crumbs(self) -> Sequence[Crumb]:
        """Add the file."""
        *above, own = super().get_crumbs()
        return [
            *above,
            Crumb(label=own.label, url=reverse("webnet:import")),
            Crumb(label=self.batch.filename or "Pasted text"),
        ]


class ImportColumnsView(ImportTokenPage):
    """Step 2: which field each column holds; one that is unknown is named or ignored, never guessed."""

    template_name = "webnet_ui/importing/columns.html"

    def get(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        """Show the columns."""
        if self.batch.state != ImportState.PREVIEWED or not self._headers:
            return _to("import-preview", self.batch)
        return self._show(self._form())

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        """Judge the file anew and go on to the preview."""
        form = self._form(request.POST)
        if form.is_valid():
            try:
                change_import(
                    request.user, self.batch, mapping=form.mapping(), duplicates=form.cleaned_data["duplicates"]
                )
                return _to("import-preview", self.batch)
            except WebnetError as error:
                for message in _messages(error):
                    form.add_error(None, message)
        return self._show(form)

    @cached_property
    def _headers(self) -> Sequence[str]:
        return read_headers(self.batch)

    def _form(self, data: Any = None) -> ColumnsForm:
        return ColumnsForm(
            data,
            headers=self._headers,
            mapping=self.batch.mapping,
            duplicates=self.batch.duplicates,
            auto_id="wn-%s",
        )

    def _show(self, form: ColumnsForm) -> HttpResponse:
        wrong = column_errors(read_preview(self.batch).errors)
        return self.render_to_response(
            self.get_context_data(form=form, batch=self.batch, wrong=wrong, steps=steps_at(1))
        )


class ImportPreviewView(ImportTokenPage):
    """Steps 3 and 4: what would be done, row by row; then what was done, and its way back."""

    template_name = "webnet_ui/importing/preview.html"

    def get(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        """Show the preview, or what came of it."""
        return self.show()

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        """Commit or undo, as the button says."""
        work = undo_import if "_undo" in request.POST else commit_import
        password = None
        if "_undo" not in request.POST and self._wants_password():
            password = PasswordForm(request.POST, request=request, auto_id="wn-%s")
            if not password.is_valid():
                return self.show(password=password)
        try:
            work(request.user, self.batch)
        except WebnetError as error:
            del self.batch
            return self.show(password=password, refused=_messages(error))
        return _to("import-preview", self.batch)

    def show(self, password: PasswordForm | None = None, refused: Iterable[str] = ()) -> HttpResponse:
        """Return the page."""
        batch, preview = self.batch, read_preview(self.batch)
        asked = self.request.GET.get("state", "")
        state = asked if asked in TABS else first_tab(batch)
        size = self.request.GET.get("per_page", "")
        per_page = int(size) if size.isdecimal() and int(size) in PAGE_SIZES else PAGE_SIZES[0]
        page = Paginator(items_of(preview, state), per_page).get_page(self.request.GET.get("page"))
        if state != "error":
            page.object_list = shown_rows(batch, list(page.object_list))
        done = batch.state != ImportState.PREVIEWED
        if password is None and not done and self._wants_password():
            password = PasswordForm(request=self.request, auto_id="wn-%s")
        context = self.get_context_data(
            batch=batch,
            page=page,
            state=state,
            tabs=tabs_of(batch, state, reverse("webnet:import-preview", args=[batch.pk])),
            steps=steps_at(3 if done else 2),
            password=password,
            refused=list(refused),
            may_commit=not done and not preview.errors and bool(preview.lines),
            may_undo=may_undo(batch),
            to_do=batch.counts.get("new", 0) + batch.counts.get("update", 0),
        )
        return self.render_to_response(context)

    def _wants_password(self) -> bool:
        return bool(self.batch.counts.get("receiving")) and not is_proved(self.request.user)


class ImportErrorsView(SignedInMixin):
    """What is wrong with a file, as a file."""

    permission = _ACTION
    http_method_names = ["get"]

    def get(self, request: HttpRequest, token: Any) -> HttpResponse:
        """Return the errors as CSV."""
        batch = get_object_or_404(_mine(request), pk=token)
        answer = _download("errors")
        writer = csv.writer(answer)
        writer.writerow(["row", "column", "value", "error", "allowed", "nearest"])
        for error in read_preview(batch).errors:
            cells = (error.row, error.column, error.value, error.message, ", ".join(error.allowed), error.nearest)
            writer.writerow([safe_cell(cell) for cell in cells])
        return answer


class ImportTemplateView(SignedInMixin):
    """An empty file to fill in."""

    permission = _ACTION
    http_method_names = ["get"]

    def get(self, request: HttpRequest) -> HttpResponse:
        """Return the headings as CSV."""
        answer = _download("template")
        csv.writer(answer).writerow([*COLUMNS, "data.rack"])
        return answer


def _mine(request: HttpRequest) -> Any:
    return ImportBatch.objects.for_user(request.user, _ACTION).select_related("customer")


def _download(name: str) -> HttpResponse:
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="webnet-import-{name}.csv"'
    answer["X-Content-Type-Options"] = "nosniff"
    answer.write("\ufeff")
    return answer


def _to(step: str, batch: ImportBatch) -> HttpResponse:
    return HttpResponseRedirect(reverse(f"webnet:{step}", args=[batch.pk]), status=303)


def _messages(error: WebnetError) -> list[str]:
    errors: Sequence[Any] = getattr(error, "errors", ())
    told = [
        f"Row {item.row}, {item.value}: {item.message}" if hasattr(item, "row") else item.message for item in errors
    ]
    if isinstance(error, InvalidInput) and told and not isinstance(error, ImportRefused):
        return told[:20]
    return [error.message, *told[:20]]
