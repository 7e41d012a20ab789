"""Somebody points a device at a machine of their own to be sent its password: nothing arrives there."""

from __future__ import annotations

import pytest

from webnet_core.access import stepup
from webnet_core.inventory.devices import create_device, update_device
from webnet_core.inventory.importing.batches import ImportRefused, Upload, import_at_once
from webnet_core.inventory.models import HostKey
from webnet_core.plugins.items import ErrorCategory, HostStatus
from webnet_core.testing.access import reauthenticated
from webnet_core.testing.factories import make_user
from webnet_nornir.manager import NornirManager


def run(row, **options):
    manager = NornirManager({"deadline": 15, **options})
    return manager.execute_task("run_commands", [row], commands=["show version"])[row.pk]


@pytest.fixture
def operator(customer):
    return make_user("mallory", role="operator", customer=customer)


@pytest.fixture
def honeypot(sim_device):
    """An SSH server that notes every password it is sent."""
    return sim_device()


def test_without_the_password_entered_again_nothing_is_pointed_at_the_honeypot(
    sim_device, device_row, honeypot, operator
):
    row = device_row(sim_device())
    with pytest.raises(stepup.ReauthenticationRequired):
        update_device(operator, row, {"mgmt_ip": honeypot.host, "port": honeypot.port})
    values = {"hostname": "h1", "mgmt_ip": honeypot.host, "port": honeypot.port, "platform": "cisco_ios"}
    with pytest.raises(stepup.ReauthenticationRequired):
        create_device(operator, row.customer_id, {**values, "credential": row.credential_id})

    assert run(row).status is HostStatus.OK
    assert honeypot.transcript.auth_attempts() == []


def test_no_import_points_anything_at_the_honeypot(sim_device, device_row, honeypot, operator):
    row = device_row(sim_device())
    head = "hostname,mgmt_ip,port,platform,credential"
    moved = f"{head}\n{row.hostname},{honeypot.host},{honeypot.port},cisco_ios,{row.credential.name}\n"
    new = f"{head}\nh1,{honeypot.host},{honeypot.port},cisco_ios,{row.credential.name}\n"
    with pytest.raises(stepup.ReauthenticationRequired):
        import_at_once(operator, row.customer_id, Upload(content=new.encode()))
    for who in (operator, reauthenticated(operator)):
        with pytest.raises(ImportRefused):
            import_at_once(who, row.customer_id, Upload(content=moved.encode()))

    assert run(row).status is HostStatus.OK
    assert honeypot.transcript.auth_attempts() == []


@pytest.mark.parametrize("driver", ["netmiko", "scrapli", "napalm"])
def test_a_device_pointed_at_the_honeypot_sends_it_no_password_even_where_first_use_is_trusted(
    sim_device, device_row, honeypot, operator, driver
):
    sim = sim_device()
    row = device_row(sim)
    assert run(row, driver=driver).status is HostStatus.OK
    update_device(reauthenticated(operator), row, {"mgmt_ip": honeypot.host, "port": honeypot.port})

    outcome = run(row, driver=driver)

    assert (outcome.status, outcome.error) == (HostStatus.FAILED, ErrorCategory.HOST_KEY)
    assert "pointed elsewhere" in outcome.message
    assert outcome.data["host_key"]["fingerprint"] in outcome.message
    assert honeypot.transcript.auth_attempts() == []
    assert not HostKey.objects.filter(device=row).exists()
