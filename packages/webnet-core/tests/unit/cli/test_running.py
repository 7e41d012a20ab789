"""`webnet run`, `webnet jobs` and `webnet devices`: the services of every other door, as whoever is named."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth import get_user_model
from tests.unit.cli.conftest import Webnet, run_verb

from webnet_core.audit.models import AuditEvent
from webnet_core.jobs.catalogue import get_task
from webnet_core.jobs.models import Job
from webnet_core.jobs.running import read_params
from webnet_core.jobs.schedules import create_schedule
from webnet_core.testing.jobs import run_jobs_inline


def test_a_plan_says_which_driver_and_why_and_runs_nothing(webnet: Webnet) -> None:
    code, printed = webnet("run", "proof.read", "--all", "--plan")
    assert code == 0
    assert "r1      paper   the only one" in printed
    assert not Job.objects.exists()
    code, told = webnet("run", "proof.read", "--device", "r2", "--plan", "--json")
    assert [(row["hostname"], row["driver"]) for row in told["rows"]] == [("r2", "paper")]


def test_a_run_is_followed_to_its_end_and_leaves_with_its_result(webnet: Webnet) -> None:
    code, printed = webnet("run", "proof.read", "--filter", "role=core")
    assert code == 0
    assert "No worker is running; working in this process." in printed
    assert "r1: r1 was read" in printed
    assert printed.rstrip().endswith("success (1 ok).")
    job = Job.objects.get()
    assert (job.source, job.user.get_username()) == ("cli", "olga")
    assert AuditEvent.objects.get(action="jobs.submit").door.startswith("command")


@pytest.mark.parametrize(
    ("answers", "code", "status"),
    [
        ({"r1": "ok", "r2": "ok"}, 0, "success"),
        ({"r1": "failed", "r2": "ok"}, 1, "partial"),
        ({"r1": "failed", "r2": "failed"}, 1, "failed"),
        ({"r1": "unreachable", "r2": "unreachable"}, 4, "failed"),
    ],
)
def test_the_exit_code_is_that_of_the_result(webnet: Webnet, answers: dict[str, str], code: int, status: str) -> None:
    ended, told = webnet("run", "proof.read", "--all", "--param", f"answers={json.dumps(answers)}", "--json")
    assert (ended, told["status"]) == (code, status)
    assert {host["name"]: host["status"] for host in told["hosts"]} == answers


@pytest.mark.parametrize(
    ("arguments", "code", "word"),
    [
        (["run", "no.such", "--all"], 2, "no.such"),
        (["run", "proof.read"], 2, "--device, --filter or --all"),
        (["run", "proof.read", "--all", "--device", "r1"], 2, "in one way"),
        (["run", "proof.read", "--all", "--param", "colour"], 2, "KEY=VALUE"),
        (["run", "proof.read", "--all", "--param", "colour=red"], 2, "params.colour"),
        (["run", "proof.read", "--filter", "colour=red"], 2, "KEY=VALUE"),
        (["run", "proof.read", "--all", "--workers", "0"], 2, "options.workers"),
        (["run", "proof.read", "--all", "--at", "tomorrow"], 2, "execute_at"),
        (["run", "proof.read", "--all", "--customer", "Other"], 2, "Other"),
        (["run", "proof.change", "--all"], 2, "plan"),
        (["run", "proof.read", "--device", "foreign"], 3, "No such device: foreign"),
        (["run", "proof.read", "--filter", "role=nobody"], 3, "No device matches"),
        (["run", "proof.raw", "--all"], 3, "config.view_raw"),
        (["jobs", "show", "99999"], 3, "no job"),
        (["jobs", "cancel", str(2**70)], 3, "no job"),
        (["devices", "show", "foreign"], 3, "No such device"),
        (["devices", "list", "--filter", "group=none"], 3, "no group"),
    ],
)
def test_what_cannot_be_done_says_why_and_leaves_with_its_code(
    webnet: Webnet, arguments: list[str], code: int, word: str
) -> None:
    assert webnet(*arguments)[0] == code
    ended, told = webnet(*arguments, "--json")
    assert ended == code
    assert word in told["error"]["message"]
    assert not Job.objects.exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ["jobs", "list", "--limit", "-1"],
        ["devices", "list", "--limit", "0"],
        ["worker", "--once", "--slots", "0"],
        ["rotate-keys", "--check", "--batch", "0"],
        ["run", "proof.read", "--all", "--timeout", "nan"],
        ["jobs", "tail", "1", "--timeout", "0"],
    ],
)
def test_a_number_that_cannot_be_meant_is_wrong_usage(webnet: Webnet, arguments: list[str]) -> None:
    code, printed = run_verb(*arguments)
    assert code != 0  # from a shell 2; called from Python, Django makes an error of its own of it
    assert arguments[-2] in printed
    assert arguments[-1] in printed


def test_an_unknown_account_is_wrong_usage(webnet: Webnet) -> None:
    assert webnet("devices", "list", user="nobody")[0] == 2


def test_a_change_runs_with_the_token_of_its_plan(webnet: Webnet) -> None:
    told = webnet("run", "proof.change", "--all", "--plan", "--json")[1]
    code, _ = webnet("run", "proof.change", "--token", told["token"], "--no-wait")
    assert (code, Job.objects.get().total) == (0, 2)
    assert webnet("run", "proof.change", "--token", "forged", "--no-wait")[0] == 2


def test_a_run_can_be_put_off_and_its_job_be_looked_at_and_cancelled(webnet: Webnet) -> None:
    at = (datetime.now(UTC) + timedelta(hours=3)).isoformat()
    code, told = webnet("run", "proof.read", "--all", "--at", at, "--json")
    assert (code, told["status"]) == (0, "scheduled")
    pk = str(told["job_id"])
    assert [job["id"] for job in webnet("jobs", "list", "--status", "scheduled", "--json")[1]["jobs"]] == [int(pk)]
    assert webnet("jobs", "cancel", pk, user="vera")[0] == 3
    assert webnet("jobs", "cancel", pk, "--json")[1]["status"] == "cancelled"
    assert webnet("jobs", "cancel", pk)[0] == 1, "it has ended"


def test_jobs_are_listed_shown_followed_and_retried(webnet: Webnet) -> None:
    webnet("run", "proof.read", "--all", "--no-wait", "--param", 'answers={"r2": "failed"}')
    pk = str(Job.objects.get().pk)
    code, printed = webnet("jobs", "tail", pk)
    assert (code, "accepted for 2 devices" in printed) == (0, True)
    run_jobs_inline()
    code, printed = run_verb("jobs", "tail", pk, "--follow", "--json", "--user", "vera")
    events = [json.loads(line) for line in printed.splitlines()]
    assert code == 1
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    assert events[-1]["data"]["status"] == "partial"
    shown = webnet("jobs", "show", pk, "--json")[1]
    assert [(host["device_name"], host["status"]) for host in shown["hosts"]] == [("r1", "ok"), ("r2", "failed")]
    assert "partial (1 ok, 1 failed)" in webnet("jobs", "show", pk)[1]
    assert webnet("jobs", "retry", pk)[0] == 0
    assert Job.objects.filter(retry_of=pk).count() == 1
    lines = webnet("jobs", "list", "--task", "proof.read")[1].splitlines()
    assert len(lines) == 3
    assert webnet("jobs", "list", "--schedule", "5", "--json")[1]["jobs"] == []


def test_schedules_are_listed_shown_run_paused_and_resumed(webnet: Webnet) -> None:
    olga = get_user_model().objects.get(username="olga")
    said = {"name": "nightly", "task": "proof.read", "targets": {"all": True}, "cron": "30 2 * * *"}
    pk = str(create_schedule(olga, olga.webnet_memberships.get().customer_id, said).pk)
    listed = webnet("schedules", "list")[1].splitlines()
    assert "At 02:30 every day, UTC time" in listed[1]
    assert listed[1].endswith("active")
    shown = webnet("schedules", "show", pk, "--json")[1]
    assert (len(shown["runs"]), shown["owner"]) == (5, "olga")
    assert webnet("schedules", "run", pk, "--json")[1]["total"] == 2
    assert webnet("schedules", "run", pk)[0] == 1, "that job is still open"
    assert webnet("schedules", "pause", pk, "--reason", "the data centre moves")[0] == 0
    assert "paused: the data centre moves" in webnet("schedules", "list")[1]
    assert webnet("schedules", "resume", pk, user="vera")[0] == 3
    assert webnet("schedules", "resume", pk, "--json")[1]["paused"] is False
    assert webnet("schedules", "resume", pk)[0] == 1
    assert webnet("schedules", "show", "99999")[0] == 3


def test_devices_are_listed_narrowed_and_shown(webnet: Webnet) -> None:
    code, printed = webnet("devices", "list")
    assert (code, "foreign" in printed) == (0, False)
    assert [line.split()[1] for line in printed.splitlines()] == ["NAME", "r1", "r2"]
    listed = webnet("devices", "list", "--filter", "role=core", "--json")[1]
    assert (listed["count"], listed["devices"][0]["hostname"]) == (1, "r1")
    assert webnet("devices", "list", "--filter", "role=spine")[0] == 3
    assert "No device matches." in webnet("devices", "list", "--filter", "role=spine")[1]
    assert webnet("devices", "show", "r1", "--json")[1]["customer"] == "Acme"
    assert webnet("devices", "show", "r1", "--json")[1]["groups"] == []
    shown = webnet("devices", "show", "r1")[1]
    assert "owned" in shown
    assert "\x1b" not in shown


def test_parameters_are_read_as_the_task_has_them(webnet: Webnet) -> None:
    spec = get_task("proof.read")
    read = read_params(spec, ["seconds=1.5", "stay=r1", 'stay=["r2"]', "contacts=5", "answers={}"])
    assert read == {"seconds": 1.5, "stay": ["r1", "r2"], "contacts": "5", "answers": {}}
