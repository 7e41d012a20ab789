"""Bodies, filters and answers of schedules."""

from __future__ import annotations

from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from webnet_core.api.fields import (
    Answer,
    Body,
    Id,
    JSONObject,
    OptionsObject,
    PageQuery,
    RowAnswer,
    TaskName,
    Text,
    Timestamp,
    Whole,
)
from webnet_core.exceptions import InvalidInput
from webnet_core.jobs.models import Overlap, Schedule
from webnet_core.jobs.outputs import mask_params
from webnet_core.jobs.recurrence import LONGEST_CRON, LONGEST_INTERVAL, SHORTEST_INTERVAL
from webnet_core.jobs.schedules import (
    LONGEST_GRACE,
    MOST_PREVIEWED,
    SHORTEST_GRACE,
    Preview,
    count_devices,
    preview_of,
    recurrence_of,
)
from webnet_core.moments import utc_now


class ScheduleQuery(PageQuery):
    """Which schedules to list; every filter given must fit."""

    ordered: ClassVar[dict[str, str]] = {"name": "name", "id": "pk", "next_due": "next_due"}

    task = serializers.CharField(max_length=120, required=False)
    paused = serializers.BooleanField(required=False, allow_null=True, default=None)
    owner = serializers.CharField(max_length=150, required=False, help_text="The name of an account.")
    search = serializers.CharField(max_length=120, required=False, help_text="Part of the name.")


class PreviewBody(Body):
    """Times to preview: a cron expression in a time zone, or an interval."""

    cron = Text(
        max_length=LONGEST_CRON,
        allow_blank=True,
        required=False,
        help_text="Minute, hour, day of the month, month, day of the week: `30 2 * * 1-5`.",
    )
    interval = Whole(
        min_value=SHORTEST_INTERVAL,
        max_value=LONGEST_INTERVAL,
        allow_null=True,
        required=False,
        help_text="Seconds, in place of `cron`.",
    )
    time_zone = Text(max_length=64, required=False, help_text="In which `cron` is read; UTC where left out.")
    count = Whole(min_value=1, max_value=MOST_PREVIEWED, required=False, help_text="How many times to show; 5.")


class ScheduleUpdateBody(Body):
    """What of a schedule to change; what is left out stays."""

    name = Text(max_length=120)
    task = TaskName(max_length=120, help_text="A task that reads.")
    targets = JSONObject(help_text="As for a plan; kept as it is and looked up each time.")
    params = JSONObject(required=False)
    options = OptionsObject(required=False)
    cron = Text(max_length=LONGEST_CRON, allow_blank=True, required=False, help_text="As for a preview.")
    interval = Whole(
        min_value=SHORTEST_INTERVAL,
        max_value=LONGEST_INTERVAL,
        allow_null=True,
        required=False,
        help_text="Seconds, in place of `cron`.",
    )
    time_zone = Text(max_length=64, required=False)
    overlap = serializers.ChoiceField(
        choices=Overlap.choices, required=False, help_text="What a due time does while an earlier job is open."
    )
    grace = Whole(
        min_value=SHORTEST_GRACE,
        max_value=LONGEST_GRACE,
        required=False,
        help_text="For how many seconds a missed due time may still run.",
    )


class ScheduleBody(ScheduleUpdateBody):
    """A schedule to make."""

    customer_id = Id(required=False)


class PauseBody(Body):
    """Why a schedule is paused."""

    reason = Text(max_length=300, required=False)


class RunAnswer(Answer):
    """A time at which a schedule runs."""

    at = Timestamp()
    local = serializers.CharField(help_text="On the clock of the schedule's zone, with its offset.")


class PreviewAnswer(Answer):
    """When a schedule runs."""

    description = serializers.CharField()
    time_zone = serializers.CharField()
    runs = RunAnswer(many=True)


class ScheduleAnswer(RowAnswer):
    """A schedule in a list."""

    customer_id = serializers.IntegerField(read_only=True)
    params = serializers.SerializerMethodField()
    targets = JSONObject(read_only=True)
    options = JSONObject(read_only=True)
    overlap = serializers.ChoiceField(choices=Overlap.choices, read_only=True)
    description = serializers.SerializerMethodField()
    owner = serializers.SerializerMethodField()
    last_job = serializers.IntegerField(source="last_job_id", read_only=True, allow_null=True)

    class Meta:
        model = Schedule
        fields: ClassVar[Any] = (
            "id",
            "customer_id",
            "name",
            "task",
            "params",
            "targets",
            "options",
            "cron",
            "interval",
            "time_zone",
            "description",
            "overlap",
            "grace",
            "owner",
            "paused",
            "pause_reason",
            "next_due",
            "last_due",
            "last_note",
            "last_job",
            "created_at",
            "updated_at",
        )
        read_only_fields = fields

    @extend_schema_field(JSONObject())
    def get_params(self, row: Schedule) -> dict[str, Any]:
        """Return the parameters, secrets masked."""
        masked: dict[str, Any] = mask_params(row.params)
        return masked

    def get_description(self, row: Schedule) -> str:
        """Return in plain words when it runs."""
        try:
            return recurrence_of(row, utc_now()).describe()
        except InvalidInput as error:
            return error.message

    def get_owner(self, row: Schedule) -> str:
        """Return whose rights it runs with."""
        return row.owner.get_username() if row.owner is not None else ""


class ScheduleDetailAnswer(ScheduleAnswer):
    """One schedule, with its next times and how many devices it would reach now."""

    runs = serializers.SerializerMethodField()
    devices = serializers.SerializerMethodField()

    class Meta(ScheduleAnswer.Meta):
        fields: ClassVar[Any] = (*ScheduleAnswer.Meta.fields, "runs", "devices")
        read_only_fields = fields

    @extend_schema_field(RunAnswer(many=True))
    def get_runs(self, row: Schedule) -> Any:
        """Return the next times; none where it is paused."""
        try:
            return runs_answer(preview_of(row))
        except InvalidInput:
            return []

    def get_devices(self, row: Schedule) -> int:
        """Return how many enabled devices its targets match now."""
        return count_devices(self.context["request"].user, row)


def runs_answer(shown: Preview) -> list[dict[str, Any]]:
    """Return the times of a preview as they are answered."""
    zone = ZoneInfo(shown.time_zone)
    runs = [{"at": due, "local": due.astimezone(zone).isoformat(timespec="minutes")} for due in shown.runs]
    return [dict(run) for run in RunAnswer(runs, many=True).data]
