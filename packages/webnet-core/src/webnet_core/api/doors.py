"""By which door a request of the API came in, as the audit says it."""

from __future__ import annotations

from rest_framework.request import Request

from webnet_core.access.models import RefreshFamily


def door_of(request: Request) -> str:
    """Return ``token``, ``key <prefix>``, ``session`` or ``anonymous``."""
    prefix = getattr(request.auth, "prefix", "")
    if prefix:
        return f"key {prefix}"
    if isinstance(request.auth, RefreshFamily):
        return "token"
    return "session" if getattr(request.user, "is_authenticated", False) else "anonymous"
