"""Tasks over REST: the catalogue, plans, submissions and how far they are."""

from __future__ import annotations

from typing import Any, ClassVar

from django.urls import reverse
from rest_framework.request import Request
from rest_framework.response import Response

from webnet_core.access.scope import can
from webnet_core.access.throttles import Use
from webnet_core.api.fields import Query
from webnet_core.api.idempotency import idempotent
from webnet_core.api.schema import answers
from webnet_core.api.shapes.jobs import HostAnswer, SubmittedAnswer, state_of
from webnet_core.api.shapes.tasks import (
    ExecuteBody,
    PlanAnswer,
    PlanBody,
    StatusAnswer,
    TaskAnswer,
    TaskQuery,
    TasksAnswer,
)
from webnet_core.api.views import WebnetAPIView
from webnet_core.exceptions import NotFound
from webnet_core.jobs.catalogue import describe, permission_of, tasks_for
from webnet_core.jobs.models import HostResult, Job
from webnet_core.jobs.plan import RunPlan, plan
from webnet_core.jobs.submit import submit
from webnet_core.plugins.registry import registry


class TaskListView(WebnetAPIView):
    """The catalogue."""

    actions: ClassVar[dict[str, str]] = {"get": "view"}
    queries: ClassVar[dict[str, type[Query]]] = {"get": TaskQuery}

    @answers(200, TasksAnswer, operation_id="tasks_list")
    def get(self, request: Request) -> Response:
        """List the tasks you may run, with their parameters as JSON Schema."""
        category = self.query.get("category")
        found = [describe(spec) for spec in tasks_for(request.user) if category in {None, spec.category}]
        return Response({"count": len(found), "next": None, "previous": None, "results": found})


class TaskView(WebnetAPIView):
    """One task of the catalogue."""

    actions: ClassVar[dict[str, str]] = {"get": "view"}

    @answers(200, TaskAnswer, operation_id="tasks_retrieve")
    def get(self, request: Request, name: str) -> Response:
        """Show one task you may run."""
        tasks = registry("tasks")
        if name not in tasks or not can(request.user, permission_of(tasks[name])):
            raise NotFound("There is no such task among those you may run.")
        return Response(describe(tasks[name]))


class PlanView(WebnetAPIView):
    """What a run would do."""

    actions: ClassVar[dict[str, str]] = {"post": "view"}
    costs: ClassVar[dict[str, Use]] = {"post": "RUNS"}

    @answers(200, PlanAnswer, body=PlanBody, operation_id="tasks_plan")
    def post(self, request: Request) -> Response:
        """Say which driver each device would get and why; nothing is stored or contacted."""
        given = self.body(PlanBody)
        given["customer_id"] = self.named_customer(given.get("customer_id"))
        return Response(self.shown(PlanAnswer, plan_answer(plan(request.user, **given))))


class ExecuteView(WebnetAPIView):
    """Running a task."""

    actions: ClassVar[dict[str, str]] = {"post": "view"}
    costs: ClassVar[dict[str, Use]] = {"post": "RUNS"}

    @idempotent
    @answers(202, SubmittedAnswer, body=ExecuteBody, operation_id="tasks_execute")
    def post(self, request: Request) -> Response:
        """Accept a job, to run at once or at `execute_at`; watch it at `status_url`."""
        given = self.body(ExecuteBody)
        given["customer_id"] = self.named_customer(given.get("customer_id"))
        job = submit(request.user, source="api", **given)
        return Response(submitted_answer(job), status=202)


class StatusView(WebnetAPIView):
    """How far a job is."""

    actions: ClassVar[dict[str, str]] = {"get": "view"}

    @answers(200, StatusAnswer, operation_id="tasks_status")
    def get(self, request: Request, pk: int) -> Response:
        """Show the job's state and each of its hosts."""
        job = self.one(self.rows(Job), pk)
        hosts = HostResult.objects.filter(job=job).defer("data", "facts").order_by("device_name", "pk")
        return Response(
            {
                "job_id": job.pk,
                "id": job.pk,
                "task": job.type,
                "status": job.status,
                "state": state_of(job),
                "scheduled_for": job.scheduled_for,
                "progress": job.progress,
                "total": job.total,
                "counts": job.counts,
                "error": job.error,
                "hosts": self.shown(HostAnswer, hosts, many=True),
            }
        )


def submitted_answer(job: Job) -> dict[str, Any]:
    """Return what an accepted job answers, for every route that submits one."""
    return {
        "job_id": job.pk,
        "id": job.pk,
        "status": job.status,
        "state": state_of(job),
        "scheduled_for": job.scheduled_for,
        "total": job.total,
        "status_url": reverse("webnet:api-task-status", args=[job.pk]),
        "job_url": reverse("webnet:api-jobs-detail", args=[job.pk]),
    }


def plan_answer(made: RunPlan) -> dict[str, Any]:
    """Return a plan with its devices' names in its rows."""
    rows = [
        {
            "device_id": row.device_id,
            "hostname": made.hostnames.get(row.device_id, ""),
            "driver": row.driver,
            "reason": row.reason,
            "fallbacks": list(row.fallbacks),
            "warnings": list(row.warnings),
            "excluded": row.excluded,
        }
        for row in made.rows
    ]
    return {
        "task": made.task,
        "risk": made.risk,
        "customer_id": made.customer_id,
        "rows": rows,
        "params": made.params,
        "options": made.options,
        "token": made.token,
        "expires_at": made.expires_at,
    }
