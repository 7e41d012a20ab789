"""The platform is there, and a device of it is backed up over real SSH."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from webnet_core.plugin import registry
from webnet_core.testing.factories import make_credential, make_customer, make_device, make_user
from webnet_core.testing.jobs import run_jobs_inline


@pytest.fixture
def operator(client: Client) -> Client:
    """A browser of somebody who may do everything everywhere."""
    client.force_login(make_user(role="admin"))
    return client


@pytest.fixture
def device(sim_device: Any) -> Any:
    """A simulated device of the dialect, entered as Acme OS."""
    sim = sim_device(name="acme-1", platform="cisco_ios", extra_config="enable secret 5 $1$mERr$hx5rVt7rPNoS4wqbXKX7m0")
    customer = make_customer()
    login = make_credential(customer, username=sim.spec.username, password=sim.spec.password)
    facts = {"hostname": sim.name, "mgmt_ip": sim.host, "port": sim.port, "platform": "acme_os"}
    return make_device(customer, credential=login, **facts)


def submit(client: Client, device: Any) -> str:
    """Submit a backup, run it, and return the address of its results."""
    body = {"task": "backup_config", "targets": {"device_ids": [device.pk]}, "params": {}}
    answer = client.post("/api/v1/tasks/execute/", body, content_type="application/json")
    assert answer.status_code == 202, answer.content
    assert run_jobs_inline() == 1
    return f"/api/v1/tasks/status/{answer.json()['job_id']}/"


def test_the_plugin_is_loaded_from_its_distribution(capsys: pytest.CaptureFixture[str]):
    assert registry("platforms").owner("acme_os") == "acme-os"
    call_command("webnet", "plugins")
    assert f"webnet-acme-os {version('webnet-acme-os')}" in capsys.readouterr().out


@pytest.mark.django_db(transaction=True)
def test_the_plan_says_which_driver_the_platform_asks_for(operator: Client, device: Any):
    body = {"task": "backup_config", "targets": {"device_ids": [device.pk]}, "params": {}}
    answer = operator.post("/api/v1/tasks/plan/", body, content_type="application/json").json()
    (row,) = answer["rows"]
    assert row["driver"] == "netmiko"
    assert row["reason"]


@pytest.mark.django_db(transaction=True)
def test_a_device_of_the_vendor_is_backed_up_and_its_secrets_are_masked(operator: Client, device: Any):
    status = operator.get(submit(operator, device)).json()
    assert status["status"] == "success", status
    (snapshot,) = operator.get(f"/api/v1/config/devices/{device.pk}/snapshots/").json()["results"]
    text = operator.get(f"/api/v1/config/snapshots/{snapshot['id']}/").json()["config_text"]
    assert "hostname acme-1" in text
    assert text.rstrip().endswith("end")
    assert "$1$mERr$" not in text


@pytest.mark.django_db(transaction=True)
def test_what_moves_by_itself_is_no_new_configuration(operator: Client, device: Any):
    submit(operator, device)
    submit(operator, device)
    assert operator.get(f"/api/v1/config/devices/{device.pk}/snapshots/").json()["count"] == 1
