"""Devices over REST."""

from __future__ import annotations

import pytest
from django.db import connection

from webnet_core.audit.models import AuditEvent
from webnet_core.inventory.hostkeys import pin
from webnet_core.inventory.models import Device, HostKey, Tag
from webnet_core.testing.access import reauthenticated

API = "/api/v1"
KEY = "AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f"


def test_a_list_is_an_envelope_with_total(world):
    answer = world.client("viewer").get(f"{API}/devices/", {"limit": 2}).json()
    assert (answer["count"], answer["total"], len(answer["results"])) == (3, 3, 2)
    assert answer["previous"] is None
    second = world.client("viewer").get(answer["next"]).json()
    assert len(second["results"]) == 1
    assert second["next"] is None
    assert {row["id"] for row in answer["results"] + second["results"]} == {device.pk for device in world.devices}


def test_skip_is_offset(world):
    client = world.client("viewer")
    by_skip = client.get(f"{API}/devices/", {"skip": 1, "limit": 1}).json()
    by_offset = client.get(f"{API}/devices/", {"offset": 1, "limit": 1}).json()
    assert by_skip == by_offset


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"site": "London"}, 3),
        ({"site": "Paris"}, 0),
        ({"role": "access"}, 3),
        ({"role": "core"}, 0),
        ({"vendor": "CISCO"}, 3),
        ({"vendor": "Juniper"}, 0),
        ({"platform": "cisco_ios"}, 3),
        ({"reachability_status": "unknown"}, 3),
        ({"reachability_status": "reachable"}, 0),
        ({"enabled": "true"}, 3),
        ({"enabled": "false"}, 0),
        ({"search": "no such name"}, 0),
        ({"search": ""}, 3),
    ],
)
def test_filters_are_joined_by_and(world, query, found):
    answer = world.client("viewer").get(f"{API}/devices/", query)
    assert answer.json()["count"] == found


def test_a_site_is_filtered_by_id_too(world):
    assert world.client("viewer").get(f"{API}/devices/", {"site": world.site.pk}).json()["count"] == 3


def test_an_unknown_filter_is_refused_and_named(world):
    answer = world.client("viewer").get(f"{API}/devices/", {"colour": "red"})
    assert answer.status_code == 400
    (error,) = answer.json()["errors"]
    assert (error["path"], error["code"]) == ("colour", "unknown_filter")
    assert "There is no such filter; there are: " in error["message"]
    assert "platform" in error["message"]


def test_a_filter_that_is_given_twice_is_refused_rather_than_ignored(world):
    answer = world.client("viewer").get(f"{API}/devices/?role=core&role=access&tag=a")
    assert answer.status_code == 400
    assert [(item["path"], item["code"]) for item in answer.json()["errors"]] == [("role", "repeated_filter")]


def test_a_device_is_made_with_site_by_name_and_credential_by_id(world):
    body = {
        "hostname": "edge1",
        "mgmt_ip": "192.0.2.200",
        "vendor": "Cisco",
        "platform": "cisco_ios",
        "site": "London",
        "role": "edge",
        "credentials_ref": world.credential.pk,
        "connection_options": {"netmiko": {"global_delay_factor": 2}},
        "data": {"rack": "A1"},
    }
    reauthenticated(world.users["operator"])
    answer = world.client("operator").post(f"{API}/devices/", body)
    assert answer.status_code == 201, answer.json()
    made = answer.json()
    assert (made["site"], made["site_id"], made["credential"]) == ("London", world.site.pk, world.credential.pk)
    assert made["credentials_ref"] == world.credential.pk
    assert (made["vendor"], made["reachability_status"]) == ("Cisco", "unknown")
    event = AuditEvent.objects.get(action="devices.create")
    assert (event.username, event.object_id, event.customer_id) == ("operator", made["id"], world.ours.pk)
    assert event.request_id == answer["X-Request-ID"]


@pytest.mark.parametrize(
    ("change", "path", "code"),
    [
        ({"platform": "cisco_iosx"}, "platform", "unknown_platform"),
        ({"vendor": "Juniper"}, "vendor", "vendor_differs"),
        ({"driver": "telepathy"}, "driver", "unknown_driver"),
        ({"site": "Paris"}, "site", "unknown_site"),
        ({"credential": 999_999}, "credential", "unknown_credential"),
        ({"port": 0}, "port", "min_value"),
        ({"port": 70000}, "port", "max_value"),
        ({"port": "22"}, "port", "invalid"),
        ({"hostname": "two words"}, "hostname", "invalid"),
        ({"hostname": ""}, "hostname", "blank"),
        ({"mgmt_ip": "not an address!"}, "mgmt_ip", "invalid"),
        ({"enabled": "yes"}, "enabled", "invalid"),
        ({"connection_options": []}, "connection_options", "not_a_dict"),
        ({"connection_options": {"netmiko": 1}}, "connection_options.netmiko", "type"),
        ({"colour": "red"}, "colour", "unknown_field"),
        ({"reachability_status": "reachable"}, "reachability_status", "unknown_field"),
        ({"id": 1}, "id", "unknown_field"),
    ],
)
def test_what_is_wrong_is_named_by_its_path(world, change, path, code):
    body = {"hostname": "edge1", "mgmt_ip": "192.0.2.200", "platform": "cisco_ios", **change}
    answer = world.client("operator").post(f"{API}/devices/", body)
    assert answer.status_code == 400
    assert [(item["path"], item["code"]) for item in answer.json()["errors"]] == [(path, code)]
    assert not Device.objects.filter(hostname="edge1").exists()


def test_a_foreign_relation_is_refused_exactly_like_a_missing_one(world):
    body = {"hostname": "edge1", "mgmt_ip": "192.0.2.200", "platform": "cisco_ios"}
    client = world.client("operator")
    for name, foreign in (("site", world.foreign_site.pk), ("credential", world.foreign_credential.pk)):
        theirs = client.post(f"{API}/devices/", {**body, name: foreign})
        missing = client.post(f"{API}/devices/", {**body, name: 999_999})
        assert theirs.status_code == missing.status_code == 400
        assert theirs.json()["message"].replace(str(foreign), "X") == missing.json()["message"].replace("999999", "X")


def test_a_name_is_taken_once_in_a_customer_and_free_in_another(world):
    body = {"hostname": world.devices[0].hostname, "mgmt_ip": "192.0.2.200", "platform": "cisco_ios"}
    taken = world.client("operator").post(f"{API}/devices/", body)
    assert (taken.status_code, taken.json()["errors"][0]["path"]) == (400, "hostname")
    assert taken.json()["errors"][0]["code"] == "unique"
    assert world.client("stranger").post(f"{API}/devices/", body).status_code == 201


def test_an_operator_who_points_a_device_elsewhere_drops_its_host_keys(world):
    device = world.devices[0]
    reauthenticated(world.users["operator"])
    pin(device.pk, "ssh-ed25519", KEY)
    answer = world.client("operator").patch(f"{API}/devices/{device.pk}/", {"mgmt_ip": "192.0.2.250"})
    assert answer.status_code == 200
    assert not HostKey.objects.filter(device=device).exists()
    event = AuditEvent.objects.get(action="devices.update")
    assert (event.data["before"]["mgmt_ip"], event.data["after"]["mgmt_ip"]) == (device.mgmt_ip, "192.0.2.250")
    assert AuditEvent.objects.filter(action="hostkeys.forget", object_id=device.pk).exists()


@pytest.mark.parametrize("who", ["operator", "admin", "boss"])
@pytest.mark.parametrize(
    "change", [{"mgmt_ip": "192.0.2.250"}, {"port": 2222}, {"credential": None}, {"site": None},
               {"connection_options": {"netmiko": {"sock": "elsewhere"}}}],
)  # fmt: skip
def test_nobody_points_a_device_elsewhere_without_the_password(world, who, change):
    device = world.devices[0]
    pin(device.pk, "ssh-ed25519", KEY)
    answer = world.client(who).put(f"{API}/devices/{device.pk}/", change)
    assert (answer.status_code, answer.json()["code"]) == (403, "reauthentication_required")
    assert answer.json()["action"] == "devices.repoint"
    assert HostKey.objects.filter(device=device).exists()
    stored = Device.objects.get(pk=device.pk)
    assert (stored.mgmt_ip, stored.port, stored.site_id) == (device.mgmt_ip, device.port, device.site_id)


def test_a_change_that_points_nowhere_else_keeps_the_host_keys(world):
    device = world.devices[0]
    pin(device.pk, "ssh-ed25519", KEY)
    patience = {"netmiko": {"read_timeout_override": 30}}
    body = {"role": "core", "mgmt_ip": device.mgmt_ip, "port": device.port, "connection_options": patience}
    answer = world.client("operator").put(f"{API}/devices/{device.pk}/", body)
    assert (answer.status_code, answer.json()["role"]) == (200, "core")
    assert HostKey.objects.filter(device=device).exists()


def test_a_device_with_an_open_job_is_not_deleted(world):
    job = world.job()
    device = world.devices[0]
    refused = world.client("operator").delete(f"{API}/devices/{device.pk}/")
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
    assert refused.json()["used_by"] == [{"type": "webnet_core.job", "id": job.pk, "name": f"job {job.pk}"}]


def test_a_deleted_device_leaves_its_results_under_its_name(world):
    job = world.finished_job()
    device = world.devices[0]
    assert world.client("operator").delete(f"{API}/devices/{device.pk}/").status_code == 204
    names = {row["name"] for row in world.client("viewer").get(f"{API}/jobs/{job.pk}/results/").json()["results"]}
    assert device.hostname in names


def test_the_jobs_of_a_device_are_listed(world):
    first = world.finished_job(targets={"device_ids": [world.devices[0].pk]})
    world.finished_job(targets={"device_ids": [world.devices[1].pk]})
    answer = world.client("viewer").get(f"{API}/devices/{world.devices[0].pk}/jobs/", {"status": "success"}).json()
    assert [row["id"] for row in answer["results"]] == [first.pk]


def test_a_device_removed_while_somebody_changes_it_is_not_there_and_no_failure(world):
    device = world.devices[0]
    looks = []

    def removed(execute, sql, *rest):
        if sql.startswith("SELECT") and "webnet_core_device" in sql:
            looks.append(sql)
            if len(looks) == 2:
                Device.objects.filter(pk=device.pk).delete()
        return execute(sql, *rest)

    with connection.execute_wrapper(removed):
        answer = world.client("operator").patch(f"{API}/devices/{device.pk}", {"role": "core"})
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_a_tag_removed_while_a_device_gets_it_is_a_conflict_and_no_failure(world):
    device = world.devices[0]
    tag = Tag.objects.create(customer=world.ours, name="env", value="lab")

    def removed(execute, sql, *rest):
        if sql.startswith('SELECT "webnet_core_tag"."id"') and "colour" not in sql:
            Tag.objects.filter(pk=tag.pk)._raw_delete("default")
        return execute(sql, *rest)

    with connection.execute_wrapper(removed):
        answer = world.client("operator").patch(f"{API}/devices/{device.pk}", {"tags": {"env": "lab"}})
    assert (answer.status_code, answer.json()["code"]) == (409, "overtaken")
