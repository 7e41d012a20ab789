"""Choosing a task, planning it, running exactly what was planned."""

from __future__ import annotations

import re
from typing import Literal

import pytest
from django.urls import reverse
from pydantic import BaseModel, ConfigDict, Field

from webnet_core.inventory.models import DeviceGroup, Tag
from webnet_core.inventory.selections import freeze
from webnet_core.jobs.models import Job
from webnet_core.plugins.items import PlanRow, TaskSpec
from webnet_core.plugins.markers import hookimpl
from webnet_core.testing.factories import make_device
from webnet_ui.run.parameters import build_form

RUN = "/netops/run/"


class Params(BaseModel):
    """One parameter of each kind."""

    model_config = ConfigDict(extra="forbid")

    commands: list[str] = Field(min_length=1, max_length=3, description="One a line.")
    level: Literal["brief", "full"] = "brief"
    count: int = Field(default=3, le=9)
    wait: float | None = None
    quiet: bool = False
    extra: dict[str, int] = Field(default_factory=dict)


class Plugin:
    """Brings a task that reads and one that changes, and plans them."""

    __module__ = "webnet_nornir.webnet_plugin"

    @hookimpl
    def webnet_register_tasks(self):
        return [
            TaskSpec(name="ask", title="Ask", run=print, params=Params, category="information"),
            TaskSpec(name="change", title="Change", run=print, risk="change", category="configuration"),
            TaskSpec(name="secretive", title="Secretive", run=print, permission="config.view_raw"),
        ]

    @hookimpl
    def webnet_plan_targets(self, devices):
        return {
            device.pk: PlanRow(
                device_id=device.pk, driver="carrier", reason="<b>the default</b>", warnings=("no <i>credential</i>",)
            )
            for device in devices
        }


@pytest.fixture(autouse=True)
def _tasks(webnet_plugins):
    webnet_plugins.load(acme=Plugin())


def planned(client, task, **data):
    response = client.post(f"{RUN}{task}/", {"_plan": "1", **data})
    assert response.status_code == 200
    return response


def token_of(response):
    found = re.search(r'name="token" value="([^"]+)"', response.content.decode())
    return found[1] if found else None


ASK = {"all": "on", "params-commands": "show version\n\nshow clock\n", "params-level": "full"}


class TestCatalogue:
    def test_it_lists_what_the_user_may_run_with_its_risk(self, login, world):
        page = login(world.operator).get(RUN).content.decode()
        assert "Ask" in page
        assert "read-only" in page
        assert "changes config" in page
        assert "Secretive" not in page

    def test_a_viewer_may_not_open_it(self, login, world):
        assert login(world.viewer).get(RUN).status_code == 403
        assert login(world.viewer).get(f"{RUN}ask/").status_code in {403, 404}

    def test_chosen_devices_stay_in_the_links(self, login, world):
        page = login(world.operator).get(f"{RUN}?device={world.device.pk}").content.decode()
        assert f"/netops/run/ask/?device={world.device.pk}" in page

    @pytest.mark.parametrize("task", ["nothing", "secretive", "a b"])
    def test_a_task_that_is_not_theirs_is_not_found(self, login, world, task):
        assert login(world.operator).get(f"{RUN}{task}/").status_code == 404

    def test_nobody_comes_in_without_signing_in(self, client, db):
        assert client.get(f"{RUN}ask/").status_code == 302


class TestPlan:
    def test_the_plan_shows_driver_and_reason_of_each_device_and_runs_nothing(self, login, world):
        page = planned(login(world.operator), "ask", **ASK)
        text = page.content.decode()
        assert "lon-core-1" in text
        assert "carrier" in text
        assert "&lt;b&gt;the default&lt;/b&gt;" in text
        assert "no &lt;i&gt;credential&lt;/i&gt;" in text
        assert token_of(page)
        assert not Job.objects.exists()

    def test_no_target_is_refused_at_the_form(self, login, world):
        page = planned(login(world.operator), "ask", **{**ASK, "all": ""})
        assert "Say which devices are meant" in page.content.decode()
        assert token_of(page) is None

    @pytest.mark.parametrize(
        ("data", "said"),
        [
            ({"params-commands": ""}, "This field is required"),
            ({"params-commands": "a\nb\nc\nd"}, "at most 3"),
            ({"params-count": "99"}, "less than or equal to 9"),
            ({"params-count": "many"}, "Enter a whole number"),
            ({"params-extra": "{"}, "This is not JSON"),
            ({"params-extra": '{"a": "b"}'}, "valid integer"),
            ({"params-level": "odd"}, "Select a valid choice"),
            ({"options-deadline": "0"}, "greater than or equal to 1"),
            ({"hostname": "nobody", "all": ""}, "No device matches"),
            ({"site": "999999", "all": ""}, "Select a valid choice"),
            ({"device": str(2**80), "all": ""}, ""),
        ],
    )
    def test_what_is_wrong_is_said_and_no_plan_is_made(self, login, world, data, said):
        page = planned(login(world.operator), "ask", **{**ASK, **data})
        assert said in page.content.decode()
        assert token_of(page) is None

    def test_filters_offer_and_reach_own_devices_alone(self, login, world):
        page = login(world.stranger).get(f"{RUN}ask/").content.decode()
        assert "London" not in page
        page = planned(login(world.stranger), "ask", **{**ASK, "all": "", "hostname": world.device.hostname})
        assert "No device matches" in page.content.decode()

    def test_groups_and_tags_narrow_and_are_their_own_customers(self, login, world):
        backbone = DeviceGroup.objects.create(customer=world.ours, name="backbone")
        backbone.members.add(world.device)
        world.device.tags.add(Tag.objects.create(customer=world.ours, name="env", value="prod"))
        client, chosen = login(world.operator), {**ASK, "all": "", "group": str(backbone.pk)}
        assert token_of(planned(client, "ask", **chosen, tag="env=prod, env"))
        assert "No device matches" in planned(client, "ask", **chosen, tag="env=prod, spare").content.decode()
        assert "backbone" not in login(world.stranger).get(f"{RUN}ask/").content.decode()
        assert token_of(planned(client, "ask", **chosen)) is None

    def test_a_device_of_another_customer_is_not_shown_as_chosen(self, login, world):
        page = login(world.operator).get(f"{RUN}ask/?device={world.foreign.pk}").content.decode()
        assert world.foreign.hostname not in page


class TestRun:
    def test_what_was_planned_runs_with_its_parameters(self, login, world):
        client = login(world.operator)
        token = token_of(planned(client, "ask", **{**ASK, "params-count": "5", "options-workers": "7"}))
        response = client.post(f"{RUN}ask/", {"_run": "1", "token": token})
        job = Job.objects.get()
        assert (response.status_code, response.url) == (303, reverse("webnet:job-detail", args=[job.pk]))
        assert job.params["commands"] == ["show version", "show clock"]
        assert (job.params["count"], job.params["level"], job.options) == (5, "full", {"workers": 7})
        assert (job.user, job.source, job.total) == (world.operator, "ui", 1)

    def test_a_frozen_selection_is_what_runs(self, login, world):
        other = make_device(world.ours, hostname="lon-core-2", mgmt_ip="10.1.2.4")
        selection = freeze(world.operator, world.ours.pk, [other.pk])
        client = login(world.operator)
        assert "lon-core-2" in client.get(f"{RUN}ask/?selection={selection.pk}").content.decode()
        token = token_of(planned(client, "ask", **{**ASK, "all": "", "selection": str(selection.pk)}))
        client.post(f"{RUN}ask/", {"_run": "1", "token": token})
        assert list(Job.objects.get().results.values_list("device_name", flat=True)) == ["lon-core-2"]

    def test_pressing_run_twice_makes_one_job(self, login, world):
        client = login(world.operator)
        page = planned(client, "ask", **ASK)
        submission = re.search(r'name="submission_id" value="([^"]+)"', page.content.decode())[1]
        data = {"_run": "1", "token": token_of(page), "submission_id": submission}
        first, second = client.post(f"{RUN}ask/", data), client.post(f"{RUN}ask/", data)
        assert first.url == second.url
        assert Job.objects.count() == 1

    @pytest.mark.parametrize("token", ["", "forged", "a:b:c"])
    def test_without_a_plan_of_this_site_nothing_runs(self, login, world, token):
        page = login(world.operator).post(f"{RUN}change/", {"_run": "1", "token": token})
        assert page.status_code == 200
        assert not Job.objects.exists()

    def test_another_users_plan_does_not_run(self, login, world):
        token = token_of(planned(login(world.chief), "ask", **{**ASK, "all": "", "hostname": "lon-core-1"}))
        page = login(world.operator).post(f"{RUN}ask/", {"_run": "1", "token": token})
        assert "another user" in page.content.decode()
        assert not Job.objects.exists()


class TestParameterForm:
    def test_every_kind_of_parameter_has_its_field_and_default(self):
        form = build_form(Params)()
        kinds = {name: type(field).__name__ for name, field in form.fields.items()}
        assert kinds == {
            "commands": "LinesField",
            "level": "ChoiceField",
            "count": "IntegerField",
            "wait": "FloatField",
            "quiet": "BooleanField",
            "extra": "JsonField",
        }
        assert form.fields["count"].initial == 3
        assert form.fields["commands"].required
        assert not form.fields["extra"].required
