"""The list of jobs, one job, one of its hosts, and what can be done with them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cryptography.fernet import Fernet
from django.urls import reverse
from django.utils import timezone

from webnet_core.access.roles import Role
from webnet_core.blobs import store
from webnet_core.jobs.models import HostResult, Job, Schedule, Shard
from webnet_core.jobs.timeline import Note, add_events
from webnet_core.plugins.items import TaskSpec
from webnet_core.plugins.markers import hookimpl
from webnet_core.testing.factories import make_user

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
HTMX = {"HX-Request": "true"}


class Plugin:
    """Brings one task that reads."""

    __module__ = "webnet_nornir.webnet_plugin"

    @hookimpl
    def webnet_register_tasks(self):
        return [TaskSpec(name="ask", title="Ask", run=print)]


@pytest.fixture(autouse=True)
def _tasks(webnet_plugins, settings):
    settings.WEBNET = {**settings.WEBNET, "CORE": {"ENCRYPTION_KEYS": [Fernet.generate_key().decode()]}}
    webnet_plugins.load(acme=Plugin())


@pytest.fixture
def job(world):
    """A finished job over one device that failed, with output and events full of markup."""
    job = Job.objects.create(
        customer=world.ours, type="ask", status="failed", total=1, failed=1, user=world.operator,
        started_at=timezone.now(), finished_at=timezone.now(),
    )  # fmt: skip
    shard = Shard.objects.create(job=job, number=1, start_before=timezone.now(), state="done")
    (blob,) = store.put(world.ours.pk, [HOSTILE + "\nline two"])
    HostResult.objects.create(
        job=job, shard=shard, device=world.device, device_name=world.device.hostname, status="failed", output=blob,
        error=HOSTILE, error_category="authentication", driver="netmiko", attempts=1,
        data={"attempts": [{"driver": "netmiko", "operation": "read", "seconds": 1.5, "error": "authentication"}]},
    )  # fmt: skip
    add_events(job.pk, [Note(message=f"{HOSTILE} {number}", host=world.device.hostname) for number in range(3)])
    return job


def url_of(name, *arguments):
    return reverse(f"webnet:{name}", args=arguments)


@pytest.mark.parametrize("name", ["job-detail", "job-events"])
def test_a_job_of_another_customer_is_not_found(login, world, job, name):
    assert login(world.viewer).get(url_of(name, job.pk)).status_code == 200
    assert login(world.stranger).get(url_of(name, job.pk)).status_code == 404
    assert login(world.stranger).get(url_of(name, 999_999)).status_code == 404


def test_a_job_says_which_schedule_made_it_and_when_it_starts(login, world, job):
    nightly = Schedule.objects.create(customer=world.ours, name="nightly", task="ask", interval=3600)
    Job.objects.filter(pk=job.pk).update(source="schedule", schedule=nightly, due_at=timezone.now())
    soon = timezone.now() + timedelta(days=3, hours=1)
    later = Job.objects.create(customer=world.ours, type="ask", status="scheduled", total=1, scheduled_for=soon)
    client = login(world.viewer)
    assert f"?schedule={nightly.pk}" in client.get(url_of("job-detail", job.pk)).content.decode()
    assert f"{timezone.localtime(soon):%Y-%m-%d %H:%M}" in client.get(url_of("job-detail", later.pk)).content.decode()
    assert "in 3 d" in client.get(url_of("job-list")).content.decode()
    page = client.get(url_of("job-list"), {"schedule": nightly.pk}).content.decode()
    assert "nightly" in page
    assert f"#{later.pk} " not in page
    assert "nightly" not in login(world.stranger).get(url_of("job-list")).content.decode()


def test_a_host_of_another_customers_job_is_not_found(login, world, job):
    result = job.results.get()
    assert login(world.viewer).get(url_of("job-host", job.pk, result.pk)).status_code == 200
    assert login(world.stranger).get(url_of("job-host", job.pk, result.pk)).status_code == 404
    assert login(world.viewer).get(url_of("job-host", job.pk, 999_999)).status_code == 404


@pytest.mark.parametrize("name", ["job-cancel", "job-retry"])
def test_a_viewer_and_a_stranger_change_nothing(login, world, job, name):
    assert login(world.viewer).post(url_of(name, job.pk)).status_code == 403
    assert login(world.stranger).post(url_of(name, job.pk)).status_code == 404
    assert login(world.operator).get(url_of(name, job.pk)).status_code == 405
    assert Job.objects.count() == 1


def test_the_list_holds_own_jobs_and_narrows_by_state(login, world, job):
    client = login(world.viewer)
    assert f"#{job.pk} Ask" in client.get(url_of("job-list")).content.decode()
    assert f"#{job.pk} Ask" not in client.get(url_of("job-list"), {"status": "success"}).content.decode()
    assert f"#{job.pk}" not in login(world.stranger).get(url_of("job-list")).content.decode()


def test_the_list_is_served_in_part_to_htmx_under_the_same_address(login, world, job):
    client = login(world.viewer)
    part = client.get(url_of("job-list"), headers=HTMX)
    assert "<html" not in part.content.decode()
    assert part["Vary"].startswith("HX-Request") or "HX-Request" in part["Vary"]
    assert part["Cache-Control"] == "no-store"


def test_device_text_is_shown_and_never_becomes_markup(login, world, job):
    client = login(world.viewer)
    for url in (url_of("job-detail", job.pk), url_of("job-host", job.pk, job.results.get().pk)):
        page = client.get(url).content.decode()
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_secrets_in_what_a_device_answered_are_shown_to_those_alone_who_may_see_them(login, world, job):
    result = job.results.get()
    (result.output,) = store.put(world.ours.pk, ["snmp-server community s3cret-word RO"])
    result.data = {"result": {"show run": "enable secret 0 s3cret-word"}}
    result.save()
    url = url_of("job-host", job.pk, result.pk)
    admin = make_user("admin", role=Role.ADMIN, customer=world.ours)
    assert "s3cret-word" in login(admin).get(url).content.decode()
    for who in (world.viewer, world.operator):
        answer = login(who).get(url)
        assert "s3cret-word" not in answer.content.decode()
        assert "snmp-server community ******** RO" in answer.content.decode()
        assert "s3cret-word" not in str(answer.context["structured"])


def test_the_log_of_a_device_that_is_gone_is_its_own(login, world, job):
    add_events(job.pk, [Note(message="about the whole job")])
    name = world.device.hostname
    world.device.delete()
    page = login(world.viewer).get(url_of("job-host", job.pk, job.results.get(device_name=name).pk)).content.decode()
    assert "about the whole job" not in page
    assert page.count("onerror=alert(2)&gt; ") == 3


def test_the_page_goes_on_after_the_last_event_it_shows(login, world, job):
    page = login(world.viewer).get(url_of("job-detail", job.pk)).content.decode()
    assert 'data-after="3"' in page
    assert "data-finished" in page


def test_events_are_polled_after_a_number_and_nonsense_is_refused(login, world, job):
    client = login(world.viewer)
    body = client.get(url_of("job-events", job.pk), {"after": "1"}).json()
    assert [event["seq"] for event in body["events"]] == [2, 3]
    assert (body["first"], body["last"], body["finished"]) == (2, 3, True)
    for after in ("x", "-1", "1.5", "9" * 40):
        assert client.get(url_of("job-events", job.pk), {"after": after}).status_code == 400


def test_a_retry_takes_the_host_that_failed(login, world, job):
    response = login(world.operator).post(url_of("job-retry", job.pk))
    again = Job.objects.exclude(pk=job.pk).get()
    assert (response.status_code, response.url) == (303, url_of("job-detail", again.pk))
    assert again.retry_of == job
    assert list(again.results.values_list("device_id", flat=True)) == [world.device.pk]


def test_a_queued_job_is_cancelled_at_once(login, world, job):
    client = login(world.operator)
    client.post(url_of("job-retry", job.pk))
    again = Job.objects.exclude(pk=job.pk).get()
    assert "Cancel job" in client.get(url_of("job-detail", again.pk)).content.decode()
    assert client.post(url_of("job-cancel", again.pk)).status_code == 303
    again.refresh_from_db()
    assert again.status == "cancelled"
    assert "Cancel job" not in client.get(url_of("job-detail", again.pk)).content.decode()


def test_cancelling_what_has_ended_says_so_and_changes_nothing(login, world, job):
    assert login(world.operator).post(url_of("job-cancel", job.pk), follow=True).status_code in {200, 409}
    job.refresh_from_db()
    assert (job.status, job.cancel_requested_at) == ("failed", None)


def test_the_number_of_queries_of_a_job_does_not_grow_with_its_hosts(login, world, job, django_assert_max_num_queries):
    client = login(world.viewer)
    client.get(url_of("job-detail", job.pk))
    shard = job.shards.get()
    HostResult.objects.bulk_create(
        HostResult(job=job, shard=shard, device=None, device_name=f"d{number}") for number in range(50)
    )
    with django_assert_max_num_queries(16):
        client.get(url_of("job-detail", job.pk))
