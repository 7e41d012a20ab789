"""The frame of our pages, which belongs to webnet-ui. It is found through Django's apps: nothing here imports it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.http.response import HttpResponseBase

from webnet_core.apps import WebnetAppConfig
from webnet_core.exceptions import ConfigurationError


def framed(page: type[Any]) -> Callable[..., HttpResponseBase]:
    """Return the view of `page`, a mixin, on top of webnet-ui's base of all pages.

    Raises:
        ConfigurationError: webnet-ui is installed without its pages.
    """
    ui = apps.get_app_config("webnet_ui")
    views = ui.submodule("shell.views") if isinstance(ui, WebnetAppConfig) else None
    if views is None:
        raise ConfigurationError("webnet_ui has no base for pages; install a webnet-ui of the same version.")
    view: Any = type(page.__name__, (page, views.PageView), {"__module__": page.__module__, "__doc__": page.__doc__})
    built: Callable[..., HttpResponseBase] = view.as_view()
    return built
