"""Filters and answers of jobs."""

from __future__ import annotations

from typing import Any, ClassVar

from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from webnet_core.api.fields import MAX_ID, Answer, JSONObject, PageQuery, Query, RowAnswer, Timestamp
from webnet_core.jobs.models import HostResult, Job, JobEvent
from webnet_core.jobs.outputs import mask_params, read_data
from webnet_core.plugins.items import ErrorCategory, HostStatus, JobStatus, Phase

STATES = ("pending", "running", "completed", "failed")
LEVELS = {"debug": "DEBUG", "info": "INFO", "warning": "WARN", "error": "ERROR"}
_MAX_ROWS = 1000
_STATE = {
    JobStatus.SCHEDULED: "pending",
    JobStatus.QUEUED: "pending",
    JobStatus.RUNNING: "running",
    JobStatus.SUCCESS: "completed",
    JobStatus.PARTIAL: "completed",
}


def choices_of(kind: Any) -> list[tuple[str, str]]:
    """Return an enumeration's values as a serializer takes them."""
    return [(item.value, item.value) for item in kind]


def state_of(job: Job) -> str:
    """Return a job's state for simple clients: pending, running, completed or failed."""
    return _STATE.get(JobStatus(job.status), "failed")


class JobQuery(PageQuery):
    """Which jobs to list."""

    ordered: ClassVar[dict[str, str]] = {"id": "pk"}

    type = serializers.CharField(max_length=120, required=False, help_text="The name of the task.")
    status = serializers.ChoiceField(choices=choices_of(JobStatus), required=False)
    schedule = serializers.IntegerField(
        min_value=1, max_value=MAX_ID, required=False, help_text="The id of the schedule that made it."
    )


class AdminJobQuery(JobQuery):
    """Which jobs of whom to list."""

    customer_id = serializers.IntegerField(min_value=1, max_value=MAX_ID, required=False)
    user_id = serializers.CharField(max_length=36, required=False, help_text="The id of who asked for the job.")


class AfterQuery(Query):
    """Where to read on, and how much."""

    after = serializers.IntegerField(min_value=0, max_value=2**62, default=0, help_text="Last position already read.")
    limit = serializers.IntegerField(min_value=1, max_value=_MAX_ROWS, default=200)


class LogQuery(AfterQuery):
    """Which part of the log."""

    level = serializers.ChoiceField(
        choices=[*LEVELS.values()], required=False, help_text="This level and those above it."
    )

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """Take the level in any case, and WARNING for WARN."""
        given = dict(data)
        if level := given.get("level"):
            given["level"] = LEVELS.get(str(level).lower(), str(level).upper())
        return super().to_internal_value(given)


class ResultQuery(AfterQuery):
    """Which hosts' results."""

    status = serializers.ChoiceField(choices=choices_of(HostStatus), required=False)
    limit = serializers.IntegerField(min_value=1, max_value=_MAX_ROWS, default=_MAX_ROWS)


class CountsAnswer(Answer):
    """Finished hosts by state."""

    ok = serializers.IntegerField()
    changed = serializers.IntegerField()
    failed = serializers.IntegerField()
    unreachable = serializers.IntegerField()
    skipped = serializers.IntegerField()
    cancelled = serializers.IntegerField()
    unknown = serializers.IntegerField()


class JobRowAnswer(RowAnswer):
    """A job in a list."""

    customer_id = serializers.IntegerField(read_only=True)
    status = serializers.ChoiceField(choices=choices_of(JobStatus), read_only=True)
    state = serializers.SerializerMethodField()
    risk = serializers.ChoiceField(choices=["read", "change", "disrupt"], read_only=True)
    user_id = serializers.SerializerMethodField()
    user = serializers.SerializerMethodField()
    counts = CountsAnswer(read_only=True)
    progress = serializers.IntegerField(read_only=True)
    target_summary_json = serializers.SerializerMethodField()
    payload_json = serializers.SerializerMethodField()
    result_summary_json = serializers.SerializerMethodField()
    retry_of = serializers.IntegerField(source="retry_of_id", read_only=True, allow_null=True)
    submission_id = serializers.UUIDField(read_only=True, allow_null=True)
    schedule_id = serializers.IntegerField(read_only=True, allow_null=True)

    class Meta:
        model = Job
        fields: ClassVar[Any] = (
            "id",
            "customer_id",
            "type",
            "risk",
            "status",
            "state",
            "progress",
            "total",
            "counts",
            "user_id",
            "user",
            "source",
            "target_summary_json",
            "payload_json",
            "result_summary_json",
            "error",
            "retry_of",
            "submission_id",
            "schedule_id",
            "due_at",
            "requested_at",
            "scheduled_for",
            "started_at",
            "finished_at",
            "cancel_requested_at",
        )
        read_only_fields = fields

    @extend_schema_field(serializers.ChoiceField(choices=STATES))
    def get_state(self, job: Job) -> str:
        """Return the state for simple clients."""
        return state_of(job)

    @extend_schema_field({"oneOf": [{"type": "integer", "format": "int64"}, {"type": "string"}], "nullable": True})
    def get_user_id(self, job: Job) -> int | str | None:
        """Return the id of who asked for it; a text where the site's user model has no numbers."""
        found: Any = job.user_id
        return found if found is None or isinstance(found, int) else str(found)

    def get_user(self, job: Job) -> str:
        """Return who asked for it."""
        return job.user.get_username() if job.user is not None else ""

    @extend_schema_field(JSONObject())
    def get_target_summary_json(self, job: Job) -> dict[str, Any]:
        """Return how many devices it is about."""
        return {"total": job.total}

    @extend_schema_field(JSONObject())
    def get_payload_json(self, job: Job) -> dict[str, Any]:
        """Return the parameters, secrets masked."""
        masked: dict[str, Any] = mask_params(job.params)
        return masked

    @extend_schema_field(JSONObject())
    def get_result_summary_json(self, job: Job) -> dict[str, Any]:
        """Return the counts."""
        return {"total": job.total, **job.counts}


class JobAnswer(JobRowAnswer):
    """One job, with the devices it is about and its options."""

    options = JSONObject(read_only=True)

    class Meta(JobRowAnswer.Meta):
        fields: ClassVar[Any] = (*JobRowAnswer.Meta.fields, "options")
        read_only_fields = fields

    @extend_schema_field(JSONObject())
    def get_target_summary_json(self, job: Job) -> dict[str, Any]:
        """Return the frozen devices."""
        return {"total": job.total, **job.targets}


class JobStateAnswer(Answer):
    """What an act on a job answers."""

    job_id = serializers.IntegerField()
    status = serializers.ChoiceField(choices=choices_of(JobStatus))


class SubmittedAnswer(JobStateAnswer):
    """A job that was accepted."""

    id = serializers.IntegerField()
    state = serializers.ChoiceField(choices=STATES)
    scheduled_for = Timestamp(allow_null=True)
    total = serializers.IntegerField()
    status_url = serializers.CharField()
    job_url = serializers.CharField()


class LogRowAnswer(Answer):
    """A line of a job's log."""

    id = serializers.IntegerField(source="pk")
    seq = serializers.IntegerField()
    job_id = serializers.IntegerField()
    ts = Timestamp()
    level = serializers.SerializerMethodField()
    host = serializers.CharField()
    device_id = serializers.IntegerField(allow_null=True)
    message = serializers.CharField()
    extra_json = serializers.JSONField(source="data", allow_null=True)

    @extend_schema_field(serializers.ChoiceField(choices=[*LEVELS.values()]))
    def get_level(self, row: JobEvent) -> str:
        """Return the level as older clients read it."""
        return LEVELS.get(row.level, "INFO")


class LogAnswer(Answer):
    """A part of a job's log; `count` is not counted."""

    count = serializers.IntegerField(allow_null=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = LogRowAnswer(many=True)


class EventAnswer(Answer):
    """A numbered event as sockets send it."""

    seq = serializers.IntegerField()
    ts = Timestamp()
    kind = serializers.CharField()
    level = serializers.ChoiceField(choices=[*LEVELS])
    host = serializers.CharField()
    device_id = serializers.IntegerField(allow_null=True)
    message = serializers.CharField()
    data = serializers.JSONField(allow_null=True)  # type: ignore[assignment]  # a column, not the serializer's data


class EventsAnswer(Answer):
    """Events after a position; `finished` says that none will follow."""

    first = serializers.IntegerField(allow_null=True)
    last = serializers.IntegerField()
    events = EventAnswer(many=True)
    finished = serializers.BooleanField()


class HostAnswer(RowAnswer):
    """Where one host of a job stands."""

    device = serializers.IntegerField(source="device_id", read_only=True, allow_null=True)
    device_id = serializers.IntegerField(read_only=True, allow_null=True)
    name = serializers.CharField(source="device_name", read_only=True)
    status = serializers.ChoiceField(choices=choices_of(HostStatus), read_only=True)
    phase = serializers.ChoiceField(choices=choices_of(Phase), read_only=True, allow_blank=True)
    error_category = serializers.ChoiceField(choices=choices_of(ErrorCategory), read_only=True, allow_blank=True)

    class Meta:
        model = HostResult
        fields: ClassVar[Any] = (
            "id",
            "device",
            "device_id",
            "name",
            "status",
            "phase",
            "driver",
            "reason",
            "attempts",
            "error_category",
            "error",
            "message",
            "started_at",
            "finished_at",
        )
        read_only_fields = fields


class ResultAnswer(HostAnswer):
    """What one host answered, in parts; its text is fetched by itself."""

    hostname = serializers.CharField(source="device_name", read_only=True)
    data = serializers.SerializerMethodField()  # type: ignore[assignment]  # a column, not the serializer's data
    has_output = serializers.SerializerMethodField()
    output_url = serializers.SerializerMethodField()

    class Meta(HostAnswer.Meta):
        fields: ClassVar[Any] = (*HostAnswer.Meta.fields, "hostname", "data", "has_output", "output_url")
        read_only_fields = fields

    @extend_schema_field(serializers.JSONField(allow_null=True))
    def get_data(self, row: HostResult) -> Any:
        """Return the structured answer, secrets masked where the user may not see them."""
        return read_data(self.context["request"].user, row)

    def get_has_output(self, row: HostResult) -> bool:
        """Say whether there is a text."""
        return row.output_id is not None

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_output_url(self, row: HostResult) -> str | None:
        """Return where the text is."""
        if row.device_id is None:
            return None
        return reverse("webnet:api-job-result", args=[row.job_id, row.device_id])


class OutputAnswer(ResultAnswer):
    """What one host answered, with its text."""

    output = serializers.CharField(read_only=True)

    class Meta(ResultAnswer.Meta):
        fields: ClassVar[Any] = (*ResultAnswer.Meta.fields, "output")
        read_only_fields = fields


class ResultsAnswer(JobStateAnswer):
    """The results of a job's hosts; read on at `next`."""

    next = serializers.CharField(allow_null=True)
    results = ResultAnswer(many=True)
