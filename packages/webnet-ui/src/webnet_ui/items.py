"""Tabs, panels and widgets that packages and plugins register, drawn so that none of them can take a page down."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any, TypeAlias, TypeVar

from django.db import models, transaction
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify

from webnet_core.access.scope import can
from webnet_core.plugins.items import Panel, Tab, Viewer, Widget
from webnet_core.plugins.registry import registry

logger = logging.getLogger(__name__)

Drawable: TypeAlias = Tab | Panel | Widget
T = TypeVar("T", Tab, Panel)


def tabs_on(viewer: Viewer, obj: models.Model, taken: Sequence[str] = ()) -> dict[str, Tab]:
    """Return the tabs of `obj` that `viewer` may open, in their order, each by the last part of its URL.

    Arguments:
        taken: parts of the URL that the object's own pages use.
    """
    found: dict[str, Tab] = {}
    for item in _visible(Tab, viewer, obj):
        short, long = slugify(item.key.rpartition(".")[2].replace("_", "-")), slugify(item.key.replace(".", "-"))
        found[long if short in found or short in taken else short] = item
    return found


def panels_on(viewer: Viewer, obj: models.Model) -> list[Panel]:
    """Return the panels of `obj` that `viewer` may see, in their order."""
    return _visible(Panel, viewer, obj)


def widgets_for(viewer: Viewer) -> list[Widget]:
    """Return the dashboard's cards that `viewer` may see, in their order."""
    return [item for item in registry("ui").of(Widget) if _allowed(item, viewer, None)]


def badge_of(tab: Tab, viewer: Viewer, obj: models.Model) -> int | None:
    """Return the number beside a tab's label; none where its plugin fails."""
    if tab.badge is None:
        return None
    try:
        with _savepoint():
            return tab.badge(viewer, obj)
    except Exception:  # a plugin's badge must not take the page down
        logger.exception("The badge of tab %s, registered by %s, failed", tab.key, owner_of(tab))
        return None


def draw(item: Drawable, request: HttpRequest, viewer: Viewer, obj: models.Model | None = None) -> SafeString:
    """Return an item's content; a card that names the plugin where it fails."""
    try:
        with _savepoint():
            return _render(item, request, viewer, obj)
    except Exception:  # the plugin boundary: whatever happened stays in this card
        plugin = owner_of(item)
        logger.exception("Interface item %s, registered by %s, failed", item.key, plugin)
        data = {"item": item, "plugin": plugin}
        return _from_template("webnet_ui/items/_failed.html", data, request)


def owner_of(item: Drawable) -> str:
    """Return the name of the plugin that registered `item`."""
    return registry("ui").owner(item.key)


def _visible(kind: type[T], viewer: Viewer, obj: models.Model) -> list[T]:
    label = obj._meta.label_lower
    items: Sequence[T] = registry("ui").of(kind)
    return [item for item in items if item.on.lower() == label and _allowed(item, viewer, obj)]


def _allowed(item: Drawable, viewer: Viewer, obj: models.Model | None) -> bool:
    try:
        return can(viewer.user, item.permission, getattr(obj, "customer_id", None))
    except KeyError:
        logger.error("Interface item %s asks for the unknown permission %r: hidden", item.key, item.permission)  # noqa: TRY400
        return False


def _render(item: Drawable, request: HttpRequest, viewer: Viewer, obj: models.Model | None) -> SafeString:
    arguments: tuple[Any, ...] = (viewer,) if isinstance(item, Widget) else (viewer, obj)
    if item.render is not None:
        return conditional_escape(item.render(*arguments))
    own = item.context(*arguments) if item.context is not None else {}
    return _from_template(item.template, {"viewer": viewer, "object": obj, **own}, request)


def _from_template(name: str, context: dict[str, Any], request: HttpRequest) -> SafeString:
    return mark_safe(render_to_string(name, context, request))  # noqa: S308 - templates escape what they are given


def _savepoint() -> AbstractContextManager[Any]:
    """Keep a failed query of a plugin from spoiling the request's transaction, where there is one."""
    return transaction.atomic() if transaction.get_connection().in_atomic_block else nullcontext()
