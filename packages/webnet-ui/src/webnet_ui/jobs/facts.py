"""How a job and its hosts are told on pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils import timezone

from webnet_core.jobs.models import HostResult, Job
from webnet_core.plugins.registry import registry
from webnet_ui.elements.times import format_duration


def title_of(job: Job) -> str:
    """Return the task's title, or its name where the task is no longer installed."""
    spec = registry("tasks").get(job.type, None)
    return spec.title if spec is not None else job.type


def took(job: Job) -> str:
    """Return how long the job ran, or has been running."""
    if job.started_at is None:
        return ""
    return format_duration((job.finished_at or timezone.now()) - job.started_at)


def bar(job: Job) -> Mapping[str, int]:
    """Return hosts by state for the progress bar, those still open as pending."""
    counts = job.counts
    return {**counts, "pending": max(0, job.total - sum(counts.values()))}


def decorate(job: Job) -> Job:
    """Give the job the attributes that the table of jobs shows."""
    job.title, job.bar, job.took = title_of(job), bar(job), took(job)  # type: ignore[attr-defined]
    return job


def tile(row: HostResult) -> dict[str, Any]:
    """Return one host as the grid draws it."""
    seconds = None
    if row.started_at is not None:
        seconds = ((row.finished_at or timezone.now()) - row.started_at).total_seconds()
    return {
        "device_id": row.device_id or f"x{row.pk}",
        "name": row.device_name,
        "status": row.status,
        "href": reverse("webnet:job-host", args=[row.job_id, row.pk]),
        "seconds": seconds,
        "note": row.error_category.replace("_", " ") or row.driver,
    }
