"""Jobs over REST as an admin sees them: those of everybody in the customers they look after."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from webnet_core.access.scope import ScopedQuerySet
from webnet_core.api.fields import Query
from webnet_core.api.schema import answers
from webnet_core.api.shapes.jobs import AdminJobQuery, JobAnswer, JobRowAnswer, LogAnswer, LogQuery
from webnet_core.api.views import WebnetAPIView, WebnetViewSet
from webnet_core.jobs.api import filtered, log_answer
from webnet_core.jobs.models import Job

ACTION = "jobs.admin"


class AdminJobViews(WebnetViewSet):
    """Jobs of every user."""

    actions: ClassVar[dict[str, str]] = {"list": ACTION, "retrieve": ACTION}
    queries: ClassVar[dict[str, type[Query]]] = {"list": AdminJobQuery}

    @answers(200, JobRowAnswer(many=True), operation_id="jobs_admin_list")
    def list(self, request: Request) -> Response:
        """List the jobs of the customers you look after, the newest first."""
        rows = looked_after(self)
        if customer_id := self.query.get("customer_id"):
            rows = rows.filter(customer=customer_id)
        if user_id := self.query.get("user_id"):
            rows = of_user(rows, user_id)
        return self.page(filtered(rows, self.query), JobRowAnswer)

    @answers(200, JobAnswer, operation_id="jobs_admin_retrieve")
    def retrieve(self, request: Request, pk: int) -> Response:
        """Show one job."""
        return Response(self.shown(JobAnswer, self.one(looked_after(self).select_related("user"), pk)))


class AdminJobLogView(WebnetAPIView):
    """The log of any user's job."""

    actions: ClassVar[dict[str, str]] = {"get": ACTION}
    queries: ClassVar[dict[str, type[Query]]] = {"get": LogQuery}

    @answers(200, LogAnswer, operation_id="jobs_admin_logs")
    def get(self, request: Request, pk: int) -> Response:
        """Read the log on from a position."""
        return log_answer(self, self.one(looked_after(self), pk))


def looked_after(view: WebnetAPIView) -> ScopedQuerySet[Job]:
    """Return the jobs of customers whose admin asks, of the one in the header where there is one."""
    return view.narrow(Job.objects.for_user(view.request.user, ACTION))


def of_user(rows: ScopedQuerySet[Job], user_id: str) -> ScopedQuerySet[Job]:
    """Keep the jobs of one user; an id that no account can have keeps none."""
    try:
        # Asked of the accounts themselves, whose id knows which numbers it cannot hold; a foreign key does not.
        return rows.filter(user__in=get_user_model()._default_manager.filter(pk=user_id))  # noqa: SLF001
    except (ValueError, ValidationError, OverflowError):
        return rows.none()
