"""Sending a stored secret somewhere else: never without the password anew, a key made for it or a stated reason."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from webnet_core.access import stepup
from webnet_core.access.scope import Restriction, restrict
from webnet_core.audit.models import AuditEvent
from webnet_core.exceptions import Conflict, PermissionDenied
from webnet_core.inventory.devices import create_device, update_device
from webnet_core.inventory.hostkeys import RepinningRequired, forget, pin
from webnet_core.inventory.models import Device, HostKey, SiteCredential
from webnet_core.testing.access import reauthenticated

KEY = "AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f"
NEW = {"hostname": "honey1", "mgmt_ip": "192.0.2.66", "platform": "cisco_ios"}
ELSEWHERE = {"mgmt_ip": "192.0.2.66"}


def test_code_without_a_request_is_refused_too(world):
    with pytest.raises(stepup.ReauthenticationRequired):
        update_device(world.users["boss"], world.devices[0], ELSEWHERE)


def test_code_that_says_why_may_and_the_audit_shows_it(world):
    with stepup.trusted("nightly import"):
        update_device(world.users["operator"], world.devices[0], ELSEWHERE)
    assert AuditEvent.objects.get(action="devices.update").data["proof"] == "trusted: nightly import"
    with pytest.raises(stepup.ReauthenticationRequired):
        update_device(world.users["operator"], world.devices[1], ELSEWHERE)


def test_a_reason_must_be_given():
    with pytest.raises(ValueError, match="why"), stepup.trusted("  "):
        pass


@pytest.mark.parametrize("who", ["viewer", "stranger"])
def test_neither_trust_nor_password_replaces_the_role(world, who):
    with stepup.trusted("a test"), pytest.raises(PermissionDenied) as refused:
        stepup.require_repoint(reauthenticated(world.users[who]), world.ours.pk)
    assert type(refused.value) is PermissionDenied


def test_a_device_with_a_stored_credential_is_not_made_without_the_password(world):
    for values in ({"credential": world.credential.pk}, {"credential": "lab"}):
        answer = world.client("operator").post("/api/v1/devices/", {**NEW, **values})
        assert (answer.status_code, answer.json()["code"]) == (403, "reauthentication_required")
    assert not Device.objects.filter(hostname="honey1").exists()


def test_a_device_at_a_site_whose_credentials_would_be_tried_is_not_made_without_the_password(world):
    SiteCredential.objects.create(site=world.site, credential=world.credential, position=1)
    user = world.users["operator"]
    with pytest.raises(stepup.ReauthenticationRequired):
        create_device(user, world.ours.pk, {**NEW, "site": world.site.pk})
    assert create_device(reauthenticated(user), world.ours.pk, {**NEW, "site": world.site.pk}).pk


def test_a_device_that_no_secret_is_stored_for_is_made_as_ever(world):
    assert world.client("operator").post("/api/v1/devices/", {**NEW, "site": "London"}).status_code == 201


@pytest.mark.parametrize(("age", "proved"), [(0, True), (299, True), (301, False), (-60, False)])
def test_the_proof_lasts_five_minutes(world, age, proved):
    user = world.users["operator"]
    stepup.carry(user, timezone.now() - timedelta(seconds=age))
    assert stepup.is_proved(user) is proved


@pytest.mark.parametrize(
    ("before", "after", "asked"),
    [
        ({}, {"netmiko": {"global_delay_factor": 2}}, False),
        ({"netmiko": {"keepalive": 1}}, {}, False),
        ({}, {"netmiko": {"ssh_config_file": "/x"}}, True),
        ({"netmiko": {"disabled_algorithms": {}}}, {"netmiko": {}}, True),
        ({"netmiko": {"keepalive": 1, "sock": "a"}}, {"netmiko": {"keepalive": 1, "sock": "b"}}, True),
        ({"netmiko": {"sock": "a"}}, {"scrapli": {"sock": "a"}}, True),
        ({"netmiko": {"sock": "a"}}, {"netmiko": {"sock": "a", "keepalive": 3}}, False),
    ],
)
def test_options_of_a_driver_ask_for_it_unless_they_are_patience_alone(world, before, after, asked):
    device = world.devices[0]
    Device.objects.filter(pk=device.pk).update(connection_options=before)
    if asked:
        with pytest.raises(stepup.ReauthenticationRequired):
            update_device(world.users["operator"], device, {"connection_options": after})
    else:
        update_device(world.users["operator"], device, {"connection_options": after})


def test_a_key_may_only_with_the_scope_and_a_password_does_not_help_it(world):
    edit = Restriction(name="import", scopes=frozenset({"view", "devices.edit"}))
    user = restrict(reauthenticated(world.users["operator"]), edit)
    with pytest.raises(PermissionDenied) as refused:
        update_device(user, world.devices[0], ELSEWHERE)
    assert (refused.value.code, refused.value.action) == ("permission_denied", "devices.repoint")
    made_for_it = Restriction(name="import", scopes=frozenset({"view", "devices.edit", "devices.repoint"}))
    update_device(restrict(user, made_for_it), world.devices[0], ELSEWHERE)
    assert AuditEvent.objects.get(action="devices.update").data["proof"] == "API key import"


def test_a_device_pointed_elsewhere_trusts_no_key_it_sees_first(world):
    device = world.devices[0]
    pin(device.pk, "ssh-ed25519", KEY)
    with stepup.trusted("a test"):
        changed = update_device(world.users["operator"], device, ELSEWHERE)
    assert changed.repinning_required
    with pytest.raises(RepinningRequired):
        pin(device.pk, "ssh-ed25519", KEY)
    with stepup.trusted("a test"):
        update_device(world.users["operator"], device, {"mgmt_ip": device.mgmt_ip})
    with pytest.raises(Conflict):
        pin(device.pk, "ssh-ed25519", KEY)
    assert not HostKey.objects.filter(device=device).exists()


def test_a_device_that_never_had_a_key_is_still_met_for_the_first_time(world):
    forget(world.users["admin"], world.devices[0])
    assert pin(world.devices[0].pk, "ssh-ed25519", KEY).pk
