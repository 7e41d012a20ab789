"""From the catalogue to a plan, a job and its end, over REST."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta, timezone

import pytest

from webnet_core.audit.models import AuditEvent
from webnet_core.jobs.models import Job
from webnet_core.testing.jobs import run_jobs_inline

API = "/api/v1"
ASK = {"task": "talker.ask", "params": {"commands": ["show version"]}}


def test_the_catalogue_shows_tasks_with_their_parameters(world):
    found = {row["name"]: row for row in world.client("operator").get(f"{API}/tasks/").json()["results"]}
    assert found["talker.ask"]["parameters"]["required"] == ["commands"]
    assert found["talker.ask"]["risk"] == "read"
    one = world.client("operator").get(f"{API}/tasks/talker.ask/")
    assert one.json() == found["talker.ask"]
    assert world.client("operator").get(f"{API}/tasks/no.such/").status_code == 404


def test_a_plan_says_which_driver_and_why_and_its_token_runs_it(world):
    body = {**ASK, "targets": {"site": "London"}}
    plan = world.client("operator").post(f"{API}/tasks/plan/", body).json()
    assert {row["hostname"] for row in plan["rows"]} == {device.hostname for device in world.devices}
    assert plan["rows"][0] | {"device_id": 0, "hostname": ""} == {
        "device_id": 0,
        "hostname": "",
        "driver": "netmiko",
        "reason": "the only one",
        "fallbacks": ["scrapli"],
        "warnings": [],
        "excluded": "",
    }
    assert not Job.objects.exists()
    accepted = world.client("operator").post(f"{API}/tasks/execute/", {"task": "talker.ask", "token": plan["token"]})
    assert accepted.status_code == 202
    assert Job.objects.get().total == 3


def test_a_disabled_device_is_in_the_plan_with_the_reason(world):
    world.devices[0].enabled = False
    world.devices[0].save()
    plan = world.client("operator").post(f"{API}/tasks/plan/", {**ASK, "targets": {"all": True}}).json()
    row = next(row for row in plan["rows"] if row["device_id"] == world.devices[0].pk)
    assert (row["driver"], row["excluded"]) == (None, "the device is disabled")


def test_a_job_is_followed_from_acceptance_to_its_results(world):
    client = world.client("operator")
    world.executor.failing = {world.devices[1].hostname}
    ids = [device.pk for device in world.devices]
    answer = client.post(f"{API}/tasks/execute/", {**ASK, "targets": {"device_ids": ids}})
    accepted = answer.json()
    assert (answer.status_code, accepted["status"], accepted["state"]) == (202, "queued", "pending")
    assert accepted["job_id"] == accepted["id"] == Job.objects.get().pk
    assert AuditEvent.objects.get(action="jobs.submit").request_id == answer["X-Request-ID"]

    run_jobs_inline()
    status = client.get(accepted["status_url"]).json()
    assert (status["status"], status["state"], status["progress"]) == ("partial", "completed", 100)
    assert (status["counts"]["ok"], status["counts"]["failed"]) == (2, 1)
    hosts = {host["name"]: host for host in status["hosts"]}
    failed = hosts[world.devices[1].hostname]
    assert (failed["status"], failed["error_category"]) == ("failed", "authentication")
    assert failed["device"] == world.devices[1].pk
    assert hosts[world.devices[0].hostname]["driver"] == "netmiko"
    detail = client.get(accepted["job_url"]).json()
    assert detail["payload_json"] == {"commands": ["show version"]}
    assert sorted(detail["target_summary_json"]["device_ids"]) == sorted(ids)
    assert (detail["user"], detail["finished_at"] is not None) == ("operator", True)


@pytest.mark.parametrize(
    "targets",
    [
        {},
        {"all": False},
        {"device_ids": []},
        {"device_ids": [999_999]},
        {"device_ids": ["one"]},
        {"device_ids": [2**62]},
        {"device_ids": [-1]},
        {"device_ids": "all"},
        {"site": ""},
        {"site": "Paris"},
        {"site": "9" * 30},
        {"site": 2**63 - 1},
        {"site": -1},
        {"vendor": "Nobody"},
        {"colour": "red"},
        {"selection": "not a uuid"},
        {"selection": str(uuid.uuid4())},
        {"all": "everything"},
        [],
        "all",
        None,
        7,
    ],
)
def test_targets_that_name_nothing_make_no_job_and_contact_nobody(world, targets):
    answer = world.client("operator").post(f"{API}/tasks/execute/", {**ASK, "targets": targets})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["path"].startswith("targets")
    assert not Job.objects.exists()
    run_jobs_inline()
    assert world.executor.executed == []


@pytest.mark.parametrize("chosen", [{"vendor": "CISCO"}, {"role": "access"}, {"site": "London"}])
def test_a_filter_means_the_same_in_targets_as_in_the_list_of_devices(world, chosen):
    client = world.client("operator")
    listed = client.get(f"{API}/devices/", chosen).json()["count"]
    answer = client.post(f"{API}/tasks/execute/", {**ASK, "targets": chosen})
    assert (answer.status_code, answer.json()["total"]) == (202, listed)


@pytest.mark.parametrize("targets", [{"site": True}, {"group": True}, {"device_ids": [True]}])
def test_true_is_not_the_first_of_anything(world, targets):
    answer = world.client("operator").post(f"{API}/tasks/execute/", {**ASK, "targets": targets})
    assert answer.status_code == 400
    (named,) = targets
    assert answer.json()["errors"][0]["path"].startswith(f"targets.{named}.")
    assert not Job.objects.exists()


def test_no_targets_at_all_are_refused(world):
    answer = world.client("operator").post(f"{API}/tasks/execute/", ASK)
    assert answer.status_code == 400
    assert not Job.objects.exists()


def test_a_foreign_device_among_the_targets_is_as_unknown_as_a_missing_one(world):
    client = world.client("operator")
    theirs = client.post(f"{API}/tasks/execute/", {**ASK, "targets": {"device_ids": [world.foreign_device.pk]}})
    missing = client.post(f"{API}/tasks/execute/", {**ASK, "targets": {"device_ids": [999_999]}})
    assert theirs.status_code == missing.status_code == 400
    assert theirs.json()["errors"][0]["code"] == missing.json()["errors"][0]["code"] == "unknown_device"
    assert not Job.objects.exists()


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"task": "no.such"}, "task"),
        ({"task": "ansible_playbook"}, "task"),
        ({"task": 5}, "task"),
        ({"params": {}}, "params.commands"),
        ({"params": {"commands": "reload"}}, "params.commands"),
        ({"params": {"commands": ["x"], "timeout": 5}}, "params.timeout"),
        ({"params": []}, "params"),
        ({"options": {"workers": 0}}, "options.workers"),
        ({"options": {"deadline": 10**9}}, "options.deadline"),
        ({"options": {"colour": "red"}}, "options.colour"),
        ({"submission_id": "five"}, "submission_id"),
        ({"token": "forged"}, "token"),
        ({"customer_id": 999_999}, "customer_id"),
        ({"devices": [1]}, "devices"),
    ],
)
def test_what_is_wrong_with_a_submission_is_named_and_makes_no_job(world, change, path):
    answer = world.client("operator").post(f"{API}/tasks/execute/", {**ASK, "targets": {"all": True}, **change})
    assert answer.status_code == 400
    assert [item["path"] for item in answer.json()["errors"]] == [path]
    assert not Job.objects.exists()


def test_the_same_submission_id_gives_the_same_job(world):
    body = {**ASK, "targets": {"all": True}, "submission_id": str(uuid.uuid4())}
    first = world.client("operator").post(f"{API}/tasks/execute/", body).json()
    second = world.client("operator").post(f"{API}/tasks/execute/", body)
    assert (second.status_code, second.json()["job_id"]) == (202, first["job_id"])
    assert Job.objects.count() == 1


def test_a_task_that_changes_devices_needs_its_plan(world):
    client = world.client("operator")
    body = {"task": "talker.alter", "targets": {"all": True}}
    refused = client.post(f"{API}/tasks/execute/", body)
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (400, "plan_required")
    token = client.post(f"{API}/tasks/plan/", body).json()["token"]
    assert client.post(f"{API}/tasks/execute/", {**body, "token": token}).status_code == 202


def test_a_viewer_may_not_run_and_is_told_which_action_is_missing(world):
    for verb in ("plan", "execute"):
        answer = world.client("viewer").post(f"{API}/tasks/{verb}/", {**ASK, "targets": {"all": True}})
        assert answer.status_code == 403
        assert "jobs.run" in answer.json()["message"]
    assert not Job.objects.exists()


def test_targets_of_several_customers_are_refused_until_one_is_named(world):
    client = world.client("boss")
    body = {**ASK, "targets": {"all": True}}
    refused = client.post(f"{API}/tasks/execute/", body)
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (400, "several_customers")
    assert "X-Customer-ID" in refused.json()["message"]
    by_header = client.post(f"{API}/tasks/execute/", body, headers={"X-Customer-ID": str(world.theirs.pk)})
    by_body = client.post(f"{API}/tasks/execute/", {**body, "customer_id": world.ours.pk})
    totals = dict(Job.objects.values_list("pk", "total"))
    assert (totals[by_header.json()["id"]], totals[by_body.json()["id"]]) == (1, 3)


def test_a_submission_id_of_other_devices_is_a_conflict(world):
    body = {**ASK, "submission_id": str(uuid.uuid4())}
    ids = [device.pk for device in world.devices]
    client = world.client("operator")
    assert client.post(f"{API}/tasks/execute/", {**body, "targets": {"device_ids": ids}}).status_code == 202
    assert client.post(f"{API}/tasks/execute/", {**body, "targets": {"device_ids": ids[:1]}}).status_code == 409
    assert Job.objects.count() == 1


def test_a_job_put_off_says_so_wherever_it_is_shown(world):
    client = world.client("operator")
    body = {**ASK, "targets": {"all": True}, "execute_at": "2099-01-31T22:00:00+01:00"}
    refused = client.post(f"{API}/tasks/execute/", body)
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (400, "too_far")
    at = (datetime.now(UTC) + timedelta(days=1)).replace(microsecond=0)
    body["execute_at"] = at.astimezone(timezone(timedelta(hours=2))).isoformat()
    answer = client.post(f"{API}/tasks/execute/", body)
    accepted = answer.json()
    shown = f"{at:%Y-%m-%dT%H:%M:%SZ}"
    assert (answer.status_code, accepted["status"], accepted["state"]) == (202, "scheduled", "pending")
    assert accepted["scheduled_for"] == shown
    for url in (accepted["status_url"], accepted["job_url"]):
        assert client.get(url).json() | {"status": "scheduled", "scheduled_for": shown} == client.get(url).json()
    assert client.get(f"{API}/jobs/", {"status": "scheduled"}).json()["count"] == 1
    assert run_jobs_inline() == 0
    assert client.post(f"{API}/jobs/{accepted['id']}/cancel/").json()["status"] == "cancelled"


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ("2031-01-01T12:00:00", "no_offset"),
        ("2031-01-01", "no_offset"),
        ("2020-01-01T12:00:00Z", "past"),
        ("0001-01-01T00:00:00+14:00", "past"),
        ("9999-12-31T23:59:59-12:00", "too_far"),
        ("soon", "invalid"),
        (1893456000, "invalid"),
        (None, "null"),
    ],
)
def test_a_time_to_run_at_that_cannot_be_meant_is_named(world, sent, code):
    body = {**ASK, "targets": {"all": True}, "execute_at": sent}
    answer = world.client("operator").post(f"{API}/tasks/execute/", body)
    assert answer.status_code == 400
    assert [(item["path"], item["code"]) for item in answer.json()["errors"]] == [("execute_at", code)]
    assert not Job.objects.exists()
