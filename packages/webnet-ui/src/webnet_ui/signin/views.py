"""The login and logout pages."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth import views as auth_views
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url

from webnet_core.access.login import check_password
from webnet_core.exceptions import WebnetError
from webnet_ui.conf import ui_settings
from webnet_ui.shell.navigation import reverse_or_empty
from webnet_ui.shell.views import ShellMixin


class SignInForm(AuthenticationForm):
    """Username and password; the error never tells which of the two was wrong or whether the account exists.

    Attempts are counted and recorded by the same service as those of the REST interface.
    """

    def clean(self) -> dict[str, Any]:
        """Check the password.

        Raises:
            ValidationError: it is wrong, or there were too many attempts of late.
        """
        username, password = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        if username and password:
            address = str(self.request.META.get("REMOTE_ADDR", "")) if self.request is not None else ""
            try:
                self.user_cache = check_password(self.request, username, password, address=address)
            except WebnetError as error:
                raise ValidationError(error.message, code=error.code) from error
        return self.cleaned_data


def standalone_only(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Make `view` answer 404 where webnet stands inside a host's site, which has its own."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if ui_settings().MODE != "standalone":
            raise Http404
        return view(request, *args, **kwargs)

    return answer


class LoginView(ShellMixin, auth_views.LoginView):
    """Signs in and goes to a checked `next`, else to the dashboard."""

    template_name = "webnet_ui/login.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True
    title = "Sign in"

    def get_default_redirect_url(self) -> str:
        """Return the dashboard, or the host's own target where it is not mounted."""
        return reverse_or_empty("webnet:dashboard") or super().get_default_redirect_url()


class LogoutView(ShellMixin, auth_views.LogoutView):
    """Signs out by POST and returns to the login page."""

    http_method_names = ["post", "options"]

    def get_default_redirect_url(self) -> str:
        """Return the login page."""
        return resolve_url("webnet:login")
