"""Django's admin over webnet: every page of every model, for a superuser, for staff with roles and staff without."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from webnet_core import models
from webnet_core.access import tokens
from webnet_core.access.models import ApiKey, Customer, Membership, RefreshFamily
from webnet_core.administration import ReadOnlyAdmin
from webnet_core.audit.models import AuditEvent
from webnet_core.audit.record import record
from webnet_core.audit.seal import seal_waiting
from webnet_core.inventory.hostkeys import pin
from webnet_core.inventory.importing.models import ImportBatch
from webnet_core.inventory.models import (
    DataSchema,
    Device,
    DeviceCredential,
    DeviceGroup,
    DeviceLease,
    IPRange,
    Selection,
    Site,
    SiteCredential,
    Tag,
)
from webnet_core.jobs.models import Job, Schedule, SingletonLease, Worker
from webnet_core.testing.factories import make_credential, make_user

KEY = "AAAAC3NzaC1lZDI1NTE5AAAAIJ9mZWxsb3dzaGlwb2Z0aGVyaW5nd2VibmV0dGVzdA=="
CANARY = "canary-7f31"
UNSHOWN = {"DigestKey", "IdempotencyRecord"}  # a secret, and answers that were given to programs
PAGES = {model._meta.object_name: model for model in admin.site._registry if model._meta.app_label == "webnet_core"}


@pytest.fixture
def filled(world):
    """A world with a row of every model, and a canary in everything that is secret."""
    world.executor.failing = {world.devices[0].hostname}
    world.done = world.finished_job()
    world.secret = make_credential(
        world.ours, name="secret", password=CANARY, enable_password=CANARY, ssh_private_key=CANARY
    )
    device = world.devices[0]
    Device.objects.filter(pk=device.pk).update(
        connection_options={"netmiko": {"secret": CANARY}}, data={"community": CANARY}
    )
    DeviceCredential.objects.create(device=device, credential=world.secret, position=1)
    SiteCredential.objects.create(site=world.site, credential=world.secret, position=1)
    pin(device.pk, "ssh-ed25519", KEY)
    DeviceLease.objects.create(device=device, holder="job 1", expires_at=timezone.now())
    device.tags.add(Tag.objects.create(customer=world.ours, name="env", value="lab"))
    DeviceGroup.objects.create(customer=world.ours, name="core").members.add(device)
    IPRange.objects.create(customer=world.ours, cidr="192.0.2.0/24")
    DataSchema.objects.create(customer=world.ours, schema={"type": "object"})
    Schedule.objects.create(customer=world.ours, name="nightly", params={"password": CANARY}, targets={"all": True})
    soon = timezone.now() + timedelta(hours=1)
    ImportBatch.objects.create(customer=world.ours, filename="fleet.csv", form="csv", duplicates="update")
    Selection.objects.create(
        customer=world.ours, user=world.users["admin"], device_ids=[device.pk], digest="x", expires_at=soon
    )
    ApiKey.objects.create(
        user=world.users["admin"], name="ci", prefix="abc", digest=f"{CANARY}-digest", scopes=["view"], expires_at=soon
    )
    tokens.start_family(world.users["admin"])
    RefreshFamily.objects.update(current=f"{CANARY}-current")
    Worker.objects.create(name="worker 1", kind="worker")
    SingletonLease.objects.get_or_create(name="one", defaults={"owner": "worker 1", "expires_at": soon})
    record(None, "test.act", customer_id=world.ours.pk)
    record(world.users["admin"], "test.act", customer_id=999_999)
    seal_waiting()
    return world


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def staff(username, role=None, customer=None):
    """Somebody with every Django permission, and a role in webnet or none."""
    user = make_user(username, role=role, customer=customer, is_staff=True)
    user.user_permissions.set(Permission.objects.all())
    return user


def listed(model):
    return reverse(f"admin:webnet_core_{model._meta.model_name}_changelist")


def detail(row):
    return reverse(f"admin:webnet_core_{row._meta.model_name}_change", args=[row.pk])


def test_every_model_has_a_page_but_those_that_hold_nothing_for_people():
    assert set(PAGES) == set(models.__all__) - UNSHOWN


def test_a_superuser_sees_every_list_and_every_row_and_no_secret(filled):
    client = signed_in(make_user("root", role=None, is_staff=True, is_superuser=True))
    hidden = [CANARY, str.__str__(filled.secret.password)[:30], "gAAAA", "s3cret-word"]
    for name, model in PAGES.items():
        rows = list(model._default_manager.all()[:20])
        assert rows, f"the test's own premise: a row of {name}"
        for url in (listed(model), f"{listed(model)}?q=x", *(detail(row) for row in rows)):
            page = client.get(url)
            assert page.status_code == 200, url
            text = page.content.decode()
            assert not [secret for secret in hidden if secret in text], url


def test_staff_without_a_role_see_no_row(filled):
    client = signed_in(staff("clerk"))
    for name, model in PAGES.items():
        page = client.get(listed(model))
        assert page.status_code == 200, name
        assert page.context["cl"].result_count == 0, name
        for row in model._default_manager.all()[:3]:
            assert client.get(detail(row)).status_code == 302, f"{name}: as for a row that is not there"


def test_staff_of_one_customer_see_nothing_of_another(filled):
    client = signed_in(staff("clerk", "admin", filled.theirs))
    for name, model in PAGES.items():
        page = client.get(listed(model))
        assert page.status_code == 200, name
        for word in (filled.devices[0].hostname, filled.site.name, filled.secret.name, f'"{filled.ours.name}"'):
            assert f">{word}<" not in page.content.decode(), name


def test_nothing_else_can_be_added_changed_or_deleted(filled):
    client = signed_in(make_user("root", role=None, is_staff=True, is_superuser=True))
    for name in set(PAGES) - {"Customer", "Site"}:
        model = PAGES[name]
        row = model._default_manager.first()
        before = model._default_manager.filter(pk=row.pk).values().get()
        assert client.get(reverse(f"admin:webnet_core_{model._meta.model_name}_add")).status_code == 403, name
        assert client.post(detail(row), {"name": "x"}).status_code == 403, name
        gone = reverse(f"admin:webnet_core_{model._meta.model_name}_delete", args=[row.pk])
        assert client.post(gone, {"post": "yes"}).status_code == 403, name
        client.post(listed(model), {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"})
        assert model._default_manager.filter(pk=row.pk).values().get() == before, name


@pytest.mark.parametrize(
    ("name", "lookup"),
    [
        ("Credential", "password__startswith"),
        ("ApiKey", "digest__startswith"),
        ("RefreshFamily", "current__startswith"),
        ("Device", "credential__password__startswith"),
        ("AuditEvent", "user__password__startswith"),
        ("Blob", "data__startswith"),
    ],
)
def test_a_secret_cannot_be_guessed_by_filtering(filled, name, lookup):
    client = signed_in(make_user("root", role=None, is_staff=True, is_superuser=True))
    assert client.get(listed(PAGES[name]), {lookup: "a"}).status_code == 400


def test_every_page_is_one_of_ours():
    assert {type(admin.site._registry[model]).__mro__.index(ReadOnlyAdmin) > 0 for model in PAGES.values()} == {True}


# --------------------------------------------------------------------------------------------------------- services


def test_a_customer_is_made_and_changed_by_its_service(filled):
    root = make_user("root", role=None, is_staff=True, is_superuser=True)
    client = signed_in(root)
    add = reverse("admin:webnet_core_customer_add")
    assert client.post(add, {"name": "Third", "description": ""}).status_code == 302
    made = Customer.objects.get(name="Third")
    event = AuditEvent.objects.get(action="customers.create", object_id=made.pk)
    assert (event.username, event.door, event.address) == ("root", "admin", "127.0.0.1")
    assert client.post(detail(made), {"name": "Fourth", "description": ""}).status_code == 302
    assert AuditEvent.objects.get(action="customers.update").data["after"] == {"name": "Fourth"}
    twice = client.post(add, {"name": "Fourth", "description": ""})
    assert (twice.status_code, "already exists" in twice.content.decode()) == (200, True)


def test_a_site_is_made_changed_and_removed_by_its_service(filled):
    client = signed_in(staff("clerk", "operator", filled.ours))
    add = reverse("admin:webnet_core_site_add")
    values = {"customer": filled.ours.pk, "name": "Rome", "queue": "default", "time_zone": "Europe/Rome"}
    assert client.post(add, values).status_code == 302
    made = Site.objects.get(name="Rome")
    assert client.post(detail(made), {**values, "queue": "rom"}).status_code == 302
    made.refresh_from_db()
    assert made.queue == "rom"
    wrong = client.post(add, {**values, "name": "Mars", "time_zone": "Mars/Base"}, follow=True)
    assert "There is no time zone" in wrong.content.decode()
    assert not Site.objects.filter(name="Mars").exists()
    foreign = client.post(add, {**values, "customer": filled.theirs.pk, "name": "Oslo"})
    assert (foreign.status_code, "not one of the available choices" in foreign.content.decode()) == (200, True)
    gone = reverse("admin:webnet_core_site_delete", args=[made.pk])
    assert client.post(gone, {"post": "yes"}).status_code == 302
    actions = AuditEvent.objects.filter(object_type="webnet_core.site").order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["sites.create", "sites.update", "sites.delete"]
    assert set(AuditEvent.objects.filter(object_type="webnet_core.site").values_list("door", flat=True)) == {"admin"}


def test_a_role_in_one_customer_does_not_change_a_site_of_another(filled):
    user = staff("clerk", "operator", filled.ours)
    Membership.objects.create(user=user, customer=filled.theirs, role="viewer")
    site = filled.foreign_site
    values = {"name": "Taken", "queue": "default", "time_zone": "UTC"}
    answer = signed_in(user).post(detail(site), values, follow=True)
    assert "sites.edit" in answer.content.decode()
    site.refresh_from_db()
    assert site.name != "Taken"


def test_jobs_are_cancelled_and_repeated_with_the_users_own_roles(filled):
    done, job, url = filled.done, filled.job(), listed(Job)

    def act(user, action, *jobs) -> str:
        """Choose jobs, let the action work on them and return what is told."""
        chosen = {"action": action, "_selected_action": [one.pk for one in jobs]}
        answer = signed_in(user).post(url, chosen, follow=True)
        return " ".join(str(message) for message in answer.context["messages"])

    viewer = staff("looker", "viewer", filled.ours)
    assert "jobs.cancel" in act(viewer, "cancel_jobs", job)
    assert "jobs.run" in act(viewer, "retry_jobs", done)
    clerk = staff("clerk", "operator", filled.ours)
    told = act(clerk, "cancel_jobs", job, done)
    assert f"job {job.pk} (talker.ask): is asked to end." in told
    assert f"Job {done.pk} has ended" in told
    job.refresh_from_db()
    assert job.status == "cancelled"
    assert "runs again" in act(clerk, "retry_jobs", done)
    assert Job.objects.get(retry_of=done).source == "admin"
    event = AuditEvent.objects.get(action="jobs.cancel")
    assert (event.username, event.door) == ("clerk", "admin")
    stranger = staff("stranger2", "admin", filled.theirs)
    before = Job.objects.count()
    act(stranger, "retry_jobs", done)
    assert Job.objects.count() == before
