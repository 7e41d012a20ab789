"""Filters and answers of results across jobs."""

from __future__ import annotations

from typing import Any, ClassVar

from rest_framework import serializers

from webnet_core.api.fields import MAX_ID, Answer, Query, Timestamp
from webnet_core.api.pagination import DEFAULT_LIMIT, MAX_LIMIT
from webnet_core.api.shapes.jobs import ResultAnswer, choices_of
from webnet_core.plugins.items import ErrorCategory, HostStatus


class ResultFilters(Query):
    """Which results; every filter given must fit."""

    job_id = serializers.IntegerField(min_value=1, max_value=MAX_ID, required=False)
    device_id = serializers.IntegerField(min_value=1, max_value=MAX_ID, required=False)
    task = serializers.CharField(max_length=120, required=False, help_text="The name of the task.")
    hostname = serializers.CharField(max_length=255, required=False, help_text="Part of the device's name.")
    status = serializers.ChoiceField(choices=choices_of(HostStatus), required=False)
    error_category = serializers.ChoiceField(choices=choices_of(ErrorCategory), required=False)
    since = serializers.DateTimeField(
        required=False, input_formats=["iso-8601"], help_text="Ended at this moment or later, as ISO 8601."
    )
    until = serializers.DateTimeField(
        required=False, input_formats=["iso-8601"], help_text="Ended before this moment, as ISO 8601."
    )


class FoundQuery(ResultFilters):
    """Which results, and how many of them."""

    after = serializers.IntegerField(
        min_value=0, max_value=MAX_ID, required=False, help_text="Id of the last result already read."
    )
    limit = serializers.IntegerField(min_value=1, max_value=MAX_LIMIT, default=DEFAULT_LIMIT)


class ResultExportQuery(ResultFilters):
    """Which results, and as what."""

    format = serializers.ChoiceField(choices=["json", "csv", "xlsx"], default="json")


class FoundAnswer(ResultAnswer):
    """What one host answered, with the job it was asked in."""

    job_id = serializers.IntegerField(read_only=True)
    customer_id = serializers.IntegerField(source="job.customer_id", read_only=True)
    task = serializers.CharField(source="job.type", read_only=True)

    class Meta(ResultAnswer.Meta):
        fields: ClassVar[Any] = (*ResultAnswer.Meta.fields, "job_id", "customer_id", "task")
        read_only_fields = fields


class FoundListAnswer(Answer):
    """A part of the results; `count` is not counted."""

    count = serializers.IntegerField(allow_null=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = FoundAnswer(many=True)


class ExportedAnswer(Answer):
    """A result as an export has it."""

    id = serializers.IntegerField()
    job_id = serializers.IntegerField()
    task = serializers.CharField()
    device_id = serializers.IntegerField(allow_null=True)
    hostname = serializers.CharField()
    status = serializers.ChoiceField(choices=choices_of(HostStatus))
    error_category = serializers.ChoiceField(choices=choices_of(ErrorCategory), allow_blank=True)
    error = serializers.CharField()
    message = serializers.CharField()
    driver = serializers.CharField()
    attempts = serializers.IntegerField()
    started_at = Timestamp(allow_null=True)
    finished_at = Timestamp(allow_null=True)
    data = serializers.JSONField(allow_null=True)  # type: ignore[assignment]  # a column, not the serializer's data
