"""Single sign-on by OpenID Connect, from a few variables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit


def oidc_from(environment: Mapping[str, str]) -> dict[str, Any]:
    """Return allauth's provider settings; empty where WEBNET_OIDC_URL is not set.

    Arguments:
        environment: with WEBNET_OIDC_URL (the issuer), WEBNET_OIDC_CLIENT_ID, WEBNET_OIDC_SECRET, WEBNET_OIDC_NAME.
    """
    url = environment.get("WEBNET_OIDC_URL", "")
    if not url:
        return {}
    app = {
        "provider_id": "sso",
        "name": environment.get("WEBNET_OIDC_NAME") or "Single sign-on",
        "client_id": environment.get("WEBNET_OIDC_CLIENT_ID", ""),
        "secret": environment.get("WEBNET_OIDC_SECRET", ""),
        "settings": {"server_url": url},
    }
    return {"openid_connect": {"APPS": [app], "OAUTH_PKCE_ENABLED": True}}


def origin_of(url: str) -> str:
    """Return the origin of an address, as a Content-Security-Policy names it; empty for none."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
