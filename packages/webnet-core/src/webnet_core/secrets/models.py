"""What opens a device."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from django.db import models
from django.utils import timezone

from webnet_core.access.scope import ScopedManager
from webnet_core.fields import Ciphertext, SecretField
from webnet_core.secrets.backends import DATABASE, fetch


@dataclass(frozen=True, kw_only=True, slots=True)
class Secrets:
    """A credential laid open, for the worker's memory only; nothing secret shows in its representation."""

    username: str
    password: str = field(default="", repr=False)
    enable_password: str = field(default="", repr=False)
    ssh_private_key: str = field(default="", repr=False)

    def values(self) -> tuple[str, ...]:
        """Return the secret values that logs must never show."""
        return tuple(value for value in (self.password, self.enable_password, self.ssh_private_key) if value)


class Credential(models.Model):
    """A login with its secrets encrypted; `version` rises whenever what it opens changes."""

    customer_path = "customer"
    SECRET_FIELDS = ("password", "enable_password", "ssh_private_key")

    customer = models.ForeignKey("webnet_core.Customer", models.CASCADE, related_name="credentials")
    name = models.CharField(max_length=120)
    username = models.CharField(max_length=150)
    password = SecretField(blank=True, default="")
    enable_password = SecretField(blank=True, default="")
    ssh_private_key = SecretField(blank=True, default="")
    backend = models.CharField(max_length=60, default=DATABASE)
    reference = models.CharField(max_length=400, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    objects: ClassVar[ScopedManager[Credential]] = ScopedManager()

    class Meta:
        ordering = ("name",)
        constraints = (models.UniqueConstraint(fields=("customer", "name"), name="webnet_credential_name"),)

    def __str__(self) -> str:
        return self.name

    def reveal(self) -> Secrets:
        """Lay every secret of this credential open: decrypt it, or fetch it from where it is kept.

        Raises:
            CredentialUnreadable: a secret was encrypted with a key that is no longer configured.
            SecretUnavailable: the backend that keeps it does not give it out.
        """
        if self.backend != DATABASE:
            return Secrets(
                username=self.username, **fetch(self.backend, self.customer_id, self.reference, self.SECRET_FIELDS)
            )
        opened = {name: _reveal(getattr(self, name)) for name in self.SECRET_FIELDS}
        return Secrets(username=self.username, **opened)


def _reveal(value: str) -> str:
    return value.reveal() if isinstance(value, Ciphertext) else value
