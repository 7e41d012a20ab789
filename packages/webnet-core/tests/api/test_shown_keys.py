"""A host key that a device showed is accepted by its fingerprint: by an admin, if it was that device, and of late."""

from __future__ import annotations

import pytest
from tests.api.routes import HOST_KEY

from webnet_core.inventory.hostkeys import fingerprint
from webnet_core.inventory.models import HostKey
from webnet_core.jobs.models import HostResult

SHOWN = {"host_key": {**HOST_KEY, "fingerprint": fingerprint(HOST_KEY["key"])}}


@pytest.fixture
def refused(world):
    """A device of ours that showed a key which was refused, in two jobs."""
    device = world.devices[0]
    for _ in range(2):
        job = world.job(targets={"device_ids": [device.pk]})
        HostResult.objects.filter(job=job).update(status="failed", error_category="host_key", data=SHOWN)
    return device


def path_of(device):
    return f"/api/v1/devices/{device.pk}/host-keys/"


def test_what_a_device_showed_is_listed_once_and_accepted_by_its_fingerprint(world, refused):
    (shown,) = world.client("viewer").get(path_of(refused)).json()["shown"]
    assert {name: shown[name] for name in HOST_KEY} == HOST_KEY
    assert world.client("operator").post(path_of(refused), {"fingerprint": shown["fingerprint"]}).status_code == 403
    answer = world.client("admin").post(path_of(refused), {"fingerprint": shown["fingerprint"]})
    assert [row["fingerprint"] for row in answer.json()["results"]] == [shown["fingerprint"]]
    (found,) = world.client("admin").get("/api/v1/host-keys/", {"fingerprint": shown["fingerprint"]}).json()["results"]
    assert (found["device_id"], found["hostname"]) == (refused.pk, refused.hostname)


def test_a_key_that_another_device_showed_is_not_accepted(world, refused):
    other = world.devices[1]
    answer = world.client("admin").post(path_of(other), {"fingerprint": SHOWN["host_key"]["fingerprint"]})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "not_shown")
    assert not HostKey.objects.filter(device=other).exists()


@pytest.mark.parametrize("body", [{}, {"key": "x"}, {"key_type": "x"}, {**HOST_KEY, "fingerprint": "SHA256:x"}])
def test_a_key_or_a_fingerprint_is_sent_and_not_both(world, refused, body):
    assert world.client("admin").post(path_of(refused), body).status_code == 400


@pytest.mark.parametrize("data", [None, [], {"host_key": None}, {"host_key": {"fingerprint": 7}}, {"host_key": []}])
def test_results_of_another_form_show_nothing(world, data):
    job = world.job(targets={"device_ids": [world.devices[0].pk]})
    HostResult.objects.filter(job=job).update(error_category="host_key", data=data)
    assert world.client("viewer").get(path_of(world.devices[0])).json()["shown"] == []
