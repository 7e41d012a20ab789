"""Credentials in Django's admin: to read, and nothing of their secrets.

Changing where a secret goes, or what it is, asks for the password anew and is done on webnet's own pages and API.
"""

from __future__ import annotations

from django.contrib import admin

from webnet_core.administration import ReadOnlyAdmin
from webnet_core.secrets.models import Credential


@admin.register(Credential)
class CredentialAdmin(ReadOnlyAdmin):
    """Logins for devices."""

    list_display = ("name", "customer", "username", "backend", "version", "updated_at")
    list_filter = ("backend",)
    search_fields = ("name", "username")
    fields = ("customer", "name", "username", "backend", "secrets", "version", "created_at", "updated_at")

    @admin.display
    def secrets(self, credential: Credential) -> str:
        """Return which secrets there are."""
        return ", ".join(name for name in credential.SECRET_FIELDS if getattr(credential, name)) or "none"
