"""Schedules over REST: made, shown, changed, held and run by hand."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.api.conftest import RUN

from webnet_core.access.scope import Restriction, restrict
from webnet_core.audit.models import AuditEvent
from webnet_core.jobs.firing import fire_due
from webnet_core.jobs.models import Job, Schedule
from webnet_core.testing.jobs import run_jobs_inline

URL = "/api/v1/schedules/"
NIGHTLY = {**RUN, "name": "nightly", "cron": "30  2 * * *", "time_zone": "Europe/Berlin"}


def make(world, who="operator", **changes):
    answer = world.client(who).post(URL, {**NIGHTLY, **changes})
    assert answer.status_code == 201, answer.json()
    return answer.json()


def test_a_schedule_says_what_it_runs_when_with_whose_rights_and_how_many_devices_that_are_now(world):
    made = make(world)
    assert made | {"task": "talker.ask", "cron": "30 2 * * *", "interval": None, "overlap": "skip"} == made
    assert (made["owner"], made["paused"], made["grace"], made["devices"]) == ("operator", False, 3600, 3)
    assert made["description"] == "At 02:30 every day, Europe/Berlin time"
    assert len(made["runs"]) == 5
    assert made["runs"][0]["at"] == made["next_due"]
    assert {run["local"][11:16] for run in made["runs"]} == {"02:30"}
    assert world.client("viewer").get(f"{URL}{made['id']}/").json() == made
    assert make(world, name="none yet", targets={"role": "nobody"})["devices"] == 0


@pytest.mark.parametrize(
    ("change", "path", "code"),
    [
        ({"task": "no.such"}, "task", "unknown_task"),
        ({"task": "talker.alter", "params": {}}, "task", "changes_devices"),
        ({"params": {"commands": []}}, "params.commands", "too_short"),
        ({"params": {"commands": ["x"], "password": "********"}}, "params.password", "masked"),
        ({"targets": {}}, "targets", "value_error"),
        ({"targets": {"device_ids": [999_999]}}, "targets.device_ids", "unknown_device"),
        ({"targets": {"selection": "99999999-9999-4999-8999-999999999999"}}, "targets.selection", "selection"),
        ({"targets": {"site": "Londn"}}, "targets.site", "unknown_site"),
        ({"targets": {"site": 2**63 - 1}}, "targets.site", "unknown_site"),
        ({"targets": {"colour": "red"}}, "targets.colour", "extra_forbidden"),
        ({"options": {"workers": 0}}, "options.workers", "greater_than_equal"),
        ({"cron": "30 2 * *"}, "cron", "cron"),
        ({"cron": ""}, "cron", "one_of"),
        ({"interval": 3600}, "cron", "one_of"),
        ({"cron": "", "interval": 59}, "interval", "min_value"),
        ({"time_zone": "Europe/Atlantis"}, "time_zone", "time_zone"),
        ({"overlap": "both"}, "overlap", "invalid_choice"),
        ({"grace": 5}, "grace", "min_value"),
        ({"name": "hourly"}, "name", "unique"),
        ({"owner": "admin"}, "owner", "unknown_field"),
        ({"paused": True}, "paused", "unknown_field"),
    ],
)
def test_what_is_wrong_with_a_schedule_is_named_and_makes_none(world, change, path, code):
    answer = world.client("operator").post(URL, {**NIGHTLY, **change})
    assert answer.status_code == 400
    assert [(item["path"], item["code"]) for item in answer.json()["errors"]] == [(path, code)]
    assert not Schedule.objects.exclude(pk=world.schedule.pk).exists()


def test_a_foreign_device_is_as_unknown_as_a_missing_one(world):
    answers = [
        world.client("operator").post(URL, {**NIGHTLY, "targets": {"device_ids": [pk]}}).json()
        for pk in (world.foreign_device.pk, 999_999)
    ]
    assert [item["code"] for answer in answers for item in answer["errors"]] == ["unknown_device"] * 2


def test_a_change_makes_it_the_changers_and_an_interval_takes_the_place_of_cron(world):
    made = make(world)
    changed = world.client("admin").patch(f"{URL}{made['id']}/", {"interval": 5400}).json()
    assert (changed["cron"], changed["interval"], changed["owner"]) == ("", 5400, "admin")
    assert changed["description"] == "Every 90 minutes"
    assert changed["next_due"] != made["next_due"]
    renamed = world.client("operator").put(f"{URL}{made['id']}/", {"name": "often"}).json()
    assert (renamed["next_due"], renamed["owner"]) == (changed["next_due"], "operator")
    told = AuditEvent.objects.filter(action="schedules.update").order_by("pk").last().data
    assert (told["before"]["name"], told["after"]["name"]) == ("nightly", "often")


def test_it_is_paused_with_a_reason_and_resumed_by_whoever_owns_it_then(world):
    made, operator, admin = make(world), world.client("operator"), world.client("admin")
    paused = operator.post(f"{URL}{made['id']}/pause/", {"reason": "the data centre moves"}).json()
    assert (paused["paused"], paused["pause_reason"]) == (True, "the data centre moves")
    assert (paused["next_due"], paused["runs"]) == (None, [])
    assert operator.get(URL, {"paused": "true"}).json()["count"] == 1
    again = operator.post(f"{URL}{made['id']}/pause/").json()
    assert again["pause_reason"] == "the data centre moves"
    resumed = admin.post(f"{URL}{made['id']}/resume/").json()
    assert (resumed["paused"], resumed["pause_reason"], resumed["owner"]) == (False, "", "admin")
    assert resumed["next_due"] == made["next_due"]
    assert admin.post(f"{URL}{made['id']}/resume/").status_code == 409


def test_run_now_starts_one_job_however_often_it_is_sent(world):
    made, client = make(world), world.client("operator")
    headers = {"Idempotency-Key": "once"}
    first, second = (client.post(f"{URL}{made['id']}/run/", headers=headers) for _ in range(2))
    assert (first.status_code, second.status_code, second["Idempotency-Replayed"]) == (202, 202, "true")
    assert first.json() == second.json()
    assert client.post(f"{URL}{made['id']}/run/").status_code == 409, "that job is still open"
    shown = client.get(f"/api/v1/jobs/{first.json()['id']}/").json()
    assert (shown["schedule_id"], shown["due_at"], shown["source"]) == (made["id"], None, "schedule")
    run_jobs_inline()
    assert client.get(f"{URL}{made['id']}/").json()["last_job"] == first.json()["id"]


def test_the_jobs_of_a_schedule_are_found_by_it(world):
    world.job()
    due = timezone.now() + timedelta(days=2)
    assert fire_due(due) == 1
    client = world.client("viewer")
    found = client.get("/api/v1/jobs/", {"schedule": world.schedule.pk}).json()["results"]
    assert [(row["schedule_id"], row["user"]) for row in found] == [(world.schedule.pk, "operator")]
    assert found[0]["due_at"] is not None
    assert client.get("/api/v1/jobs/", {"schedule": 999_999}).json()["count"] == 0
    assert world.client("operator").delete(f"{URL}{world.schedule.pk}/").status_code == 204
    assert Job.objects.count() == 2, "what it made stays"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"task": "talker.ask"}, ["hourly", "nightly"]),
        ({"search": "NIGHT"}, ["nightly"]),
        ({"owner": "admin"}, ["nightly"]),
        ({"owner": "nobody"}, []),
        ({"paused": "false"}, ["hourly", "nightly"]),
        ({"task": "no.such"}, []),
        ({"ordering": "-name"}, ["nightly", "hourly"]),
    ],
)
def test_filters_narrow_the_list(world, query, found):
    make(world, "admin")
    rows = world.client("viewer").get(URL, query).json()["results"]
    assert [row["name"] for row in rows] == found


def test_a_preview_shows_the_next_times_on_the_clock_and_stores_nothing(world):
    client = world.client("operator")
    shown = client.post(f"{URL}preview/", {"cron": "30 2 * * *", "time_zone": "Australia/Lord_Howe"}).json()
    assert shown["description"] == "At 02:30 every day, Australia/Lord_Howe time"
    assert [run["local"][11:16] for run in shown["runs"]] == ["02:30"] * 5
    assert len(client.post(f"{URL}preview/", {"interval": 60, "count": 3}).json()["runs"]) == 3
    refused = client.post(f"{URL}preview/", {"cron": "nonsense"})
    assert (refused.status_code, refused.json()["errors"][0]["path"]) == (400, "cron")
    refused = client.post(f"{URL}preview/", {"cron": "nonsense", "time_zone": "Atlantis"})
    assert [error["path"] for error in refused.json()["errors"]] == ["time_zone", "cron"]
    assert Schedule.objects.count() == 1


def test_a_secret_among_the_parameters_is_never_shown_again(world):
    Schedule.objects.update(params={"commands": ["x"], "password": "s3cret-word"})
    for path in (URL, f"{URL}{world.schedule.pk}/"):
        assert "s3cret-word" not in world.client("admin").get(path).content.decode()


def test_a_key_makes_no_schedule_for_what_it_may_not_run_itself(world):
    scopes = frozenset({"view", "schedules.edit"})
    client, user = world.client("operator"), world.users["operator"]
    client.force_authenticate(restrict(user, Restriction(name="narrow", scopes=scopes)))
    answer = client.post(URL, NIGHTLY)
    assert (answer.status_code, answer.json()["action"]) == (403, "jobs.run")
