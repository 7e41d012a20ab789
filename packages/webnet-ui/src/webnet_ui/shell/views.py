"""Mixins of every page's view."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.contrib.messages import get_messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url
from django.utils.cache import patch_vary_headers
from django.views.generic.base import ContextMixin, TemplateResponseMixin, View

from webnet_core.access.scope import can
from webnet_core.access.stepup import carry_session
from webnet_core.audit.record import origin_of
from webnet_core.plugins.items import NavItem
from webnet_ui.conf import ui_settings
from webnet_ui.shell.context import Crumb, Shell, build_shell
from webnet_ui.shell.navigation import reverse_or_empty
from webnet_ui.shell.refusals import needed, refuse
from webnet_ui.shell.responses import is_fragment_request, redirect_client


class ShellMixin(ContextMixin):
    """Gives a page `wn`, its title and its breadcrumb. Needs nothing of the host but the view itself."""

    request: HttpRequest
    title: ClassVar[str] = ""

    def get_title(self) -> str:
        """Return the page's heading, which is also the first part of its ``<title>``."""
        return self.title

    def get_crumbs(self) -> Sequence[Crumb]:
        """Return the breadcrumb; its last entry is the page itself."""
        return [Crumb(label=self.get_title())]

    def get_nav_items(self) -> Iterable[NavItem] | None:
        """Return navigation entries instead of the registered ones; None for those."""
        return None

    def get_shell(self) -> Shell:
        """Return the frame of this page."""
        return build_shell(self.request, self.get_nav_items())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add `wn`, `title`, `crumbs` and `wn_messages`."""
        own = {
            "wn": self.get_shell(),
            "title": self.get_title(),
            "crumbs": self.get_crumbs(),
            "wn_messages": get_messages(self.request),
        }
        return super().get_context_data(**{**own, **kwargs})


class FragmentMixin(TemplateResponseMixin, ContextMixin, View):
    """One URL for a page and its parts: htmx gets the part it names by ``?_part=``, a browser the whole page.

    `parts` maps names to templates; the key "" is the part for requests that name none.
    """

    parts: ClassVar[Mapping[str, str]] = {}

    def get_template_names(self) -> list[str]:
        """Return the part's template for htmx, the page's otherwise."""
        part = self.parts.get(self.request.GET.get("_part", "")) if is_fragment_request(self.request) else None
        return [part] if part else super().get_template_names()

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Keep fragments out of caches, the browser's own included: Back must never show one."""
        response = super().dispatch(request, *args, **kwargs)
        patch_vary_headers(response, ["HX-Request"])
        if is_fragment_request(request):
            response.headers["Cache-Control"] = "no-store"
        return response


class OriginMixin(View):
    """Tells the audit where what a page does was asked for, and services whether the password was entered anew."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Go on with the request's id, address and door known to the audit."""
        carry_session(request.user, getattr(request, "session", None))
        with origin_of(request, door="session"):
            return super().dispatch(request, *args, **kwargs)


class SignedInMixin(OriginMixin):
    """Asks for a signed-in user who may do `permission`; htmx is sent to the login page as a whole."""

    permission: ClassVar[str] = "view"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Go on, or say why not: the user has no role that allows `permission` in any customer, or nothing is here."""
        if not request.user.is_authenticated:
            return self._ask_to_sign_in(request)
        if not can(request.user, self.permission):
            return self._refuse(request, PermissionDenied(needed(self.permission)))
        try:
            return super().dispatch(request, *args, **kwargs)
        except (Http404, PermissionDenied) as error:
            return self._refuse(request, error)

    def _refuse(self, request: HttpRequest, error: Http404 | PermissionDenied) -> HttpResponseBase:
        if is_fragment_request(request):
            raise error  # the script shows a toast and leaves the page as it is
        return refuse(request, error)

    def _ask_to_sign_in(self, request: HttpRequest) -> HttpResponseBase:
        target = redirect_to_login(request.get_full_path(), login_url())
        return redirect_client(target.url) if is_fragment_request(request) else target


def login_url() -> str:
    """Return where people sign in: webnet's own page where it is mounted and used, else the host's `LOGIN_URL`."""
    own = reverse_or_empty("webnet:login") if ui_settings().MODE == "standalone" else ""
    return own or resolve_url(settings.LOGIN_URL)


class PageView(SignedInMixin, ShellMixin, FragmentMixin):
    """Base of webnet's pages: signed in, framed, and served whole or in part."""
