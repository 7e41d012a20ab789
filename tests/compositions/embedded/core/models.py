"""Members who sign in with an address, and models that share their names with webnet's."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models


class Members(BaseUserManager["Member"]):
    """Makes members."""

    def create_superuser(self, email: str, password: str, **fields: Any) -> Member:
        """Make the harbour master."""
        member = self.model(email=self.normalize_email(email), is_superuser=True, **fields)
        member.set_password(password)
        member.save()
        return member

    def create_user(self, email: str, password: str) -> Member:
        """Make a member."""
        member = self.model(email=self.normalize_email(email))
        member.set_password(password)
        member.save()
        return member


class Member(AbstractBaseUser, PermissionsMixin):
    """Somebody with a boat: no username, no first name, no staff flag, and an id that is no number."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    email = models.EmailField(unique=True)
    is_active = models.BooleanField(default=True)

    objects: ClassVar[Members] = Members()

    USERNAME_FIELD = "email"

    def __str__(self) -> str:
        return self.email


class Site(models.Model):
    """A quay."""

    name = models.CharField(max_length=40)

    objects: ClassVar[models.Manager[Site]] = models.Manager()

    def __str__(self) -> str:
        return self.name


class Device(models.Model):
    """A buoy."""

    site = models.ForeignKey(Site, models.CASCADE)
    tonnage = models.IntegerField(default=0)
    status = models.CharField(max_length=10, choices=[("afloat", "afloat"), ("sunk", "sunk")], default="afloat")

    objects: ClassVar[models.Manager[Device]] = models.Manager()

    def __str__(self) -> str:
        return f"buoy {self.pk}"


class Job(models.Model):
    """A boat to be painted. The members' jobs are at `job_set`, where Django puts them."""

    user = models.ForeignKey(Member, models.CASCADE)
    device = models.ForeignKey(Device, models.CASCADE)
    due = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"painting {self.device}"
