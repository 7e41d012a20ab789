"""Answers about the site itself: its plugins and workers."""

from __future__ import annotations

from typing import Any, ClassVar

from rest_framework import serializers

from webnet_core.api.fields import Answer, JSONObject, RowAnswer
from webnet_core.jobs.models import Worker


class PluginAnswer(Answer):
    """A plugin, what it implements and registers, and how often it failed in this process."""

    name = serializers.CharField()
    state = serializers.CharField()
    module = serializers.CharField()
    door = serializers.CharField(help_text="How it was found: app, entry point, …")
    distribution = serializers.CharField()
    version = serializers.CharField()
    hooks = serializers.ListField(child=serializers.CharField())
    items = serializers.DictField(child=serializers.ListField(child=serializers.CharField()))
    failures = serializers.IntegerField()
    error = serializers.CharField()


class PluginsAnswer(Answer):
    """All plugins."""

    count = serializers.IntegerField()
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = PluginAnswer(many=True)


class WorkerAnswer(RowAnswer):
    """A process that runs jobs, and when it was last heard of."""

    queues = serializers.ListField(child=serializers.CharField(), read_only=True)
    alive = serializers.SerializerMethodField()

    class Meta:
        model = Worker
        fields: ClassVar[Any] = ("id", "name", "kind", "queues", "started_at", "seen_at", "alive")
        read_only_fields = fields

    def get_alive(self, row: Worker) -> bool:
        """Say whether it was heard of lately."""
        return row.alive


class CheckAnswer(Answer):
    """What one health check found."""

    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field, not the serializer's label
    ok = serializers.BooleanField()
    needed = serializers.BooleanField(help_text="Whether the site is not ready without it.")
    message = serializers.CharField(allow_blank=True)
    facts = JSONObject()
    meaning = serializers.CharField(allow_blank=True, help_text="What does not work without it.")
    fix = serializers.CharField(allow_blank=True, help_text="What to do then.")


class HealthAnswer(Answer):
    """What all health checks found."""

    ready = serializers.BooleanField()
    checks = CheckAnswer(many=True)
