"""What allauth's pages need to look like webnet's."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from webnet_ui.shell.context import build_shell


def shell(request: HttpRequest) -> dict[str, Any]:
    """Give allauth's pages the frame that webnet's bring along, and every page what the site offers."""
    frame = {"wn": build_shell(request, ())} if request.path.startswith("/accounts/") else {}
    return {"sso_configured": settings.SSO_NAME, "signup_allowed": settings.ALLOW_REGISTRATION, **frame}
