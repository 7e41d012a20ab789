"""Routes that work with and without the slash at their end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.urls import URLPattern, path, register_converter

from webnet_core.api.views import WebnetViewSet, methods_of

_LIST = ("list", "create")
_ONE = ("retrieve", "update", "partial_update", "destroy")


class IdConverter:
    """An id small enough for a column; anything longer is no route."""

    regex = "[0-9]{1,18}"

    def to_python(self, value: str) -> int:
        """Return the number."""
        return int(value)

    def to_url(self, value: int) -> str:
        """Return the digits."""
        return str(value)


class UserIdConverter:
    """The id of an account in whatever user model the site has: a number or a UUID."""

    regex = "[0-9]{1,18}|[0-9A-Fa-f-]{32,36}"

    def to_python(self, value: str) -> str:
        """Return the text; the view makes of it what the model has."""
        return value

    def to_url(self, value: object) -> str:
        """Return the text."""
        return str(value)


register_converter(IdConverter, "webnet_id")
register_converter(UserIdConverter, "webnet_user")


def route(where: str, view: Callable[..., Any], name: str) -> list[URLPattern]:
    """Mount `view` at `where`, which ends with a slash, and at the same without it; `name` reverses to the first."""
    return [path(where, view, name=name), path(where.removesuffix("/"), view)]


def crud(
    where: str, views: type[WebnetViewSet], name: str, leave_out: Sequence[str] = (), *, one: str = "webnet_id"
) -> list[URLPattern]:
    """Mount the list of a kind of object at ``where/`` and each of them at ``where/<id>/``."""
    listed = methods_of([action for action in _LIST if action not in leave_out])
    single = methods_of([action for action in _ONE if action not in leave_out])
    return [
        *route(f"{where}/", views.as_view(listed), f"{name}-list"),
        *route(f"{where}/<{one}:pk>/", views.as_view(single), f"{name}-detail"),
    ]
