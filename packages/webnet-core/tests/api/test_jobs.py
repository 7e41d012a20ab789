"""Jobs over REST: lists, logs, events, results, ending and repeating."""

from __future__ import annotations

import pytest
from tests.api.conftest import HOSTILE

from webnet_core.audit.models import AuditEvent
from webnet_core.inventory.models import Device
from webnet_core.jobs.models import Job, JobEvent
from webnet_core.jobs.outputs import LONGEST_LINE, MASK, mask_text
from webnet_core.jobs.timeline import Note, add_events

API = "/api/v1"
REFERENCE_FIELDS = {
    "id", "type", "status", "user_id", "target_summary_json", "payload_json", "result_summary_json", "scheduled_for",
    "requested_at", "started_at", "finished_at",
}  # fmt: skip


def get(world, path, query=None, who="viewer"):
    return world.client(who).get(f"{API}/{path}", query or {})


def test_jobs_are_listed_newest_first_and_filtered(world):
    first, second = world.finished_job(), world.job()
    assert [row["id"] for row in get(world, "jobs/").json()["results"]] == [second.pk, first.pk]
    assert [row["id"] for row in get(world, "jobs/", {"status": "success"}).json()["results"]] == [first.pk]
    assert get(world, "jobs/", {"type": "talker.ask"}).json()["count"] == 2
    assert get(world, "jobs/", {"type": "other"}).json()["count"] == 0
    assert get(world, "jobs/", {"status": "exploded"}).status_code == 400


def test_a_job_has_the_fields_that_existing_clients_read(world):
    job = world.finished_job()
    detail = get(world, f"jobs/{job.pk}/").json()
    assert set(detail) >= REFERENCE_FIELDS
    assert detail["result_summary_json"]["ok"] == 3
    assert set(get(world, "jobs/").json()["results"][0]) >= REFERENCE_FIELDS


def test_secrets_among_the_parameters_are_masked(world):
    job = world.finished_job()
    Job.objects.filter(pk=job.pk).update(params={"snmp": {"community": "s3cret"}, "password": "hunter2", "retries": 2})
    shown = get(world, f"jobs/{job.pk}/", who="admin").json()["payload_json"]
    assert shown == {"snmp": {"community": "********"}, "password": "********", "retries": 2}


def test_a_log_is_read_on_from_a_position_to_its_end(world):
    job = world.finished_job()
    add_events(job.pk, [Note(message=f"line {number}") for number in range(25)])
    seen, address = [], f"{API}/jobs/{job.pk}/logs/?limit=10"
    for _ in range(10):
        answer = world.client("viewer").get(address).json()
        seen += [row["seq"] for row in answer["results"]]
        assert (answer["count"], answer["previous"]) == (None, None)
        address = answer["next"]
        if address is None:
            break
    assert seen == list(JobEvent.objects.filter(job=job).order_by("seq").values_list("seq", flat=True))


@pytest.mark.parametrize(
    ("level", "left"), [("error", {"ERROR"}), ("WARN", {"WARN", "ERROR"}), ("warning", {"WARN", "ERROR"})]
)
def test_a_level_keeps_itself_and_what_is_above(world, level, left):
    job = world.finished_job()
    add_events(job.pk, [Note(message=name, level=name) for name in ("debug", "info", "warning", "error")])
    rows = get(world, f"jobs/{job.pk}/logs/", {"level": level}).json()["results"]
    assert {row["level"] for row in rows} == left
    assert {"id", "job_id", "ts", "level", "host", "message", "extra_json"} <= set(rows[0])


def test_events_are_the_polling_way_to_follow_a_job(world):
    job = world.job()
    begun = get(world, f"jobs/{job.pk}/events/").json()
    assert (begun["first"], begun["finished"]) == (1, False)
    from webnet_core.testing.jobs import run_jobs_inline

    run_jobs_inline()
    seqs, after = [event["seq"] for event in begun["events"]], begun["last"]
    for _ in range(100):
        part = get(world, f"jobs/{job.pk}/events/", {"after": after, "limit": 2}).json()
        seqs += [event["seq"] for event in part["events"]]
        after = part["last"]
        if part["finished"]:
            break
    assert seqs == list(range(1, Job.objects.get(pk=job.pk).event_seq + 1))
    beyond = get(world, f"jobs/{job.pk}/events/", {"after": after}).json()
    assert beyond == {"first": None, "last": after, "events": [], "finished": True}


def test_results_are_read_on_by_position_and_filtered_by_status(world):
    world.executor.failing = {world.devices[2].hostname}
    job = world.finished_job()
    first = get(world, f"jobs/{job.pk}/results/", {"limit": 2}).json()
    assert (first["job_id"], first["status"], len(first["results"])) == (job.pk, "partial", 2)
    second = world.client("viewer").get(first["next"]).json()
    assert (second["next"], len(second["results"])) == (None, 1)
    failed = get(world, f"jobs/{job.pk}/results/", {"status": "failed"}).json()["results"]
    assert [row["hostname"] for row in failed] == [world.devices[2].hostname]


def test_a_hostile_text_of_a_device_is_a_plain_json_string(world):
    job = world.finished_job()
    row = get(world, f"jobs/{job.pk}/results/", who="admin").json()["results"][0]
    answer = world.client("admin").get(row["output_url"])
    assert answer["Content-Type"] == "application/json"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer.json()["output"] == f"{HOSTILE}\nsnmp-server community s3cret-word RO\n"


def test_who_may_not_see_raw_configurations_sees_their_secrets_masked(world):
    job = world.finished_job()
    path = f"jobs/{job.pk}/results/{world.devices[0].pk}/"
    for who in ("viewer", "operator"):
        shown = get(world, path, who=who)
        assert "s3cret-word" not in shown.content.decode()
        assert "snmp-server community ******** RO" in shown.json()["output"]
        assert "s3cret-word" not in get(world, f"jobs/{job.pk}/results/", who=who).content.decode()
    assert "s3cret-word" in get(world, path, who="admin").content.decode()


def test_a_private_key_in_an_output_is_masked_line_by_line():
    text = "show key\n-----BEGIN RSA PRIVATE KEY-----\nMIIE\nabcd\n-----END RSA PRIVATE KEY-----\nhostname r1"
    assert mask_text(text, "cisco_ios").split("\n")[2:] == [MASK, MASK, "-----END RSA PRIVATE KEY-----", "hostname r1"]


def test_a_line_too_long_to_look_into_is_withheld_and_the_others_are_shown():
    shown = mask_text("up\n" + "a" * (LONGEST_LINE + 1) + "\ndown", "cisco_ios").split("\n")
    assert shown == ["up", f"<line of {LONGEST_LINE + 1} characters withheld>", "down"]
    assert mask_text("a" * LONGEST_LINE, "cisco_ios") == "a" * LONGEST_LINE


def test_secrets_stay_masked_when_the_device_is_gone(world):
    job = world.finished_job()
    Device.objects.filter(pk=world.devices[0].pk).delete()
    text = get(world, f"jobs/{job.pk}/results/").content.decode()
    assert "s3cret-word" not in text
    assert world.devices[0].hostname in text


def test_a_waiting_job_is_cancelled_at_once_and_only_once(world):
    job = world.job()
    answer = world.client("operator").post(f"{API}/jobs/{job.pk}/cancel/")
    assert (answer.status_code, answer.json()) == (200, {"job_id": job.pk, "status": "cancelled"})
    again = world.client("operator").post(f"{API}/jobs/{job.pk}/cancel/")
    assert (again.status_code, again.json()["code"]) == (409, "conflict")
    assert AuditEvent.objects.filter(action="jobs.cancel", request_id=answer["X-Request-ID"]).count() == 1


def test_retry_makes_a_job_of_what_failed(world):
    world.executor.failing = {world.devices[1].hostname}
    job = world.finished_job()
    answer = world.client("operator").post(f"{API}/jobs/{job.pk}/retry/")
    again = Job.objects.get(pk=answer.json()["job_id"])
    assert (answer.status_code, again.retry_of_id, again.total) == (200, job.pk, 1)
    assert get(world, f"jobs/{again.pk}/").json()["retry_of"] == job.pk
    too_early = world.client("operator").post(f"{API}/jobs/{again.pk}/retry/")
    assert too_early.status_code == 409


@pytest.mark.parametrize("verb", ["cancel", "retry"])
def test_an_unknown_field_in_the_body_of_a_verb_is_refused(world, verb):
    job = world.job()
    answer = world.client("operator").post(f"{API}/jobs/{job.pk}/{verb}/", {"force": True})
    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (400, "force")


def test_lists_cost_the_same_number_of_queries_however_long_they_are(world, django_assert_max_num_queries):
    for _ in range(5):
        world.job()
    client = world.client("viewer")
    client.get(f"{API}/jobs/")
    with django_assert_max_num_queries(4):
        client.get(f"{API}/jobs/")
    with django_assert_max_num_queries(4):
        client.get(f"{API}/devices/")
    with django_assert_max_num_queries(4):
        client.get(f"{API}/jobs/{Job.objects.first().pk}/results/")
    with django_assert_max_num_queries(4):
        client.get(f"{API}/tasks/status/{Job.objects.first().pk}/")
