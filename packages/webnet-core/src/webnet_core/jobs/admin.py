"""Jobs in Django's admin: to read, to cancel and to repeat, both by the services and with the user's own roles."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from webnet_core.administration import ReadOnlyAdmin
from webnet_core.jobs.cancel import cancel
from webnet_core.jobs.models import COUNTERS, HostResult, Job, JobEvent, Schedule, Shard, SingletonLease, Worker
from webnet_core.jobs.outputs import mask_params
from webnet_core.jobs.retry import retry_failed


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    """Jobs."""

    actions = ("cancel_jobs", "retry_jobs")
    list_display = ("id", "customer", "type", "status", "user", "source", "total", "requested_at", "finished_at")
    list_filter = ("status", "risk", "type")
    list_select_related = ("customer", "user")
    fields = (
        "customer",
        "type",
        "risk",
        "status",
        "user",
        "source",
        "parameters",
        "options",
        "targets",
        "retry_of",
        "schedule",
        "due_at",
        "requested_at",
        "scheduled_for",
        "started_at",
        "finished_at",
        "cancel_requested_at",
        "error",
        "total",
        *COUNTERS,
    )

    @admin.display
    def parameters(self, job: Job) -> str:
        """Return the parameters, secrets masked."""
        return json.dumps(mask_params(job.params), indent=2, ensure_ascii=False)

    @admin.action(description="Cancel selected jobs")
    def cancel_jobs(self, request: HttpRequest, queryset: Any) -> None:
        """Ask that the jobs end."""
        self.each(request, queryset, lambda job: cancel(request.user, job), "is asked to end")

    @admin.action(description="Retry the failed hosts of selected jobs")
    def retry_jobs(self, request: HttpRequest, queryset: Any) -> None:
        """Make a new job for the hosts of each that did not succeed."""
        self.each(request, queryset, lambda job: retry_failed(request.user, job, source="admin"), "runs again")


@admin.register(Schedule)
class ScheduleAdmin(ReadOnlyAdmin):
    """Schedules."""

    list_display = ("name", "customer", "task", "cron", "interval", "time_zone", "paused", "next_due", "owner")
    list_filter = ("paused", "task")
    list_select_related = ("customer", "owner")
    search_fields = ("name",)
    fields = (
        *list_display,
        "parameters",
        "targets",
        "options",
        "overlap",
        "grace",
        "pause_reason",
        "last_due",
        "last_job",
        "last_note",
        "created_at",
        "updated_at",
    )

    @admin.display
    def parameters(self, schedule: Schedule) -> str:
        """Return the parameters, secrets masked."""
        return json.dumps(mask_params(schedule.params), indent=2, ensure_ascii=False)


@admin.register(Shard)
class ShardAdmin(ReadOnlyAdmin):
    """Parts of jobs."""

    scope = "job__customer"
    list_display = ("id", "job", "number", "queue", "risk", "state", "owner", "attempt", "heartbeat_at")
    list_filter = ("state", "queue", "risk")
    fields = (*list_display, "created_at", "not_before", "start_before", "rung_at", "finished_at")


@admin.register(HostResult)
class HostResultAdmin(ReadOnlyAdmin):
    """What became of each device; what it answered is read in webnet, where secrets in it are masked."""

    list_display = ("id", "job", "device_name", "status", "phase", "driver", "attempts", "error_category")
    list_filter = ("status", "error_category", "driver")
    search_fields = ("device_name",)
    fields = (*list_display, "device", "reason", "error", "message", "started_at", "finished_at")


@admin.register(JobEvent)
class JobEventAdmin(ReadOnlyAdmin):
    """The log of jobs."""

    list_display = ("job", "seq", "ts", "kind", "level", "host", "message")
    list_filter = ("level", "kind")
    fields = list_display


@admin.register(Worker)
class WorkerAdmin(ReadOnlyAdmin):
    """Processes that run jobs."""

    scope = None
    list_display = ("name", "kind", "queues", "started_at", "seen_at")
    fields = list_display


@admin.register(SingletonLease)
class SingletonLeaseAdmin(ReadOnlyAdmin):
    """Rights to be the only one of a kind."""

    scope = None
    list_display = ("name", "owner", "expires_at")
    fields = list_display
