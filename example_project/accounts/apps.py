"""The app of the example project's users."""

from __future__ import annotations

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Users of the standalone deployment, and the command that fills it with the demo."""

    name = "example_project.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"
