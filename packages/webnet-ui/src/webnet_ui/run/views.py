"""The catalogue of tasks, and the page that plans and runs one."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.generic import TemplateView

from webnet_core.exceptions import InvalidInput, WebnetError
from webnet_core.inventory.models import Device
from webnet_core.inventory.selections import read_selection
from webnet_core.jobs.catalogue import permission_of, tasks_for
from webnet_core.jobs.plan import RunPlan, plan
from webnet_core.jobs.submit import submit
from webnet_core.plugins.items import PlanRow, TaskSpec
from webnet_ui.run.forms import NARROWING, OptionsForm, TargetsForm
from webnet_ui.run.parameters import ParametersForm, build_form
from webnet_ui.shell.context import Crumb
from webnet_ui.shell.views import PageView

RISK_WORDS = {"read": "read-only", "change": "changes config", "disrupt": "disruptive"}


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedHost:
    """One line of the plan as drawn."""

    name: str
    row: PlanRow


class RunCatalogueView(PageView, TemplateView):
    """What can be run, by category."""

    template_name = "webnet_ui/run/catalogue.html"
    title = "Run a task"
    permission = "jobs.run"

    def get_crumbs(self) -> Sequence[Crumb]:
        """Return section and page."""
        return [Crumb(label="Automate"), Crumb(label="Run a task")]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the tasks the user may run; the devices already chosen stay in the links."""
        query = self.request.GET.urlencode()
        groups = [
            (category, [{"spec": spec, "risk": RISK_WORDS[spec.risk]} for spec in specs])
            for category, specs in groupby(tasks_for(self.request.user), key=lambda spec: spec.category)
        ]
        return super().get_context_data(groups=groups, query=f"?{query}" if query else "", **kwargs)


class RunTaskView(PageView, TemplateView):
    """Targets, parameters, options; then the plan; then the run."""

    template_name = "webnet_ui/run/task.html"
    permission = "jobs.run"
    http_method_names = ["get", "post"]
    spec: TaskSpec[Any]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Find the task among those the user may run."""
        found = {spec.name: spec for spec in tasks_for(request.user)}.get(kwargs["task"])
        if found is None and request.user.is_authenticated:
            raise Http404
        if found is not None:
            self.spec = found
        return super().dispatch(request, *args, **kwargs)

    def get_title(self) -> str:
        """Return the task's own title."""
        return self.spec.title

    def get_crumbs(self) -> Sequence[Crumb]:
        """Return section, catalogue and task."""
        return [
            Crumb(label="Automate"),
            Crumb(label="Run a task", url=reverse("webnet:run")),
            Crumb(label=self.spec.title),
        ]

    def get(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        """Show the form, with the devices the link brought along."""
        initial = {"selection": request.GET.get("selection", ""), "device": request.GET.get("device", "")}
        initial |= {name: request.GET.get(name, "") for name in NARROWING}
        return self._show(Forms.empty(self.spec, request.user, initial))

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        """Plan, or run exactly what was planned."""
        forms = Forms.bound(self.spec, request.user, request.POST)
        if "_run" not in request.POST and not forms.valid():
            return self._show(forms)
        try:
            if "_run" in request.POST:
                return self._run(request)
            return self._show(forms, self._plan(forms))
        except WebnetError as error:
            forms.refuse(error)
        return self._show(forms)

    def _plan(self, forms: Forms) -> RunPlan:
        return plan(
            self.request.user,
            task=self.spec.name,
            targets=forms.targets.targets(),
            params=forms.parameters.raw(),
            options=forms.options.options(),
        )

    def _run(self, request: HttpRequest) -> HttpResponse:
        job = submit(
            request.user,
            task=self.spec.name,
            token=request.POST.get("token", ""),
            source="ui",
            submission_id=_uuid(request.POST.get("submission_id", "")),
        )
        return HttpResponseRedirect(reverse("webnet:job-detail", args=[job.pk]), status=303)

    def _show(self, forms: Forms, found: RunPlan | None = None) -> HttpResponse:
        context = self.get_context_data(
            spec=self.spec,
            risk=RISK_WORDS[self.spec.risk],
            targets_form=forms.targets,
            params_form=forms.parameters,
            options_form=forms.options,
            chosen=self._chosen(forms),
            plan=found,
            planned=_hosts(found) if found else (),
            groups=_groups(found) if found else (),
            submission_id=uuid.uuid4(),
        )
        return self.render_to_response(context)

    def _chosen(self, forms: Forms) -> list[Device]:
        """Return the devices that the link brought along, for those the user may run on."""
        rows = Device.objects.for_user(self.request.user, permission_of(self.spec))
        selection, device = forms.targets["selection"].value(), forms.targets["device"].value()
        try:
            if selection:
                return list(rows.filter(pk__in=read_selection(self.request.user, uuid.UUID(str(selection)))))
            return list(rows.filter(pk=int(device))) if device else []
        except (InvalidInput, ValueError, OverflowError):
            return []


@dataclass
class Forms:
    """The three forms of the page."""

    targets: TargetsForm
    parameters: ParametersForm
    options: OptionsForm

    @classmethod
    def empty(cls, spec: TaskSpec[Any], user: Any, initial: Mapping[str, Any]) -> Forms:
        """Return them unbound."""
        return cls(
            TargetsForm(user=user, initial=dict(initial), auto_id="wn-%s"),
            build_form(spec.params)(prefix="params", auto_id="wn-%s"),
            OptionsForm(prefix="options", auto_id="wn-%s"),
        )

    @classmethod
    def bound(cls, spec: TaskSpec[Any], user: Any, data: Any) -> Forms:
        """Return them with what was sent."""
        return cls(
            TargetsForm(data, user=user, auto_id="wn-%s"),
            build_form(spec.params)(data, prefix="params", auto_id="wn-%s"),
            OptionsForm(data, prefix="options", auto_id="wn-%s"),
        )

    def valid(self) -> bool:
        """Check all three, so that all errors show at once."""
        return all([self.targets.is_valid(), self.parameters.is_valid(), self.options.is_valid()])

    def refuse(self, error: WebnetError) -> None:
        """Show what the service said, at the field it spoke of."""
        self.valid()
        if not isinstance(error, InvalidInput) or not error.errors:
            self.targets.add_error(None, error.message)
            return
        for item in error.errors:
            if item.path.startswith("params."):
                self.parameters.add_errors({item.path: item.message})
            elif item.path.startswith("options.") and item.path[8:] in self.options.fields:
                self.options.add_error(item.path[8:], item.message)
            else:
                self.targets.add_error(None, item.message)


def _hosts(found: RunPlan) -> list[PlannedHost]:
    return [PlannedHost(name=found.hostnames.get(row.device_id, "?"), row=row) for row in found.rows]


def _groups(found: RunPlan) -> list[tuple[str, int]]:
    """Return drivers with their number of hosts, most first, those left out last."""
    counts: dict[str, int] = {}
    for row in found.rows:
        if not row.excluded:
            counts[row.driver or "?"] = counts.get(row.driver or "?", 0) + 1
    left_out = sum(bool(row.excluded) for row in found.rows)
    drawn = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [*drawn, *([("left out", left_out)] if left_out else [])]


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
