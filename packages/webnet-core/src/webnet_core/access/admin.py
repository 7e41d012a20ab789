"""Customers, memberships, API keys and logins in Django's admin.

Customers are changed by their service. Memberships are to read: who may give which role to whom is ruled by pages and
API of webnet, and here a Django permission alone would make its holder an admin of everything.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin

from webnet_core.access.customers import create_customer, update_customer
from webnet_core.access.models import ApiKey, Customer, Membership, RefreshFamily
from webnet_core.administration import ReadOnlyAdmin, ServiceAdmin


@admin.register(Customer)
class CustomerAdmin(ServiceAdmin):
    """Customers, made and changed by global admins."""

    scope = "pk"
    edit_action = "customers.edit"
    list_display = ("name", "created_at")
    search_fields = ("name",)
    fields = ("name", "description")

    def create(self, user: Any, values: dict[str, Any]) -> Customer:
        """See `create_customer`."""
        return create_customer(user, values)

    def update(self, user: Any, row: Customer, values: dict[str, Any]) -> Customer:
        """See `update_customer`."""
        return update_customer(user, row, values)


@admin.register(Membership)
class MembershipAdmin(ReadOnlyAdmin):
    """Who has which role where."""

    scope = "customer"
    action = "users.view"
    list_display = ("user", "customer", "role")
    list_filter = ("role",)
    fields = list_display


@admin.register(ApiKey)
class ApiKeyAdmin(ReadOnlyAdmin):
    """Keys of programs, without their digests."""

    scope = None
    list_display = ("name", "prefix", "user", "customer", "expires_at", "last_used_at", "revoked_at")
    search_fields = ("name", "prefix")
    fields = (
        "user",
        "name",
        "prefix",
        "scopes",
        "customer",
        "created_at",
        "expires_at",
        "last_used_at",
        "last_used_address",
        "revoked_at",
    )


@admin.register(RefreshFamily)
class RefreshFamilyAdmin(ReadOnlyAdmin):
    """Logins by token, without anything of their tokens."""

    scope = None
    list_display = ("user", "address", "created_at", "expires_at", "revoked_at", "revoked_reason")
    fields = (*list_display, "reauthenticated_at")
