"""Bodies and answers of the catalogue of tasks, plans and submissions."""

from __future__ import annotations

from rest_framework import serializers

from webnet_core.api.fields import Answer, Body, Id, JSONObject, Moment, OptionsObject, Query, TaskName, Text, Timestamp
from webnet_core.api.shapes.jobs import STATES, CountsAnswer, HostAnswer, JobStateAnswer


class TaskQuery(Query):
    """Which tasks to list."""

    category = serializers.CharField(max_length=60, required=False)


class TaskAnswer(Answer):
    """A task that can run; `parameters` is a JSON Schema."""

    name = serializers.CharField()
    title = serializers.CharField()
    description = serializers.CharField()
    category = serializers.CharField()
    scope = serializers.ChoiceField(choices=["host", "job"])
    risk = serializers.ChoiceField(choices=["read", "change", "disrupt"])
    needs = serializers.ListField(child=serializers.CharField())
    deadline = serializers.IntegerField(help_text="Seconds per host.")
    permission = serializers.CharField()
    parameters = JSONObject()


class TasksAnswer(Answer):
    """The tasks the caller may run."""

    count = serializers.IntegerField()
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = TaskAnswer(many=True)


class PlanBody(Body):
    """What to plan: a task over targets."""

    task = TaskName(max_length=120)
    targets = JSONObject(
        help_text='{"device_ids": [1, 2]}, filters (site, role, platform, vendor, hostname), {"selection": uuid} or '
        '{"all": true}.'
    )
    params = JSONObject(required=False)
    options = OptionsObject(required=False)
    customer_id = Id(required=False)


class ExecuteBody(PlanBody):
    """What to run. Targets may be left out where a plan's token says which."""

    targets = JSONObject(required=False, help_text="As for a plan.")
    token = Text(max_length=200_000, required=False, help_text="From a plan; needed for tasks that change devices.")
    submission_id = serializers.UUIDField(required=False, help_text="The same id again returns the first job.")
    execute_at = Moment(required=False, help_text="Run not before this time; the job waits as `scheduled`.")


class PlanRowAnswer(Answer):
    """What the run would do with one device."""

    device_id = serializers.IntegerField()
    hostname = serializers.CharField()
    driver = serializers.CharField(allow_null=True)
    reason = serializers.CharField()
    fallbacks = serializers.ListField(child=serializers.CharField())
    warnings = serializers.ListField(child=serializers.CharField())
    excluded = serializers.CharField(help_text="Why the device is left out; empty where it is not.")


class PlanAnswer(Answer):
    """What a run would do, and the token that starts exactly this run."""

    task = serializers.CharField()
    risk = serializers.ChoiceField(choices=["read", "change", "disrupt"])
    customer_id = serializers.IntegerField()
    rows = PlanRowAnswer(many=True)
    params = JSONObject()
    options = JSONObject()
    token = serializers.CharField()
    expires_at = Timestamp()


class StatusAnswer(JobStateAnswer):
    """How far a job is, host by host."""

    id = serializers.IntegerField()
    task = serializers.CharField()
    state = serializers.ChoiceField(choices=STATES)
    scheduled_for = Timestamp(allow_null=True)
    progress = serializers.IntegerField(help_text="Finished hosts in per cent.")
    total = serializers.IntegerField()
    counts = CountsAnswer()
    error = serializers.CharField()
    hosts = HostAnswer(many=True)
