"""The list of jobs, one job live, one host of it; cancel and retry."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any, ClassVar

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import get_script_prefix, reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.generic import TemplateView, View

from webnet_core.access.scope import can
from webnet_core.conf import settings
from webnet_core.exceptions import PermissionDenied as Refused
from webnet_core.exceptions import WebnetError
from webnet_core.jobs.cancel import cancel
from webnet_core.jobs.models import HostResult, Job
from webnet_core.jobs.outputs import read_data, read_output
from webnet_core.jobs.retry import retry_failed
from webnet_core.jobs.timeline import read_after, topic_of
from webnet_core.moments import with_offset
from webnet_ui.elements.pages import PAGE_SIZES
from webnet_ui.jobs.facts import bar, decorate, tile, title_of, took
from webnet_ui.jobs.filters import JobFilter
from webnet_ui.jobs.tables import JobTable
from webnet_ui.shell.context import Crumb
from webnet_ui.shell.views import PageView, SignedInMixin

_LOG_AT_ONCE = 500
_OUTPUT_SHOWN = 200_000


class JobListView(PageView, TemplateView):
    """Jobs of the user's customers, newest first."""

    template_name = "webnet_ui/jobs/list.html"
    parts: ClassVar[dict[str, str]] = {"": "webnet_ui/jobs/_list.html"}
    title = "Jobs"

    def get_crumbs(self) -> Sequence[Crumb]:
        """Return section and page."""
        return [Crumb(label="Automate"), Crumb(label="Jobs")]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add one page of the filtered table."""
        rows = Job.objects.for_user(self.request.user).select_related("user", "customer", "schedule")
        found = JobFilter(self.request.GET, queryset=rows, request=self.request)
        page = paginate(self.request, found.qs)
        table = JobTable([decorate(job) for job in page.object_list], orderable=False)
        return super().get_context_data(filter=found, table=table, page=page, some=rows.exists(), **kwargs)


class JobPageView(PageView):
    """Base of pages about one job."""

    job: Job

    def get_job(self) -> Job:
        """Return the job, if the user may see it; anything else is 404."""
        rows = Job.objects.for_user(self.request.user).select_related("user", "customer", "retry_of", "schedule")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def get_crumbs(self) -> Sequence[Crumb]:
        """Return section, list and job."""
        return [
            Crumb(label="Automate"),
            Crumb(label="Jobs", url=reverse("webnet:job-list")),
            Crumb(label=f"#{self.job.pk}", url=reverse("webnet:job-detail", args=[self.job.pk])),
        ]


class JobDetailView(JobPageView, TemplateView):
    """One job: its hosts turning green or red, its log, what can be done with it."""

    template_name = "webnet_ui/jobs/detail.html"
    parts: ClassVar[dict[str, str]] = {"summary": "webnet_ui/jobs/_summary.html"}

    def get_title(self) -> str:
        """Return number and task."""
        return f"#{self.job.pk} {title_of(self.job)}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add hosts, the newest log lines and the number from which the page goes on by itself."""
        self.job = job = self.get_job()
        seq = job.event_seq
        rows = list(job.results.order_by("device_name"))
        first = max(0, seq - _LOG_AT_ONCE)
        events, last, finished = read_after(job.pk, first, _LOG_AT_ONCE)
        return super().get_context_data(
            job=job,
            tiles=[tile(row) for row in rows],
            bar=bar(job),
            took=took(job),
            topic=topic_of(job.pk),
            ws_url=socket_url(),
            after=last,
            finished=finished,
            events=[{**event, "clock": _clock(str(event["ts"]))} for event in events],
            may_cancel=not job.finished and can(self.request.user, "jobs.cancel", job.customer_id),
            may_retry=job.finished and job.risk == "read" and can(self.request.user, "jobs.run", job.customer_id),
            left=sum(row.status not in {"ok", "changed"} for row in rows),
            failures=_failures(job),
            retries=list(job.retries.order_by("pk")),
            **kwargs,
        )


class JobHostView(JobPageView, TemplateView):
    """What one device answered in one job."""

    template_name = "webnet_ui/jobs/host.html"
    result: HostResult

    def get_title(self) -> str:
        """Return the device's name."""
        return self.result.device_name

    def get_crumbs(self) -> Sequence[Crumb]:
        """Add the device to the job's."""
        return [*super().get_crumbs(), Crumb(label=self.result.device_name)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add output, attempts and the device's own log lines, secrets masked for who may not see them."""
        self.job = self.get_job()
        rows = self.job.results.select_related("device", "output")
        self.result = result = get_object_or_404(rows, pk=kwargs.pop("result"))
        text = read_output(self.request.user, result)
        data = read_data(self.request.user, result) if isinstance(result.data, dict) else {}
        # By name: the device may have been deleted since, and lines about the job as a whole have no device either.
        events = self.job.events.filter(host=result.device_name).order_by("seq")[:_LOG_AT_ONCE]
        return super().get_context_data(
            job=self.job,
            result=result,
            text=text[:_OUTPUT_SHOWN],
            cut=len(text) > _OUTPUT_SHOWN,
            attempts=data.get("attempts", []),
            facts=_result_facts(result),
            structured=data.get("result"),
            events=[
                {
                    "ts": with_offset(row.ts).isoformat(),
                    "clock": _clock(with_offset(row.ts).isoformat()),
                    "level": row.level,
                    "message": row.message,
                }
                for row in events
            ],
            **kwargs,
        )


class JobEventsView(SignedInMixin):
    """The job's events after a number: what a page without a socket polls."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Answer ``{first, last, events, finished}``."""
        job = get_object_or_404(Job.objects.for_user(request.user), pk=pk)
        after = request.GET.get("after", "0")
        if not after.isdecimal() or len(after) > 18:
            return JsonResponse({"code": "invalid", "message": "after is a whole number, 0 or above."}, status=400)
        events, last, finished = read_after(job.pk, int(after), _LOG_AT_ONCE)
        body = {
            "topic": topic_of(job.pk),
            "first": int(after) + 1,
            "last": last,
            "events": events,
            "finished": finished,
        }
        return JsonResponse(body, headers={"Cache-Control": "no-store"})


class JobCancelView(SignedInMixin, View):
    """Ask that a job end."""

    permission = "jobs.cancel"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Cancel and go back to the job."""
        job = get_object_or_404(Job.objects.for_user(request.user), pk=pk)
        try:
            cancel(request.user, job)
        except WebnetError as error:
            return _refused(request, job, error)
        return HttpResponseRedirect(reverse("webnet:job-detail", args=[job.pk]), status=303)


class JobRetryView(SignedInMixin, View):
    """Run a job again for the hosts that did not succeed."""

    permission = "jobs.run"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Make the new job and go to it."""
        job = get_object_or_404(Job.objects.for_user(request.user), pk=pk)
        try:
            again = retry_failed(request.user, job, source="ui")
        except WebnetError as error:
            return _refused(request, job, error)
        return HttpResponseRedirect(reverse("webnet:job-detail", args=[again.pk]), status=303)


def socket_url() -> str:
    """Return where the live socket is; empty where Channels is not installed and pages poll."""
    return f"{get_script_prefix()}{settings.LIVE.WS_PATH.lstrip('/')}live/" if find_spec("channels") is not None else ""


def paginate(request: HttpRequest, rows: Any) -> Page[Any]:
    """Return the page of `rows` that the query string asks for; nonsense gives the first."""
    size = request.GET.get("per_page", "")
    per_page = int(size) if size.isdecimal() and int(size) in PAGE_SIZES else PAGE_SIZES[0]
    return Paginator(rows, per_page).get_page(request.GET.get("page"))


def _refused(request: HttpRequest, job: Job, error: WebnetError) -> HttpResponse:
    if isinstance(error, Refused):
        return HttpResponse(error.message, status=403, content_type="text/plain; charset=utf-8")
    if getattr(request, "_messages", None) is not None:
        messages.error(request, error.message)
        return HttpResponseRedirect(reverse("webnet:job-detail", args=[job.pk]), status=303)
    return HttpResponse(error.message, status=409, content_type="text/plain; charset=utf-8")


def _failures(job: Job) -> list[tuple[str, int]]:
    rows = job.results.exclude(error_category="").values_list("error_category").annotate(n=Count("pk"))
    return sorted(((name.replace("_", " "), count) for name, count in rows), key=lambda item: (-item[1], item[0]))


def _result_facts(result: HostResult) -> list[tuple[Any, ...]]:
    return [
        ("Driver", result.driver or None),
        ("Why", result.reason or None),
        ("Attempts", result.attempts),
        ("Started", _local(result.started_at)),
        ("Finished", _local(result.finished_at)),
        ("Phase", result.phase or None),
    ]


def _local(value: Any) -> str | None:
    return timezone.localtime(value).strftime("%Y-%m-%d %H:%M:%S") if value is not None else None


def _clock(stamp: str) -> str:
    parsed = parse_datetime(stamp)
    return timezone.localtime(parsed).strftime("%H:%M:%S") if parsed is not None else ""
