"""Stored contents in Django's admin: how many and how large, never what is in them."""

from __future__ import annotations

from django.contrib import admin

from webnet_core.administration import ReadOnlyAdmin
from webnet_core.blobs.models import Blob


@admin.register(Blob)
class BlobAdmin(ReadOnlyAdmin):
    """Contents by size."""

    scope = None
    list_display = ("id", "customer", "codec", "size", "created_at")
    list_filter = ("codec",)
    fields = ("customer", "codec", "size", "created_at")
