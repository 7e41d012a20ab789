"""Jobs, their shards, what each host answered, the numbered events between, and the schedules that make jobs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from webnet_core.access.scope import ScopedManager
from webnet_core.conf import settings as webnet_settings
from webnet_core.plugins.items import HostStatus, JobStatus, Phase

_JOB_STATES = [(status.value, status.value) for status in JobStatus]
_HOST_STATES = [(status.value, status.value) for status in HostStatus]
_PHASES = [(phase.value, phase.value) for phase in Phase]
COUNTERS = ("ok", "changed", "failed", "unreachable", "skipped", "cancelled", "unknown")


class Job(models.Model):
    """One task over a frozen set of devices of one customer. `type` is the task's name."""

    customer_path = "customer"
    goes_with_customer = 1

    customer = models.ForeignKey("webnet_core.Customer", models.CASCADE, related_name="jobs")
    type = models.CharField(max_length=120)
    risk = models.CharField(max_length=16, default="read")
    status = models.CharField(max_length=16, choices=_JOB_STATES, default=JobStatus.QUEUED.value)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="webnet_jobs")
    source = models.CharField(max_length=20, default="api")
    params = models.JSONField(default=dict)
    options = models.JSONField(default=dict)
    targets = models.JSONField(default=dict)
    submission_id = models.UUIDField(null=True)
    retry_of = models.ForeignKey("self", models.SET_NULL, null=True, related_name="retries")
    schedule = models.ForeignKey("webnet_core.Schedule", models.SET_NULL, null=True, related_name="jobs")
    due_at = models.DateTimeField(null=True)
    requested_at = models.DateTimeField(default=timezone.now)
    scheduled_for = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    cancel_requested_at = models.DateTimeField(null=True)
    open_shards = models.PositiveIntegerField(default=0)
    event_seq = models.PositiveBigIntegerField(default=0)
    error = models.TextField(blank=True)
    total = models.PositiveIntegerField(default=0)
    ok = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    unreachable = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)
    cancelled = models.PositiveIntegerField(default=0)
    unknown = models.PositiveIntegerField(default=0)

    objects: ClassVar[ScopedManager[Job]] = ScopedManager()

    class Meta:
        ordering = ("-id",)
        # Once a customer, not once a site: whether another customer has used an id is nobody's business.
        constraints = (
            models.UniqueConstraint(fields=("submission_id", "customer"), name="webnet_job_submission"),
            # Two beats at once make one job of a due time; a run asked for by hand has none.
            models.UniqueConstraint(fields=("schedule", "due_at"), name="webnet_job_due_once"),
        )
        indexes = (
            models.Index(fields=("customer", "-id"), name="webnet_job_customer"),
            models.Index(fields=("status",), name="webnet_job_status"),
        )

    def __str__(self) -> str:
        return f"job {self.pk} ({self.type})"

    @property
    def counts(self) -> dict[str, int]:
        """Finished hosts by state."""
        return {name: getattr(self, name) for name in COUNTERS}

    @property
    def progress(self) -> int:
        """Finished hosts in per cent of all, 0 to 100."""
        if self.total:
            return 100 * sum(self.counts.values()) // self.total
        return 100 if JobStatus(self.status).terminal else 0

    @property
    def finished(self) -> bool:
        """Whether the job's state can never change again."""
        return JobStatus(self.status).terminal


class ShardState(models.TextChoices):
    """Where a shard is; the last three never change."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"


class Shard(models.Model):
    """A part of a job that one worker claims and runs."""

    customer_path = "job__customer"

    job = models.ForeignKey(Job, models.CASCADE, related_name="shards")
    number = models.PositiveIntegerField()
    queue = models.CharField(max_length=40, default="default")
    risk = models.CharField(max_length=16, default="read")
    state = models.CharField(max_length=16, choices=ShardState, default=ShardState.QUEUED)
    owner = models.CharField(max_length=120, blank=True)
    attempt = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    not_before = models.DateTimeField(default=timezone.now)
    start_before = models.DateTimeField()
    rung_at = models.DateTimeField(default=timezone.now)
    heartbeat_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("job", "number"), name="webnet_shard_number"),)
        indexes = (models.Index(fields=("state", "queue", "not_before"), name="webnet_shard_claimable"),)

    def __str__(self) -> str:
        return f"shard {self.number} of job {self.job_id}"


class HostResult(models.Model):
    """What became of one device in one job. Text lies in a blob, never here."""

    customer_path = "job__customer"

    job = models.ForeignKey(Job, models.CASCADE, related_name="results")
    shard = models.ForeignKey(Shard, models.CASCADE, related_name="results")
    device = models.ForeignKey("webnet_core.Device", models.SET_NULL, null=True, related_name="results")
    device_name = models.CharField(max_length=255)
    status = models.CharField(max_length=16, choices=_HOST_STATES, default=HostStatus.PENDING.value)
    phase = models.CharField(max_length=16, choices=_PHASES, default=Phase.NONE.value, blank=True)
    facts: models.JSONField[Any, Any] = models.JSONField(default=dict)
    attempts = models.PositiveIntegerField(default=0)
    driver = models.CharField(max_length=60, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    output = models.ForeignKey("webnet_core.Blob", models.PROTECT, null=True, related_name="+")
    data: models.JSONField[Any, Any] = models.JSONField(null=True)
    error_category = models.CharField(max_length=40, blank=True)
    error = models.TextField(blank=True)
    message = models.TextField(blank=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects: ClassVar[ScopedManager[HostResult]] = ScopedManager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("job", "device"), name="webnet_result_once"),)
        indexes = (
            models.Index(fields=("device", "-id"), name="webnet_result_device"),
            models.Index(fields=("shard", "status"), name="webnet_result_shard"),
        )

    def __str__(self) -> str:
        return f"{self.device_name}: {self.status}"


class JobEvent(models.Model):
    """One thing worth telling a watcher, numbered without gaps inside its job."""

    customer_path = "job__customer"

    job = models.ForeignKey(Job, models.CASCADE, related_name="events")
    seq = models.PositiveBigIntegerField()
    ts = models.DateTimeField(default=timezone.now)
    kind = models.CharField(max_length=16, default="log")
    level = models.CharField(max_length=10, default="info")
    device_id = models.BigIntegerField(null=True)
    host = models.CharField(max_length=255, blank=True)
    message = models.TextField(blank=True)
    data: models.JSONField[Any, Any] = models.JSONField(null=True)

    objects: ClassVar[ScopedManager[JobEvent]] = ScopedManager()

    class Meta:
        ordering = ("job", "seq")
        constraints = (models.UniqueConstraint(fields=("job", "seq"), name="webnet_event_seq"),)

    def __str__(self) -> str:
        return f"{self.job_id}#{self.seq} {self.message}"


class Overlap(models.TextChoices):
    """What happens when a schedule is due while a job of its is still open."""

    SKIP = "skip", "Leave this time out"
    QUEUE = "queue", "Run when that one has ended"


class Schedule(models.Model):
    """A task that is submitted again and again, with its owner's rights as they are each time.

    Either `cron`, read in `time_zone`, or `interval` in seconds says when. `next_due` is what a tick claims; it is
    empty while the schedule is paused. `grace` is for how many seconds a due time that was missed may still run.
    """

    customer_path = "customer"

    customer = models.ForeignKey("webnet_core.Customer", models.CASCADE, related_name="schedules")
    name = models.CharField(max_length=120)
    task = models.CharField(max_length=120)
    params = models.JSONField(default=dict, blank=True)
    targets = models.JSONField(default=dict)
    options = models.JSONField(default=dict, blank=True)
    cron = models.CharField(max_length=100, blank=True)
    interval = models.PositiveIntegerField(null=True, blank=True)
    time_zone = models.CharField(max_length=64, default="UTC")
    overlap = models.CharField(max_length=8, choices=Overlap, default=Overlap.SKIP)
    grace = models.PositiveIntegerField(default=3600)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="webnet_schedules"
    )
    paused = models.BooleanField(default=False)
    pause_reason = models.CharField(max_length=300, blank=True)
    next_due = models.DateTimeField(null=True, blank=True, db_index=True)
    last_due = models.DateTimeField(null=True, blank=True)
    last_note = models.CharField(max_length=500, blank=True)
    last_job = models.ForeignKey(Job, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    objects: ClassVar[ScopedManager[Schedule]] = ScopedManager()

    class Meta:
        ordering = ("name",)
        constraints = (models.UniqueConstraint(fields=("customer", "name"), name="webnet_schedule_name"),)

    def __str__(self) -> str:
        return self.name


class Worker(models.Model):
    """A process that claims shards, and when it was last heard of."""

    name = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=20)
    queues = models.JSONField(default=list)
    started_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.name

    @property
    def alive(self) -> bool:
        """Whether it was heard of within the time after which a worker counts as dead."""
        return self.seen_at > timezone.now() - timedelta(seconds=webnet_settings.CORE.SILENT_AFTER_SECONDS)


class SingletonLease(models.Model):
    """The right to be the only one of a kind, as the embedded worker of a site."""

    name = models.CharField(max_length=60, primary_key=True)
    owner = models.CharField(max_length=120)
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name}: {self.owner}"


class IdempotencyRecord(models.Model):
    """The answer to a request that carried an `Idempotency-Key`, kept so that repeating it does nothing twice."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    body: models.JSONField[Any, Any] = models.JSONField(null=True)
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("user", "key"), name="webnet_idempotency_once"),)

    def __str__(self) -> str:
        return f"{self.key} of {self.user_id}"
