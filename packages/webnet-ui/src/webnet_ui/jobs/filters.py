"""What the list of jobs can be narrowed by."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms

from webnet_core.jobs.models import Job, Schedule
from webnet_core.plugins.items import JobStatus
from webnet_ui.statuses import look_of


class JobFilter(django_filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    """Jobs by state, task and the schedule that made them."""

    status = django_filters.ChoiceFilter(
        choices=[(state.value, look_of(state).word) for state in JobStatus],
        empty_label="Any status",
        widget=forms.Select(attrs={"class": "wn-select", "aria-label": "Status", "id": "wn-filter-status"}),
    )
    type = django_filters.ChoiceFilter(
        empty_label="Any task",
        label="Task",
        widget=forms.Select(attrs={"class": "wn-select", "aria-label": "Task", "id": "wn-filter-type"}),
    )
    schedule = django_filters.ChoiceFilter(
        empty_label="Any schedule",
        label="Schedule",
        widget=forms.Select(attrs={"class": "wn-select", "aria-label": "Schedule", "id": "wn-filter-schedule"}),
    )

    class Meta:
        model = Job
        fields = ("status", "type", "schedule")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        used = self.queryset.order_by("type").values_list("type", flat=True).distinct()
        self.filters["type"].extra["choices"] = [(name, name) for name in used]
        schedules = Schedule.objects.for_user(self.request.user).order_by("name", "pk").values_list("pk", "name")
        self.filters["schedule"].extra["choices"] = list(schedules)
        self.some_schedules = bool(self.filters["schedule"].extra["choices"])
