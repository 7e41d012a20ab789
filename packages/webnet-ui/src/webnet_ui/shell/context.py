"""`wn`, the one context variable of every page: no context processor and no middleware is needed for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.templatetags.static import static

from webnet_core.access.scope import can, customer_ids
from webnet_core.conf import settings as webnet_settings
from webnet_core.plugins.items import NavItem, Viewer
from webnet_core.plugins.registry import registry
from webnet_ui.conf import UISettings, ui_settings
from webnet_ui.shell.navigation import NavSection, build_navigation, reverse_or_empty

THEMES = ("auto", "light", "dark")
DENSITIES = ("compact", "default", "comfortable")
STANDALONE_BASE = "webnet_ui/base_standalone.html"
EMBEDDED_BASE = "webnet_ui/host_base.html"
_HTMX = {"bundled": "webnet_ui/vendor/htmx-4.0.1.min.js", "bundled2": "webnet_ui/vendor/htmx-2.0.11.min.js", "host": ""}


@dataclass(frozen=True, kw_only=True, slots=True)
class Crumb:
    """One step of the breadcrumb; the last has no URL."""

    label: str
    url: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Shell:
    """Everything the frame of a page needs. Cookies set by the script (theme, density, sidebar) are read here, so that
    a page arrives in its final look.
    """

    base_template: str
    mode: str
    site_name: str
    viewer: Viewer
    theme: str
    theme_from: str
    density: str
    nav_collapsed: bool
    shortcuts: bool
    htmx_url: str
    sprite_url: str
    live_path: str
    home_url: str
    login_url: str
    logout_url: str
    search_url: str
    path: str
    nav: Sequence[NavSection] = field(default=())

    @property
    def user(self) -> Any:
        """The user who looks."""
        return self.viewer.user

    @property
    def embedded(self) -> bool:
        """Whether a host's page surrounds ours."""
        return self.mode == "embedded"


def viewer_of(request: HttpRequest) -> Viewer:
    """Return who looks, with the customers in scope."""
    user = getattr(request, "user", None) or AnonymousUser()
    return Viewer(user=user, customer_ids=customer_ids(user), locale=getattr(request, "LANGUAGE_CODE", "en"))


def registered_nav_items() -> tuple[NavItem, ...]:
    """Return the navigation entries of all installed packages and plugins."""
    return registry("ui").of(NavItem)


def build_shell(request: HttpRequest, items: Iterable[NavItem] | None = None) -> Shell:
    """Return the shell for one request; `items` replaces the registered navigation."""
    ui, viewer = ui_settings(), viewer_of(request)
    entries = registered_nav_items() if items is None else items
    return Shell(
        base_template=base_template(ui),
        mode=ui.MODE,
        site_name=ui.SITE_NAME,
        viewer=viewer,
        theme=_choice(request, "wn-theme", THEMES, ui.THEME),
        theme_from=ui.THEME_FROM,
        density=_choice(request, "wn-density", DENSITIES, "default"),
        nav_collapsed=request.COOKIES.get("wn-nav") == "icons",
        shortcuts=ui.SHORTCUTS,
        htmx_url=static(_HTMX[ui.HTMX]) if _HTMX[ui.HTMX] else "",
        sprite_url=static("webnet_ui/icons.svg"),
        live_path=webnet_settings.LIVE.WS_PATH,
        home_url=reverse_or_empty("webnet:dashboard") or "",
        login_url=reverse_or_empty("webnet:login"),
        logout_url=reverse_or_empty("webnet:logout"),
        search_url=reverse_or_empty("webnet:search"),
        path=request.get_full_path(),
        nav=build_navigation(entries, viewer, request.path, lambda action: can(viewer.user, action)),
    )


def base_template(ui: UISettings) -> str:
    """Return the template that every page extends."""
    return ui.BASE_TEMPLATE or (EMBEDDED_BASE if ui.MODE == "embedded" else STANDALONE_BASE)


def _choice(request: HttpRequest, cookie: str, allowed: Sequence[str], default: str) -> str:
    chosen = request.COOKIES.get(cookie, default)
    return chosen if chosen in allowed else default
