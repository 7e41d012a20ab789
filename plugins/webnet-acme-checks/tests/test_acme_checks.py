"""The check is there, and it tells interfaces of a simulated device apart."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from webnet_core.plugin import registry
from webnet_core.testing.factories import make_credential, make_customer, make_device, make_user
from webnet_core.testing.jobs import run_jobs_inline

TASK = "acme-checks.interface_up"
INTERFACES = "interface Loopback0\n ip address 10.1.1.1 255.255.255.255\ninterface Loopback1\n shutdown"


@pytest.fixture
def operator(client: Client) -> Client:
    """A browser of somebody who may do everything everywhere."""
    client.force_login(make_user(role="admin"))
    return client


@pytest.fixture
def device(sim_device: Any) -> Any:
    """A simulated device with one interface that is up and one that is not."""
    sim = sim_device(name="r-1", platform="cisco_ios", extra_config=INTERFACES)
    customer = make_customer()
    login = make_credential(customer, username=sim.spec.username, password=sim.spec.password)
    return make_device(customer, credential=login, hostname=sim.name, mgmt_ip=sim.host, port=sim.port)


def execute(client: Client, device: Any, params: dict[str, Any]) -> Any:
    """Submit the check."""
    body = {"task": TASK, "targets": {"device_ids": [device.pk]}, "params": params}
    return client.post("/api/v1/tasks/execute/", body, content_type="application/json")


def outcome(client: Client, device: Any, params: dict[str, Any]) -> dict[str, Any]:
    """Run the check and return what became of the host."""
    answer = execute(client, device, params)
    assert answer.status_code == 202, answer.content
    assert run_jobs_inline() == 1
    (host,) = client.get(f"/api/v1/tasks/status/{answer.json()['job_id']}/").json()["hosts"]
    found: dict[str, Any] = host
    return found


def test_the_task_is_registered_by_this_plugin():
    assert registry("tasks").owner(TASK) == "acme-checks"


@pytest.mark.django_db(transaction=True)
def test_an_interface_that_is_up_passes(operator: Client, device: Any):
    host = outcome(operator, device, {"interface": "Loopback0"})
    assert host["status"] == "ok", host


@pytest.mark.django_db(transaction=True)
def test_an_interface_that_is_shut_down_fails_the_host_and_says_so(operator: Client, device: Any):
    host = outcome(operator, device, {"interface": "Loopback1"})
    assert host["status"] == "failed"
    assert "Loopback1 is not up." in host["error"]


@pytest.mark.django_db
@pytest.mark.parametrize("params", [{"interface": "Lo0\nreload"}, {"interface": "Lo0", "vlan": 7}])
def test_what_is_no_name_of_an_interface_is_refused_before_anything_is_sent(operator: Client, device: Any, params: Any):
    answer = execute(operator, device, params)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["path"].startswith("params.")
