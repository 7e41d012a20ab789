"""Schedules over REST: making them, holding them, running them by hand, and saying when they run."""

from __future__ import annotations

from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from webnet_core.access.throttles import Use
from webnet_core.api.fields import Query
from webnet_core.api.idempotency import idempotent
from webnet_core.api.schema import answers
from webnet_core.api.shapes.jobs import SubmittedAnswer
from webnet_core.api.shapes.schedules import (
    PauseBody,
    PreviewAnswer,
    PreviewBody,
    ScheduleAnswer,
    ScheduleBody,
    ScheduleDetailAnswer,
    ScheduleQuery,
    ScheduleUpdateBody,
    runs_answer,
)
from webnet_core.api.tasks import submitted_answer
from webnet_core.api.views import WebnetAPIView, WebnetViewSet
from webnet_core.jobs.firing import run_now
from webnet_core.jobs.models import Schedule
from webnet_core.jobs.schedules import (
    create_schedule,
    delete_schedule,
    find_schedules,
    pause_schedule,
    preview,
    resume_schedule,
    update_schedule,
)


class ScheduleViews(WebnetViewSet):
    """Tasks that are submitted again and again."""

    actions: ClassVar[dict[str, str]] = {
        "list": "view",
        "retrieve": "view",
        "create": "schedules.edit",
        "update": "schedules.edit",
        "partial_update": "schedules.edit",
        "destroy": "schedules.edit",
    }
    queries: ClassVar[dict[str, type[Query]]] = {"list": ScheduleQuery}

    @answers(200, ScheduleAnswer(many=True))
    def list(self, request: Request) -> Response:
        """List the schedules you see."""
        return self.page(self.narrow(find_schedules(request.user, self.query)), ScheduleAnswer)

    @answers(200, ScheduleDetailAnswer)
    def retrieve(self, request: Request, pk: int) -> Response:
        """Show one schedule, its next five times and how many devices it would reach now."""
        return self._detail(self._schedule(pk))

    @answers(201, ScheduleDetailAnswer, body=ScheduleBody)
    def create(self, request: Request) -> Response:
        """Make a schedule; it runs with your rights, as they are each time."""
        given = self.body(ScheduleBody)
        made = create_schedule(request.user, self.owner(given.pop("customer_id", None)), given)
        return self._detail(made, status=201)

    @answers(200, ScheduleDetailAnswer, body=ScheduleUpdateBody)
    def update(self, request: Request, pk: int) -> Response:
        """Change a schedule, which becomes yours; what is left out stays."""
        given = self.body(ScheduleUpdateBody, partial=True)
        return self._detail(update_schedule(request.user, self._schedule(pk), given))

    @answers(200, ScheduleDetailAnswer, body=ScheduleUpdateBody)
    def partial_update(self, request: Request, pk: int) -> Response:
        """Change a schedule, which becomes yours; what is left out stays."""
        return self.update(request, pk)

    @answers(204, None)
    def destroy(self, request: Request, pk: int) -> Response:
        """Remove a schedule; the jobs it made stay."""
        delete_schedule(request.user, self._schedule(pk))
        return Response(status=204)

    def _schedule(self, pk: int) -> Schedule:
        return self.one(self.rows(Schedule).select_related("owner"), pk)

    def _detail(self, schedule: Schedule, *, status: int = 200) -> Response:
        return Response(self.shown(ScheduleDetailAnswer, schedule), status=status)


class ScheduleRunView(WebnetAPIView):
    """Running a schedule by hand."""

    actions: ClassVar[dict[str, str]] = {"post": "jobs.run"}
    costs: ClassVar[dict[str, Use]] = {"post": "RUNS"}

    @idempotent
    @answers(202, SubmittedAnswer, operation_id="schedules_run")
    def post(self, request: Request, pk: int) -> Response:
        """Submit its task once, now and with your rights; its due times stay as they are."""
        self.no_body()
        job = run_now(request.user, self.one(self.rows(Schedule), pk))
        return Response(submitted_answer(job), status=202)


class SchedulePauseView(WebnetAPIView):
    """Holding a schedule."""

    actions: ClassVar[dict[str, str]] = {"post": "schedules.edit"}

    @answers(200, ScheduleDetailAnswer, body=PauseBody, operation_id="schedules_pause")
    def post(self, request: Request, pk: int) -> Response:
        """Let it make no more jobs until it is resumed."""
        given = self.body(PauseBody)
        paused = pause_schedule(request.user, self.one(self.rows(Schedule), pk), given.get("reason", ""))
        return Response(self.shown(ScheduleDetailAnswer, paused))


class ScheduleResumeView(WebnetAPIView):
    """Letting a schedule run again."""

    actions: ClassVar[dict[str, str]] = {"post": "schedules.edit"}

    @answers(200, ScheduleDetailAnswer, operation_id="schedules_resume")
    def post(self, request: Request, pk: int) -> Response:
        """Let it run again from its next due time on, with your rights: it becomes yours."""
        self.no_body()
        resumed = resume_schedule(request.user, self.one(self.rows(Schedule), pk))
        return Response(self.shown(ScheduleDetailAnswer, resumed))


class SchedulePreviewView(WebnetAPIView):
    """When a schedule would run."""

    actions: ClassVar[dict[str, str]] = {"post": "schedules.edit"}

    @answers(200, PreviewAnswer, body=PreviewBody, operation_id="schedules_preview")
    def post(self, request: Request) -> Response:
        """Say when it would run, in plain words and by its next times; nothing is stored."""
        shown = preview(**self.body(PreviewBody))
        body: dict[str, Any] = {"description": shown.description, "time_zone": shown.time_zone}
        return Response({**body, "runs": runs_answer(shown)})
