"""A POST that starts work may be sent again under its key: one job, one answer."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.api.routes import mounted

from webnet_core.jobs.models import IdempotencyRecord, Job
from webnet_core.jobs.registrations import REPEATABLE, forget_answers
from webnet_core.testing.jobs import run_jobs_inline

API = "/api/v1"
EXECUTE = f"{API}/tasks/execute/"
BODY = {"task": "talker.ask", "params": {"commands": ["show version"]}, "targets": {"all": True}}


def send(client, body=BODY, key="a-key", path=EXECUTE, **headers):
    return client.post(path, body, headers={"Idempotency-Key": key, **headers})


def test_the_same_key_gives_the_first_answer_again_even_when_the_job_has_moved_on(world):
    client = world.client("operator")
    first = send(client)
    run_jobs_inline()
    again = send(client)
    assert (first.status_code, again.status_code) == (202, 202)
    assert again.json() == first.json()
    assert ("Idempotency-Replayed" in first, again["Idempotency-Replayed"]) == (False, "true")
    assert Job.objects.count() == 1


def test_the_order_of_fields_and_the_slash_at_the_end_change_nothing(world):
    client = world.client("operator")
    first = send(client).json()
    assert send(client, dict(reversed(BODY.items())), path=EXECUTE.rstrip("/")).json() == first
    assert send(client, key='"a-key"').json() == first
    assert Job.objects.count() == 1


@pytest.mark.parametrize(
    "other",
    [
        {"body": {**BODY, "params": {"commands": ["show clock"]}}},
        {"body": {**BODY, "targets": {"site": "London"}}},
        {"path": f"{API}/jobs/1/retry/", "body": {}},
    ],
)
def test_the_same_key_with_another_request_is_refused_and_starts_nothing(world, other):
    client = world.client("operator")
    first = send(client).json()
    if "path" in other:
        other = {**other, "path": f"{API}/jobs/{first['id']}/retry/"}
    refused = send(client, **other)
    assert (refused.status_code, refused.json()["code"]) == (409, "idempotency_key_reused")
    assert Job.objects.count() == 1


def test_a_request_that_failed_leaves_its_key_free(world):
    client = world.client("operator")
    assert send(client, {**BODY, "targets": {}}).status_code == 400
    assert not IdempotencyRecord.objects.exists()
    assert send(client).status_code == 202


def test_two_users_may_use_the_same_key(world):
    ours, theirs = send(world.client("operator")), send(world.client("stranger"))
    assert (ours.status_code, theirs.status_code) == (202, 202)
    assert ours.json()["id"] != theirs.json()["id"]


def test_retrying_a_job_is_repeated_safely_too(world):
    client = world.client("operator")
    world.executor.failing = {world.devices[0].hostname}
    job = send(client, key="run").json()["id"]
    run_jobs_inline()
    answers = [send(client, {}, key="retry", path=f"{API}/jobs/{job}/retry/").json() for _ in range(3)]
    assert answers[0] == answers[1] == answers[2]
    assert Job.objects.count() == 2


@pytest.mark.parametrize("key", ["", " ", "ä", "x" * 201, "two words"])
def test_a_key_that_is_none_is_named(world, key):
    refused = send(world.client("operator"), key=key)
    assert (refused.status_code, refused.json()["errors"][0]["path"]) == (400, "Idempotency-Key")
    assert not Job.objects.exists()


def test_answers_are_forgotten_after_a_day(world):
    send(world.client("operator"), key="old")
    send(world.client("operator"), key="new")
    IdempotencyRecord.objects.filter(key="old").update(created_at=timezone.now() - REPEATABLE - timedelta(seconds=1))
    assert (forget_answers(), forget_answers()) == (1, 0)
    assert list(IdempotencyRecord.objects.values_list("key", flat=True)) == ["new"]


# POSTs that start no work, so that sending one again does nothing, or nothing worse than a second row.
STARTS_NOTHING = {
    "api-login": "a second login is one more",
    "api-refresh": "a token is good once",
    "api-logout": "who is out stays out",
    "api-reauthenticate": "says the same again",
    "api-password": "the old password is no longer right",
    "api-register": "the name is taken",
    "api-users-list": "the name is taken",
    "api-user-activate": "what is open stays open",
    "api-user-deactivate": "what is closed stays closed",
    "api-user-key-revoke": "what is worthless stays so",
    "api-key-revoke": "what is worthless stays so",
    "api-keys-list": "the name is taken",
    "api-memberships-list": "there is a role already",
    "api-customers-list": "the name is taken",
    "api-customer-member": "who belongs there stays",
    "api-ranges": "it overlaps the first",
    "api-sites-list": "the name is taken",
    "api-tags-list": "the name is taken",
    "api-groups-list": "the name is taken",
    "api-group-devices": "what is in a group stays there",
    "api-credentials-list": "the name is taken",
    "api-devices-list": "the name is taken",
    "api-device-enable": "what is enabled stays so",
    "api-device-disable": "what is disabled stays so",
    "api-host-keys": "the same key is pinned again",
    "api-task-plan": "stores nothing",
    "api-job-cancel": "a job that ends is ending",
    "api-webhooks-list": "shows a secret, which no kept answer may hold",
    "api-webhook-rotate": "shows a secret, which no kept answer may hold",
    "api-notification-rules-list": "a second rule tells the same once more, and is seen in the list",
    "api-selections": "a second one expires as the first",
    "api-schedules-list": "the name is taken",
    "api-schedule-preview": "stores nothing",
    "api-schedule-pause": "what is paused stays so",
    "api-schedule-resume": "what goes on goes on",
}


def test_every_post_that_starts_work_takes_a_key():
    posts = {route.name: route for route in mounted() if route.method == "post"}
    takes = {
        name
        for name, route in posts.items()
        if any(getattr(getattr(route.view, action, None), "idempotent", False) for action in ("post", "create"))
    }
    assert set(posts) - takes - set(STARTS_NOTHING) == set(), (
        "let these be sent again safely, or say why that is no matter"
    )
    assert {"api-task-execute", "api-job-retry", "api-schedule-run", "api-devices-import", "api-import-commit"} <= takes
    assert not takes & set(STARTS_NOTHING)
