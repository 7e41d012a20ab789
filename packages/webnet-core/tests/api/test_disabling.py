"""A disabled device is left out of every target, and who, when and why is shown wherever it is."""

from __future__ import annotations

from webnet_core.audit.models import AuditEvent
from webnet_core.inventory.models import Device
from webnet_core.jobs.models import HostResult, JobEvent
from webnet_core.testing.jobs import run_jobs_inline

API = "/api/v1"


def switch(world, verb, device, **body):
    return world.client("operator").post(f"{API}/devices/{device.pk}/{verb}/", body)


def test_a_device_says_who_disabled_it_when_and_why(world):
    device = world.devices[0]
    shown = switch(world, "disable", device, reason="Moved to the store").json()
    assert (shown["enabled"], shown["disabled_by"]) == (False, "operator")
    assert (shown["disabled_reason"], bool(shown["disabled_at"])) == ("Moved to the store", True)
    assert switch(world, "disable", device).json()["disabled_reason"] == "Moved to the store"
    shown = switch(world, "enable", device).json()
    assert (shown["enabled"], shown["disabled_reason"], shown["disabled_by"]) == (True, "", "")
    assert shown["disabled_at"] is None
    acts = AuditEvent.objects.filter(object_id=device.pk).order_by("pk").values_list("action", "data")
    assert [action for action, _ in acts] == ["devices.disable", "devices.enable"]
    assert acts[0][1]["after"] == {"enabled": False, "disabled_reason": "Moved to the store"}
    assert acts[1][1]["after"] == {"enabled": True, "disabled_reason": ""}


def test_a_change_of_the_device_can_do_the_same(world):
    where, client = f"{API}/devices/{world.devices[0].pk}/", world.client("operator")
    shown = client.patch(where, {"enabled": False, "disabled_reason": "spare"}).json()
    assert (shown["disabled_by"], shown["disabled_reason"]) == ("operator", "spare")
    assert client.patch(where, {"enabled": True}).json()["disabled_reason"] == ""
    refused = client.patch(where, {"disabled_reason": "spare"})
    assert (refused.status_code, refused.json()["errors"][0]["path"]) == (400, "disabled_reason")


def test_plan_and_job_name_what_is_left_out_and_why(world):
    off = world.devices[1]
    switch(world, "disable", off, reason="Moved")
    asked = {"task": "talker.ask", "targets": {"all": True}, "params": {"commands": ["show version"]}}
    planned = world.client("operator").post(f"{API}/tasks/plan/", asked).json()
    left_out = {row["device_id"]: row["excluded"] for row in planned["rows"] if row["excluded"]}
    assert set(left_out) == {off.pk}
    assert left_out[off.pk].startswith("the device is disabled by operator on ")
    assert left_out[off.pk].endswith(": Moved")
    job = world.finished_job()
    assert off.hostname not in world.executor.executed
    notes = JobEvent.objects.filter(job=job).values_list("message", flat=True)
    assert f"left out because disabled: {off.hostname} (Moved)" in list(notes)


def test_a_device_disabled_after_the_job_was_accepted_is_skipped_with_the_reason(world):
    job = world.job()
    switch(world, "disable", world.devices[0], reason="Moved")
    run_jobs_inline()
    row = HostResult.objects.get(job=job, device=world.devices[0])
    assert (row.status, row.message) == ("skipped", "The device was disabled after the job was accepted: Moved.")


def test_where_all_are_disabled_the_reasons_are_told(world):
    Device.objects.filter(customer=world.ours).update(enabled=False, disabled_reason="Moved")
    asked = {"task": "talker.ask", "targets": {"all": True}, "params": {"commands": ["show version"]}}
    refused = world.client("operator").post(f"{API}/tasks/execute/", asked)
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (400, "all_disabled")
    assert f"{world.devices[0].hostname} (Moved)" in refused.json()["message"]
