"""`manage.py webnet backup`, over simulated devices, with nobody else working."""

from __future__ import annotations

import io
import json

import pytest
from django.core.management import CommandError, call_command

from webnet_config.models import Snapshot
from webnet_core.jobs.models import Job, Worker
from webnet_nornir.connections import pool

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def operator(member):
    yield member("nightly", "operator")
    pool.drop()


def backup(*arguments: str) -> tuple[int, str]:
    """Run the command; return its exit code and what it printed."""
    out = io.StringIO()
    try:
        call_command("webnet", "backup", "--user", "nightly", *arguments, stdout=out)
    except SystemExit as ended:
        return int(ended.code or 0), out.getvalue()
    except CommandError as error:
        return error.returncode, str(error)
    return 0, out.getvalue()


def test_all_devices_are_backed_up_here_where_no_worker_runs(sim_device, device_row):
    rows = [device_row(sim_device(name=name)) for name in ("r1", "r2")]
    code, printed = backup("--all", "--wait")
    assert code == 0, printed
    assert "No worker is running; working in this process." in printed
    assert printed.rstrip().endswith("success (2 ok).")
    assert Snapshot.objects.filter(device__in=rows).count() == 2
    assert Job.objects.get().source == "cli"


def test_json_is_all_that_json_prints(sim_device, device_row):
    row = device_row(sim_device(name="r1"))
    code, printed = backup("--device", "r1", "--wait", "--json")
    answer = json.loads(printed)
    assert (code, answer["status"], answer["worked"]) == (0, "success", "here")
    assert answer["hosts"][0]["snapshot_id"] == Snapshot.objects.get(device=row).pk


def test_some_failed_is_one(sim_device, device_row):
    device_row(sim_device(name="good"))
    device_row(sim_device(name="bad", faults=["refuses_auth"]))
    code, printed = backup("--filter", "platform=cisco_ios", "--wait")
    assert code == 1
    assert "partial (1 ok, 1 failed)" in printed


def test_all_unreachable_is_four(sim_device, device_row):
    device_row(sim_device(name="off", faults=["closed_port"]))
    assert backup("--device", "off", "--wait")[0] == 4


def test_nothing_matched_is_three(device):
    device("r1")
    assert backup("--filter", "role=spine")[0] == 3
    assert backup("--device", "nowhere")[0] == 3
    assert not Job.objects.exists()


@pytest.mark.parametrize(
    "wrong", [[], ["--all", "--device", "r1"], ["--filter", "colour=red"], ["--filter", "role"], ["--customer", "none"]]
)
def test_wrong_usage_is_two(device, wrong):
    device("r1")
    assert backup(*wrong)[0] == 2
    assert not Job.objects.exists()


def test_an_unknown_user_is_two(device):
    device("r1")
    with pytest.raises(CommandError) as caught:
        call_command("webnet", "backup", "--user", "nobody", "--all")
    assert caught.value.returncode == 2


def test_without_wait_it_is_only_submitted(device):
    device("r1")
    code, printed = backup("--all")
    assert (code, printed) == (0, f"Job {Job.objects.get().pk}: back up configuration of 1 device.\n")
    assert Job.objects.get().status == "queued"


def test_a_living_worker_is_left_to_do_it(device):
    device("r1")
    Worker.objects.create(name="worker:elsewhere:1:place:1-x", kind="worker", queues=["default"])
    code, printed = backup("--all", "--wait", "--timeout", "0.5")
    assert code == 5
    assert "Working: worker:elsewhere" in printed
    assert "still queued" in printed


def test_devices_of_two_customers_need_one_named(device, operator):
    from webnet_core.access.models import Customer, Membership

    other = Customer.objects.create(name="Other")
    Membership.objects.create(user=operator, customer=other, role="operator")
    device("r1")
    device("r1", of=other)
    assert backup("--all")[0] == 2
    assert backup("--all", "--customer", "Other")[0] == 0
    assert Job.objects.get().customer == other
