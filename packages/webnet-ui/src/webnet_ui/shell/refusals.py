"""What stands in place of a page: nothing is here, it may not be seen, the form is out of date.

Pages of webnet say so by themselves, inside the shell. A site that is webnet's alone says it for every other address
too, in its URL configuration and settings::

    handler404 = "webnet_ui.shell.refusals.not_found"
    handler403 = "webnet_ui.shell.refusals.forbidden"
    CSRF_FAILURE_VIEW = "webnet_ui.shell.refusals.out_of_date"
"""

from __future__ import annotations

from django.contrib.messages import get_messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from webnet_core.access.roles import ACTIONS, GLOBAL_ACTIONS
from webnet_core.api.views import UnknownRoute
from webnet_ui.shell.context import Crumb, build_shell

_NOWHERE = "Nothing is at this address, or nothing that you may see. It may have been removed since, or mistyped."
_FORBIDDEN = "You may not see this page or do what it does."
_OUT_OF_DATE = "The page that this form stood on is out of date. Go back, load it again and send the form once more."


def refuse(request: HttpRequest, error: Http404 | PermissionDenied) -> HttpResponse:
    """Return the page that tells a signed-in user what a view raised."""
    if isinstance(error, Http404):
        # Not the error's own words: they would tell what is missing from what is hidden.
        return _page(request, 404, "Not found", _NOWHERE)
    return _page(request, 403, "Not allowed", str(error) or _FORBIDDEN)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django's call
    """Answer an address that no route fits, as a page or, below the API, as the API does."""
    if request.path.startswith(_api_root()):
        unknown: HttpResponse = UnknownRoute.as_view()(request).render()
        return unknown
    return _page(request, 404, "Not found", _NOWHERE)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django's call
    """Answer what a view outside of webnet's pages forbids."""
    return _page(request, 403, "Not allowed", _FORBIDDEN)


def out_of_date(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django's call
    """Answer a form without a valid token against forged requests; the log has the `reason`."""
    return _page(request, 403, "Send it once more", _OUT_OF_DATE)


def needed(action: str) -> str:
    """Say in a sentence which permission a page needs, and which role has it."""
    role = ACTIONS.get(action)
    if role is None:
        return f"This page needs the permission {action}."
    where = " for all customers" if action in GLOBAL_ACTIONS else ""
    return f"This page needs the permission {action}, which the role {role.label}{where} has."


def _api_root() -> str:
    return reverse("webnet:api-me").removesuffix("v1/auth/me/")


def _page(request: HttpRequest, status: int, title: str, text: str) -> HttpResponse:
    shell = build_shell(request)
    context = {
        "wn": shell,
        "title": title,
        "crumbs": [Crumb(label=title)],
        "wn_messages": get_messages(request),
        "text": text,
        "icon": "search" if status == 404 else "lock",
    }
    inside = getattr(shell.user, "is_authenticated", False)
    template = "webnet_ui/refused.html" if inside else "webnet_ui/refused_outside.html"
    return render(request, template, context, status=status)
