"""The base of webnet's pages in Django's own admin, for sites that use it.

Django's permissions open these pages; which rows stand there, and what may be done with them, say the roles of webnet.
Whatever has rules of its own is done by the service that holds them, or not here at all.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from webnet_core.access.scope import customer_ids
from webnet_core.audit.record import origin_of
from webnet_core.exceptions import WebnetError


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # no generic at run time
    """Rows to look at.

    `scope` is how a row reaches its customer (the model's `customer_path` where left out); None leaves the rows to
    global admins. `action` is the action of `access.roles` that a user needs to see them. Fields are shown only where
    `fields` names them, so that a new column is not seen by accident.
    """

    scope: ClassVar[str | None] = "model"
    action: ClassVar[str] = "view"
    show_full_result_count = False
    list_per_page = 50

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """No."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """No."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """No."""
        return False

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """Return the rows of customers in which the user may do `action`."""
        rows = super().get_queryset(request)
        allowed = customer_ids(request.user, self.action)
        if allowed is None:
            return rows
        path = getattr(self.model, "customer_path", None) if self.scope == "model" else self.scope
        return rows.none() if path is None else rows.filter(**{f"{path}__in": allowed})

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """Allow what `list_filter` names; of any other column, a digest too, the value could be guessed bit by bit."""
        return lookup.partition("__")[0] in {item for item in self.list_filter if isinstance(item, str)}

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Show or change one row; what a service refuses is told above the form."""
        return self._told(request, lambda: super(ReadOnlyAdmin, self).changeform_view(request, *args, **kwargs))

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """See `changeform_view`."""
        return self._told(request, lambda: super(ReadOnlyAdmin, self).delete_view(request, *args, **kwargs))

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """See `changeform_view`."""
        return self._told(request, lambda: super(ReadOnlyAdmin, self).changelist_view(request, *args, **kwargs))

    def each(self, request: HttpRequest, rows: Iterable[models.Model], act: Callable[[Any], Any], done: str) -> None:
        """Do something with each of the chosen rows, and say of each what came of it."""
        with origin_of(request, door="admin"):
            for row in rows:
                try:
                    act(row)
                except WebnetError as error:
                    self.message_user(request, f"{row}: {error.message}", messages.ERROR)
                else:
                    self.message_user(request, f"{row}: {done}.", messages.SUCCESS)

    def _told(self, request: HttpRequest, view: Callable[[], Any]) -> HttpResponse:
        with origin_of(request, door="admin"):
            try:
                answer: HttpResponse = view()
            except WebnetError as error:
                self.message_user(request, error.message, messages.ERROR)
                answer = HttpResponseRedirect(request.get_full_path())
        return answer


class ServiceAdmin(ReadOnlyAdmin):
    """Rows that are made and changed by a service, with its rules and its audit.

    `edit_action` is the action of `access.roles` that the service asks for; whoever does not hold it anywhere sees no
    form.
    """

    edit_action: ClassVar[str]
    deletable: ClassVar[bool] = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Say whether Django's permission and the role are there."""
        return self._may(request) and admin.ModelAdmin.has_add_permission(self, request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """See `has_add_permission`."""
        return self._may(request) and admin.ModelAdmin.has_change_permission(self, request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """See `has_add_permission`."""
        return self.deletable and self._may(request) and admin.ModelAdmin.has_delete_permission(self, request, obj)

    @abstractmethod
    def create(self, user: Any, values: dict[str, Any]) -> models.Model:
        """Call the service that makes a row."""

    @abstractmethod
    def update(self, user: Any, row: Any, values: dict[str, Any]) -> models.Model:
        """Call the service that changes a row."""

    @abstractmethod
    def remove(self, user: Any, row: Any) -> None:
        """Call the service that removes a row."""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001 - its signature
        """Make or change the row by the service, and let Django's admin go on with what is stored."""
        if change:
            stored = self.get_queryset(request).get(pk=obj.pk)
            values = {name: form.cleaned_data[name] for name in form.changed_data}
            made = self.update(request.user, stored, values)
        else:
            made = self.create(request.user, dict(form.cleaned_data))
        obj.__dict__.update(made.__dict__)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Remove the row by the service."""
        self.remove(request.user, obj)

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        """Remove the rows by the service, all or none."""
        for row in queryset:
            self.remove(request.user, row)

    def _may(self, request: HttpRequest) -> bool:
        allowed = customer_ids(request.user, self.edit_action)
        return allowed is None or bool(allowed)
