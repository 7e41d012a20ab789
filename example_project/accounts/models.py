"""A custom user, as every new Django project should begin with one."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser


class User(AbstractUser):
    """Somebody who signs in; what they may do is in webnet's memberships."""
