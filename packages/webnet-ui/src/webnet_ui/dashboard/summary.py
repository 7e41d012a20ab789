"""The dashboard's figures and lists, in a fixed number of queries however large the network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Case, Count, IntegerField, Q, Value, When
from django.utils import timezone

from webnet_core.inventory.models import Device
from webnet_core.jobs.models import Job
from webnet_core.plugins.items import ErrorCategory, JobStatus
from webnet_ui.devices.facts import decorate
from webnet_ui.devices.filters import NEEDS_ATTENTION
from webnet_ui.jobs.facts import decorate as decorate_job

_SHOWN = 8
_DAY = timedelta(hours=24)
_RANKS = (ErrorCategory.HOST_KEY, ErrorCategory.AUTHENTICATION, ErrorCategory.UNREACHABLE, ErrorCategory.TIMEOUT)


@dataclass(frozen=True, kw_only=True, slots=True)
class DeviceFigures:
    """Devices in use by what the last contact said."""

    total: int
    in_use: int
    reachable: int
    unreachable: int
    never: int
    attention: int

    @property
    def hint(self) -> str:
        """What is short of all of them, in words."""
        parts = [(self.unreachable, "unreachable"), (self.never, "never contacted")]
        return ", ".join(f"{count} {word}" for count, word in parts if count) or "all of them"

    @property
    def status(self) -> str:
        """How good that is."""
        if self.unreachable:
            return "unreachable"
        return "never" if self.never else "ok"


@dataclass(frozen=True, kw_only=True, slots=True)
class JobFigures:
    """Jobs asked for within 24 hours by how they ended."""

    total: int
    success: int
    partial: int
    failed: int

    @property
    def hint(self) -> str:
        """How they ended, in words."""
        parts = [(self.success, "succeeded"), (self.partial, "partial"), (self.failed, "failed")]
        return ", ".join(f"{count} {word}" for count, word in parts if count) or "none"

    @property
    def status(self) -> str:
        """The worst of it."""
        if self.failed:
            return "failed"
        return "partial" if self.partial else ("ok" if self.success else "")


def count_devices(user: Any) -> DeviceFigures:
    """Return the figures of the user's devices; disabled ones count in `total` alone."""
    on = Q(enabled=True)
    counts = Device.objects.for_user(user).aggregate(
        total=Count("pk"),
        in_use=Count("pk", filter=on),
        reachable=Count("pk", filter=on & Q(reachability="reachable")),
        unreachable=Count("pk", filter=on & Q(reachability="unreachable")),
        never=Count("pk", filter=on & Q(reachability="unknown")),
        attention=Count("pk", filter=on & NEEDS_ATTENTION),
    )
    return DeviceFigures(**counts)


def count_jobs(user: Any) -> JobFigures:
    """Return the figures of the user's jobs of the last 24 hours."""
    recent = Job.objects.for_user(user).filter(requested_at__gte=timezone.now() - _DAY)
    counts = recent.aggregate(
        total=Count("pk"),
        success=Count("pk", filter=Q(status=JobStatus.SUCCESS)),
        partial=Count("pk", filter=Q(status=JobStatus.PARTIAL)),
        failed=Count("pk", filter=Q(status__in=[JobStatus.FAILED, JobStatus.INTERRUPTED])),
    )
    return JobFigures(**counts)


def list_attention(user: Any) -> Sequence[Device]:
    """Return the devices that need somebody, the gravest first: a changed host key, refused logins, no answer."""
    ranks = [When(last_error__startswith=f"{category}:", then=Value(rank)) for rank, category in enumerate(_RANKS)]
    rows = (
        Device.objects.for_user(user)
        .filter(NEEDS_ATTENTION, enabled=True)
        .annotate(rank=Case(*ranks, default=Value(len(_RANKS)), output_field=IntegerField()))
        .order_by("rank", "hostname", "pk")
    )
    return [decorate(device) for device in rows[:_SHOWN]]


def list_running(user: Any) -> Sequence[Job]:
    """Return jobs that have not ended, the oldest first."""
    rows = Job.objects.for_user(user).filter(status__in=[JobStatus.RUNNING, JobStatus.QUEUED]).select_related("user")
    return [decorate_job(job) for job in rows.order_by("pk")[:_SHOWN]]


def list_recent(user: Any) -> Sequence[Job]:
    """Return the newest jobs that have ended."""
    rows = Job.objects.for_user(user).filter(finished_at__isnull=False).select_related("user", "customer")
    return [decorate_job(job) for job in rows.order_by("-pk")[:_SHOWN]]
