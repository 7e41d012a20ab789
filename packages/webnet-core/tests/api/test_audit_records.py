"""What services write into the audit: who, what, on what, before and after without secrets, by which door."""

from __future__ import annotations

from io import StringIO

from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.test import Client
from tests.api.conftest import JSONClient

from webnet_core.access.customers import create_customer
from webnet_core.audit.changes import differences, row_values
from webnet_core.audit.models import AuditEvent
from webnet_core.audit.record import enter_by, origin, origin_of, record
from webnet_core.inventory.devices import create_device, delete_device, update_device
from webnet_core.inventory.models import Device
from webnet_core.plugin import hookimpl
from webnet_core.plugins.items import TickStep
from webnet_core.redact import current
from webnet_core.secrets.credentials import create_credential, delete_credential, update_credential
from webnet_core.secrets.models import Credential
from webnet_core.testing.access import reauthenticated
from webnet_core.testing.factories import make_user

API = "/api/v1"


def last(action: str) -> AuditEvent:
    return AuditEvent.objects.filter(action=action).latest("pk")


def test_a_site_is_told_as_it_was_and_as_it_became(world):
    client = world.client("operator")
    made = client.post(f"{API}/sites/", {"name": "Rome", "queue": "rom"}).json()
    assert last("sites.create").data == {"after": {"name": "Rome", "queue": "rom", "time_zone": "UTC"}}
    client.patch(f"{API}/sites/{made['id']}/", {"queue": "default", "name": "Rome"})
    assert last("sites.update").data == {"before": {"queue": "rom"}, "after": {"queue": "default"}}
    client.delete(f"{API}/sites/{made['id']}/")
    gone = last("sites.delete")
    assert gone.data == {"before": {"name": "Rome", "queue": "default", "time_zone": "UTC"}}
    assert (gone.object_type, gone.object_id, gone.object_label) == ("webnet_core.site", made["id"], "Rome")


def test_a_customer_is_told_as_it_was_and_as_it_became(world):
    client = world.client("boss")
    made = client.post(f"{API}/customers/", {"name": "New"}).json()
    client.patch(f"{API}/customers/{made['id']}/", {"description": "x" * 2000})
    event = last("customers.update")
    assert event.customer_id == made["id"]
    assert event.data["before"] == {"description": ""}
    assert event.data["after"]["description"].endswith("… (2000 characters)")


def test_of_a_secret_is_told_that_it_was_set_changed_or_removed(world):
    boss = reauthenticated(world.users["boss"])
    values = {"name": "core", "username": "root", "password": "canary-one", "enable_password": ""}
    credential = create_credential(boss, world.ours.pk, values)
    set_ = last("credentials.create").data["after"]
    assert (set_["password"], set_["enable_password"], set_["username"]) == ("set", "", "root")
    credential = update_credential(boss, credential, {"password": "canary-two", "enable_password": "canary-three"})
    changed = last("credentials.update").data
    assert changed["before"] == {"password": "set", "enable_password": "", "version": 1}
    assert changed["after"] == {"password": "changed", "enable_password": "set", "version": 2}
    credential = update_credential(boss, credential, {"enable_password": ""})
    assert last("credentials.update").data["after"] == {"enable_password": "removed", "version": 3}
    delete_credential(boss, credential)
    assert last("credentials.delete").data["before"]["password"] == "set"
    everything = str(list(AuditEvent.objects.values_list("data", flat=True)))
    assert "canary" not in everything
    assert "gAAAA" not in everything, "no ciphertext either"


def test_of_the_options_of_a_device_only_the_names_are_told(world):
    boss = reauthenticated(world.users["boss"])
    asked = {
        "hostname": "edge1",
        "mgmt_ip": "192.0.2.77",
        "platform": "cisco_ios",
        "credential": world.credential.pk,
        "connection_options": {"netmiko": {"secret": "canary-one"}},
        "data": {"community": "canary-two", "rack": "A1"},
    }
    device = create_device(boss, world.ours.pk, asked)
    after = last("devices.create").data["after"]
    assert (after["connection_options"], after["data"]) == ({"netmiko": "set"}, {"community": "set", "rack": "set"})
    assert after["credential"] == {"id": world.credential.pk, "name": "lab"}
    update_device(boss, device, {"data": {"community": "canary-three", "room": "1"}, "credential": None, "port": 2222})
    event = last("devices.update")
    assert event.data["before"] == {
        "credential": {"id": world.credential.pk, "name": "lab"},
        "data": {"community": "set", "rack": "set"},
        "port": 22,
    }
    assert event.data["after"] == {
        "credential": None,
        "data": {"community": "changed", "rack": "removed", "room": "set"},
        "port": 2222,
    }
    delete_device(boss, Device.objects.get(pk=device.pk))
    assert last("devices.delete").data["before"]["mgmt_ip"] == "192.0.2.77"
    assert "canary" not in str(list(AuditEvent.objects.values_list("data", flat=True)))


def test_a_secret_field_is_masked_whoever_forgets_to_do_so():
    told = differences(Credential, {"password": "old", "username": "a"}, {"password": "new", "username": "a"})
    assert told == {"before": {"password": "set"}, "after": {"password": "changed"}}
    assert row_values(Credential(name="x"), ("name",)) == {"name": "x"}


def test_a_live_secret_is_masked_wherever_it_stands(world):
    current().add("canary-in-use")
    try:
        customer = create_customer(world.users["boss"], {"name": "The canary-in-use case"})
    finally:
        current().discard("canary-in-use")
    event = last("customers.create")
    assert event.object_id == customer.pk
    assert "canary" not in event.object_label + str(event.data)


def test_what_no_database_holds_is_replaced(db):
    event = record(None, "test.act", data={"name": "a\x00b\ud800", "number": float("nan")})
    event.refresh_from_db()
    assert event.data == {"name": "a\ufffdb\ufffd", "number": "NaN"}


# ------------------------------------------------------------------------------------------------------------- doors


def test_a_login_a_change_and_a_logout_with_a_token(world):
    make_user("tina", role="operator", customer=world.ours, password="correct horse")
    client = JSONClient()
    login = client.post(f"{API}/auth/login/", {"username": "tina", "password": "correct horse"})
    bearer = {"Authorization": f"Bearer {login.json()['access']}", "X-Request-ID": "r-77"}
    client.post(f"{API}/sites/", {"name": "Oslo"}, headers=bearer)
    event = last("sites.create")
    assert (event.username, event.door, event.request_id, event.address) == ("tina", "token", "r-77", "127.0.0.1")
    assert event.user_key == str(event.user_id)
    client.post(f"{API}/auth/logout/", {}, headers=bearer)
    logins = AuditEvent.objects.filter(action__startswith="auth.").order_by("pk")
    assert [(row.action, row.username, row.door) for row in logins] == [
        ("auth.login", "tina", "anonymous"),
        ("auth.logout", "tina", "token"),
    ]


def test_a_failed_login_is_told_with_the_name_that_was_tried(world):
    JSONClient().post(f"{API}/auth/login/", {"username": "mallory", "password": "guess"})
    event = last("auth.login_failed")
    assert (event.username, event.data["username"], event.address) == ("", "mallory", "127.0.0.1")
    assert "guess" not in str(event.data)


def test_a_session_of_the_sites_own_is_told_once_at_its_beginning_and_once_at_its_end(world):
    client = Client()
    client.force_login(world.users["operator"])
    client.post(f"{API}/sites/", {"name": "Bern"}, content_type="application/json")
    assert (last("sites.create").door, last("sites.create").username) == ("session", "operator")
    answer = client.post(f"{API}/auth/logout/", content_type="application/json", headers={"X-Request-ID": "r-78"})
    assert answer.status_code == 204
    rows = AuditEvent.objects.filter(action__startswith="auth.").order_by("pk")
    assert [(row.action, row.door) for row in rows] == [("auth.login", "session"), ("auth.logout", "session")]
    assert rows.last().request_id == "r-78"


def test_people_of_the_site_who_have_no_role_are_not_told_of(world):
    client = Client()
    client.force_login(get_user_model().objects.create(username="visitor"))
    client.logout()
    assert not AuditEvent.objects.filter(action__startswith="auth.").exists()


def test_what_a_command_does_says_so(world, webnet_plugins, monkeypatch):
    monkeypatch.setenv("LOGNAME", "ops")
    seen = []

    def act() -> int:
        seen.append(record(None, "test.act").door)
        return 0

    class Acme:
        @hookimpl
        def webnet_register_tick_steps(self):
            return [TickStep(key="acme.act", run=act)]

    webnet_plugins.load(acme=Acme())
    call_command("webnet", "tick", stdout=StringIO())
    assert seen == ["command ops"]


def test_a_job_tells_its_submission_its_cancelling_and_its_repetition(world):
    world.executor.failing = {world.devices[0].hostname}
    job = world.finished_job()
    client = world.client("operator")
    again = client.post(f"{API}/jobs/{job.pk}/retry/").json()["job_id"]
    event = last("jobs.submit")
    assert (event.object_id, event.data["retry_of"], event.data["devices"]) == (again, job.pk, 1)
    client.post(f"{API}/jobs/{again}/cancel/")
    assert (last("jobs.cancel").object_id, last("jobs.cancel").data) == (again, {"status": "queued"})


def test_what_an_executor_records_names_its_job(world, webnet_plugins):
    doors = []

    class Recorder:
        @hookimpl
        def webnet_execute_shard(self, run):
            doors.append(record(None, "test.act").door)

    webnet_plugins.load(recorder=Recorder())
    job = world.finished_job()
    assert doors == [f"job {job.pk}"]


def test_an_origin_inside_an_origin_is_the_outer_one(rf, db):
    with origin(request_id="outer", address="192.0.2.1"):
        enter_by("token")
        with origin_of(rf.get("/"), door="session") as request_id:
            event = record(None, "test.act")
    assert (request_id, event.request_id, event.door) == ("outer", "outer", "token")
    assert record(None, "test.act").door == ""
