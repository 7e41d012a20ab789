"""Jobs over REST: what they are, what they say, what came of them, and ending or repeating them."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from webnet_core.access.throttles import Use
from webnet_core.api.fields import Query
from webnet_core.api.idempotency import idempotent
from webnet_core.api.pagination import cursor_body
from webnet_core.api.schema import answers
from webnet_core.api.shapes.jobs import (
    LEVELS,
    AfterQuery,
    EventsAnswer,
    JobAnswer,
    JobQuery,
    JobRowAnswer,
    JobStateAnswer,
    LogAnswer,
    LogQuery,
    LogRowAnswer,
    OutputAnswer,
    ResultAnswer,
    ResultQuery,
    ResultsAnswer,
)
from webnet_core.api.views import WebnetAPIView, WebnetViewSet
from webnet_core.inventory.models import Device
from webnet_core.jobs.cancel import cancel
from webnet_core.jobs.models import HostResult, Job, JobEvent
from webnet_core.jobs.outputs import read_output
from webnet_core.jobs.retry import retry_failed
from webnet_core.jobs.timeline import read_after


class JobViews(WebnetViewSet):
    """Jobs."""

    actions: ClassVar[dict[str, str]] = {"list": "view", "retrieve": "view"}
    queries: ClassVar[dict[str, type[Query]]] = {"list": JobQuery}

    @answers(200, JobRowAnswer(many=True))
    def list(self, request: Request) -> Response:
        """List the jobs you see, the newest first."""
        return self.page(filtered(self.rows(Job), self.query), JobRowAnswer)

    @answers(200, JobAnswer)
    def retrieve(self, request: Request, pk: int) -> Response:
        """Show one job."""
        return Response(self.shown(JobAnswer, self.one(self.rows(Job).select_related("user"), pk)))


class DeviceJobViews(WebnetViewSet):
    """The jobs that were about one device."""

    actions: ClassVar[dict[str, str]] = {"list": "view"}
    queries: ClassVar[dict[str, type[Query]]] = {"list": JobQuery}

    @answers(200, JobRowAnswer(many=True), operation_id="devices_jobs_list")
    def list(self, request: Request, pk: int) -> Response:
        """List the jobs about a device, the newest first."""
        device = self.one(self.rows(Device), pk)
        rows = filtered(self.rows(Job), self.query)
        return self.page(rows.filter(pk__in=device.results.values("job_id")), JobRowAnswer)


class JobLogView(WebnetAPIView):
    """A job's log."""

    actions: ClassVar[dict[str, str]] = {"get": "view"}
    queries: ClassVar[dict[str, type[Query]]] = {"get": LogQuery}

    @answers(200, LogAnswer, operation_id="jobs_logs")
    def get(self, request: Request, pk: int) -> Response:
        """Read the log on from a position."""
        return log_answer(self, self.one(self.rows(Job), pk))


class JobEventsView(WebnetAPIView):
    """A job's events as its sockets send them, for clients without sockets."""

    actions: ClassVar[dict[str, str]] = {"get": "view"}
    queries: ClassVar[dict[str, type[Query]]] = {"get": AfterQuery}

    @answers(200, EventsAnswer, operation_id="jobs_events")
    def get(self, request: Request, pk: int) -> Response:
        """Read the events after a position."""
        job = self.one(self.rows(Job), pk)
        events, last, finished = read_after(job.pk, self.query["after"], self.query["limit"])
        first = events[0]["seq"] if events else None
        return Response({"first": first, "last": last, "events": events, "finished": finished})


class JobResultsView(WebnetAPIView):
    """What a job's hosts answered."""

    actions: ClassVar[dict[str, str]] = {"get": "view"}
    queries: ClassVar[dict[str, type[Query]]] = {"get": ResultQuery}

    @answers(200, ResultsAnswer, operation_id="jobs_results")
    def get(self, request: Request, pk: int) -> Response:
        """Read the results on from a position."""
        job = self.one(self.rows(Job), pk)
        limit = self.query["limit"]
        rows = results_of(job).filter(pk__gt=self.query["after"]).order_by("pk")
        if status := self.query.get("status"):
            rows = rows.filter(status=status)
        found = list(rows[: limit + 1])
        last = found[limit - 1].pk if len(found) > limit else None
        body = cursor_body(
            request, self.shown(ResultAnswer, found[:limit], many=True), last=last, more=last is not None
        )
        return Response({"job_id": job.pk, "status": job.status, "next": body["next"], "results": body["results"]})


class JobResultView(WebnetAPIView):
    """What one host answered."""

    actions: ClassVar[dict[str, str]] = {"get": "view"}

    @answers(200, OutputAnswer, operation_id="jobs_result")
    def get(self, request: Request, pk: int, device_id: int) -> Response:
        """Show one host's result with its text; secrets are masked where you may not see them."""
        job = self.one(self.rows(Job), pk)
        rows = self.rows(HostResult).select_related("job", "device", "output")
        row = self.one(rows, job=job, device_id=device_id)
        return Response({**self.shown(ResultAnswer, row), "output": read_output(request.user, row)})


class JobCancelView(WebnetAPIView):
    """Ending a job."""

    actions: ClassVar[dict[str, str]] = {"post": "jobs.cancel"}

    @answers(200, JobStateAnswer, operation_id="jobs_cancel")
    def post(self, request: Request, pk: int) -> Response:
        """Ask that the job end; no host that has not begun will be contacted."""
        self.no_body()
        job = cancel(request.user, self.one(self.rows(Job), pk))
        return Response({"job_id": job.pk, "status": job.status})


class JobRetryView(WebnetAPIView):
    """Repeating a job."""

    actions: ClassVar[dict[str, str]] = {"post": "jobs.run"}
    costs: ClassVar[dict[str, Use]] = {"post": "RUNS"}

    @idempotent
    @answers(200, JobStateAnswer, operation_id="jobs_retry")
    def post(self, request: Request, pk: int) -> Response:
        """Make a new job for the hosts that did not succeed; `job_id` is the new one."""
        self.no_body()
        job = retry_failed(request.user, self.one(self.rows(Job), pk))
        return Response({"job_id": job.pk, "status": job.status})


def filtered(rows: Any, query: Any) -> Any:
    """Keep the jobs a query asks for, the newest first, ready to be shown in a list."""
    for name in ("type", "status", "schedule"):
        if query.get(name):
            rows = rows.filter(**{name: query[name]})
    return rows.select_related("user").defer("targets").order_by("-pk")


def results_of(job: Job) -> QuerySet[HostResult]:
    """Return a job's results, ready to be shown."""
    return HostResult.objects.filter(job=job).select_related("job", "device")


def log_answer(view: WebnetAPIView, job: Job) -> Response:
    """Answer with the part of a job's log that the view's query asks for."""
    limit = view.query["limit"]
    rows = JobEvent.objects.filter(job=job, seq__gt=view.query["after"]).order_by("seq")
    if level := view.query.get("level"):
        names = list(LEVELS)
        rows = rows.filter(level__in=names[list(LEVELS.values()).index(level) :])
    found = list(rows[: limit + 1])
    shown = found[:limit]
    last = shown[-1].seq if shown else None
    rendered = view.shown(LogRowAnswer, shown, many=True)
    return Response(cursor_body(view.request, rendered, last=last, more=len(found) > limit))
