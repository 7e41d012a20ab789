"""Which role may do what: the one table."""

from __future__ import annotations

from django.db import models


class Role(models.TextChoices):
    """What a member may do inside a customer; each role can do all that the one before it can."""

    VIEWER = "viewer", "Viewer"
    OPERATOR = "operator", "Operator"
    ADMIN = "admin", "Admin"


_RANK = {Role.VIEWER: 0, Role.OPERATOR: 1, Role.ADMIN: 2}

# An action of GLOBAL_ACTIONS asks for the role in a membership without a customer.
ACTIONS: dict[str, Role] = {
    "view": Role.VIEWER,
    "jobs.run": Role.OPERATOR,
    "jobs.cancel": Role.OPERATOR,
    "jobs.admin": Role.ADMIN,
    "schedules.edit": Role.OPERATOR,
    "devices.edit": Role.OPERATOR,
    "devices.repoint": Role.OPERATOR,
    "sites.edit": Role.OPERATOR,
    "tags.edit": Role.OPERATOR,
    "groups.edit": Role.OPERATOR,
    "selections.make": Role.OPERATOR,
    "ranges.edit": Role.ADMIN,
    "schemas.edit": Role.ADMIN,
    "credentials.edit": Role.OPERATOR,
    "credentials.link": Role.ADMIN,
    "hostkeys.accept": Role.ADMIN,
    "notifications.own": Role.VIEWER,
    "notifications.edit": Role.ADMIN,
    "notifications.share": Role.ADMIN,
    "webhooks.view": Role.ADMIN,
    "webhooks.edit": Role.ADMIN,
    "config.view_raw": Role.ADMIN,
    "audit.view": Role.ADMIN,
    "customers.edit": Role.ADMIN,
    "users.view": Role.ADMIN,
    "users.edit": Role.ADMIN,
    "memberships.edit": Role.ADMIN,
    "plugins.view": Role.ADMIN,
    "workers.view": Role.ADMIN,
}
GLOBAL_ACTIONS = frozenset({"customers.edit", "users.edit", "plugins.view", "workers.view", "notifications.share"})


def role_allows(role: str, action: str) -> bool:
    """Say whether `role` covers `action`.

    Raises:
        KeyError: the action is not in the table; an undeclared action is never allowed silently.
    """
    return _RANK[Role(role)] >= _RANK[ACTIONS[action]]
