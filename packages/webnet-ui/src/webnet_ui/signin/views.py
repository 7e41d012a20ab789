"""The login and logout pages."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth import views as auth_views
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url

from webnet_ui.conf import ui_settings
from webnet_ui.shell.navigation import reverse_or_empty
from webnet_ui.shell.views import OriginMixin, ShellMixin
from webnet_ui.signin import pending
from webnet_ui.signin.forms import CodeForm, SignInForm


def standalone_only(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Make `view` answer 404 where webnet stands inside a host's site, which has its own."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if ui_settings().MODE != "standalone":
            raise Http404
        return view(request, *args, **kwargs)

    return answer


class LoginView(OriginMixin, ShellMixin, auth_views.LoginView):
    """Signs in and goes to a checked `next`, else to the dashboard.

    Where the password is right but a second factor is asked for, the same address asks for its code; coming back to the
    page begins anew.
    """

    template_name = "webnet_ui/login.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True
    title = "Sign in"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Ask for username and password."""
        pending.forget(request)
        return super().get(request, *args, **kwargs)

    def get_form(self, form_class: Any = None) -> Any:
        """Return the form for the half of signing in that was sent."""
        if self.request.method != "POST" or "code" not in self.request.POST:
            return super().get_form(form_class)
        user = pending.recall(self.request)
        return SignInForm.expired(self.request) if user is None else CodeForm(self.request, user, self.request.POST)

    def form_invalid(self, form: Any) -> HttpResponse:
        """Show what was wrong, or ask for the code where the password was right."""
        user = getattr(form, "half_way", None)
        if user is not None:
            pending.remember(self.request, user)
            form = CodeForm(self.request, user)
        return super().form_invalid(form)

    def form_valid(self, form: Any) -> HttpResponse:
        """Sign in."""
        pending.forget(self.request)
        return super().form_valid(form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add where to begin anew."""
        return super().get_context_data(again=self.request.get_full_path(), **kwargs)

    def get_default_redirect_url(self) -> str:
        """Return the dashboard, or the host's own target where it is not mounted."""
        return reverse_or_empty("webnet:dashboard") or super().get_default_redirect_url()


class LogoutView(OriginMixin, ShellMixin, auth_views.LogoutView):  # type: ignore[misc]  # its dispatch is narrower
    """Signs out by POST and returns to the login page."""

    http_method_names = ["post", "options"]

    def get_default_redirect_url(self) -> str:
        """Return the login page."""
        return resolve_url("webnet:login")
