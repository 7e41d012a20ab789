"""Several credentials on real SSH: which are tried, in which order, and on what alone the next one is. The device's own
transcript says it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import override_settings

from webnet_core.inventory.hostkeys import pin
from webnet_core.inventory.models import Device, DeviceCredential, HostKey, SiteCredential
from webnet_core.jobs.models import JobEvent
from webnet_core.jobs.submit import submit
from webnet_core.plugins.items import ErrorCategory, HostStatus
from webnet_core.secrets.models import Credential
from webnet_core.testing.factories import make_site, make_user
from webnet_core.testing.jobs import run_jobs_inline
from webnet_core.testing.sshkeys import make_key_pair
from webnet_nornir.connections import pool
from webnet_nornir.manager import NornirManager
from webnet_sim.faults import Drops, HangsAuth
from webnet_sim.network import SimulatedDevice
from webnet_sim.ssh.hostkeys import host_keys

DRIVERS = ["netmiko", "scrapli", "napalm"]
every_driver = pytest.mark.parametrize("driver", DRIVERS)
RIGHT = "right-9d1f"


def users_tried(sim: SimulatedDevice) -> list[str]:
    """Return who tried to log in, in order; the methods of one try count once."""
    tried: list[str] = []
    for entry in sim.transcript.auth_attempts():
        if not tried or tried[-1] != (entry.session, entry.user):
            tried.append((entry.session, entry.user))
    return [user for _, user in tried]


def run(row: Device, **options: Any) -> Any:
    return NornirManager({"deadline": 25, **options}).execute_task("run_commands", [row], commands=["show version"])[
        row.pk
    ]


@pytest.fixture
def credential(customer: Any) -> Callable[..., Credential]:
    """Make a credential that the device refuses, unless it is told otherwise."""

    def make(name: str, **fields: Any) -> Credential:
        values = {"username": name, "password": f"wrong-{name}", **fields}
        return Credential.objects.create(customer=customer, name=name, **values)

    return make


@pytest.fixture
def several(sim_device: Any, device_row: Any, credential: Any) -> Callable[..., tuple[SimulatedDevice, Device]]:
    """A device whose last credential is the right one: own, further, site, in this order."""

    def make(**fields: Any) -> tuple[SimulatedDevice, Device]:
        sim = sim_device(username="admin", password=RIGHT, **fields)
        row = device_row(sim, password="wrong-own")
        site = make_site(row.customer)
        Device.objects.filter(pk=row.pk).update(site=site)
        Credential.objects.filter(pk=row.credential_id).update(username="own", name="own")
        DeviceCredential.objects.create(device=row, credential=credential("further"), position=1)
        right = credential("site", username="admin", password=RIGHT)
        SiteCredential.objects.create(site=site, credential=right, position=1)
        return sim, Device.objects.select_related("site", "credential").get(pk=row.pk)

    return make


@every_driver
def test_the_next_credential_is_tried_when_the_device_refuses_one(several: Any, driver: str) -> None:
    sim, row = several()
    outcome = run(row, driver=driver)
    assert outcome.status is HostStatus.OK, outcome
    assert users_tried(sim) == ["own", "further", "admin"]
    sessions = [entry.session for entry in sim.transcript.auth_attempts()]
    assert len(set(sessions)) == 3, "each on a connection of its own"
    told = [(one.driver, one.operation, one.error) for one in outcome.attempts]
    assert told == [
        (driver, "login", ErrorCategory.AUTHENTICATION),
        (driver, "login", ErrorCategory.AUTHENTICATION),
        (driver, "run_commands", None),
    ]
    assert [one.message for one in outcome.attempts] == [
        "The device refused the credential own.",
        "The device refused the credential further.",
        "Logged in with the credential site.",
    ]
    assert "wrong-" not in str(outcome)
    assert RIGHT not in str(outcome)


@every_driver
def test_no_more_are_tried_than_the_site_allows(several: Any, driver: str, settings: Any) -> None:
    sim, row = several()
    section = {**settings.WEBNET.get("NORNIR", {}), "LOGIN_TRIES": 2}
    with override_settings(WEBNET={**settings.WEBNET, "NORNIR": section}):
        outcome = run(row, driver=driver)
    assert (outcome.status, outcome.error) == (HostStatus.FAILED, ErrorCategory.AUTHENTICATION)
    assert users_tried(sim) == ["own", "further"]
    assert outcome.message.endswith("Tried: own, further.")


def test_no_other_driver_follows_a_refused_login(several: Any, settings: Any) -> None:
    sim, row = several()
    SiteCredential.objects.all().delete()
    outcome = run(row)
    assert outcome.error is ErrorCategory.AUTHENTICATION
    assert {one.driver for one in outcome.attempts} == {"netmiko"}
    assert users_tried(sim) == ["own", "further"]


@every_driver
@pytest.mark.parametrize("fault", ["hangs", "drops", "enable"])
def test_nothing_but_a_refused_login_makes_it_try_the_next(several: Any, driver: str, fault: str) -> None:
    faults = {"hangs": [HangsAuth()], "drops": [Drops(after_bytes=20, command="show version")], "enable": []}[fault]
    sim, row = several(faults=faults, **({"enable": "not told"} if fault == "enable" else {}))
    first = row.credential
    first.username, first.password = "admin", RIGHT
    if fault == "enable":
        first.enable_password = "wrong enable"
    first.save()
    task = "get_config" if fault == "enable" else "run_commands"
    params = {} if fault == "enable" else {"commands": ["show version"]}
    options = {"deadline": 12, "driver": driver}
    outcome = NornirManager(options).execute_task(task, [row], **params)[row.pk]
    assert outcome.error is not None
    assert set(users_tried(sim)) == {"admin"}


@every_driver
def test_every_try_is_under_the_same_host_key_check(several: Any, driver: str) -> None:
    sim, row = several()
    other = next(iter(host_keys("another device")))
    kind, body = other.export_public_key().decode().split()[:2]
    pin(row.pk, kind, body)
    outcome = run(row, driver=driver)
    assert outcome.error is ErrorCategory.HOST_KEY
    assert sim.transcript.auth_attempts() == []


def test_a_refused_login_is_not_sent_again_by_another_driver(several: Any) -> None:
    # netmiko gets as far as the right login and is cut off while it prepares the terminal.
    sim, row = several(faults=[Drops(after_bytes=0, command=r"^terminal width 511$")])
    outcome = run(row)
    assert (outcome.status, outcome.driver) == (HostStatus.OK, "scrapli")
    assert users_tried(sim) == ["own", "further", "admin", "admin"]


@every_driver
def test_a_kept_session_is_found_again_under_the_credential_that_opened_it(
    several: Any, driver: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sim, row = several()
    monkeypatch.setattr(pool, "_idle_seconds", 60.0)
    try:
        assert run(row, driver=driver).status is HostStatus.OK
        right = Credential.objects.get(name="site")
        assert [key.credential for key in pool._idle] == [(right.pk, right.version)]
        assert run(row, driver=driver).status is HostStatus.OK
        assert users_tried(sim) == ["own", "further", "admin"], "the second run needed no login"
        Credential.objects.filter(pk=right.pk).update(version=2)
        run(row, driver=driver)
        assert users_tried(sim)[3:] == ["own", "further", "admin"], "a changed credential opens no old session"
    finally:
        pool.drop()


@every_driver
@pytest.mark.parametrize("kind", ["ed25519", "ecdsa", "rsa"])
@pytest.mark.parametrize("pem", [False, True], ids=["openssh", "pem"])
def test_a_private_key_opens_a_device(sim_device: Any, device_row: Any, driver: str, kind: Any, pem: bool) -> None:
    pair = make_key_pair(kind, pem=pem)
    sim = sim_device(username="robot", public_key=pair.public)
    row = device_row(sim, password="")
    row.credential.ssh_private_key = pair.private
    row.credential.save()
    outcome = run(Device.objects.select_related("site", "credential").get(pk=row.pk), driver=driver)
    if (driver, kind) == ("scrapli", "rsa"):
        assert (outcome.error, sim.transcript.auth_attempts()) == (ErrorCategory.NOT_SUPPORTED, [])
        assert "Ed25519" in outcome.message
        return
    assert outcome.status is HostStatus.OK, outcome
    assert {(entry.user, entry.method, entry.accepted) for entry in sim.transcript.auth_attempts()} == {
        ("robot", "publickey", True)
    }


@every_driver
def test_a_private_key_the_device_does_not_know_is_a_refused_login(
    sim_device: Any, device_row: Any, driver: str, credential: Any
) -> None:
    sim = sim_device(username="robot", password=RIGHT, public_key=make_key_pair().public)
    row = device_row(sim, password="")
    row.credential.ssh_private_key = make_key_pair().private
    row.credential.save()
    spare = credential("spare", username="robot", password=RIGHT)
    DeviceCredential.objects.create(device=row, credential=spare, position=1)
    outcome = run(Device.objects.select_related("site", "credential").get(pk=row.pk), driver=driver)
    assert outcome.status is HostStatus.OK, outcome
    assert outcome.opened_by == spare.pk


class TestJobs:
    """What a job remembers and tells."""

    @pytest.fixture(autouse=True)
    def _commits(self, transactional_db: None) -> None:
        """Job and workers have connections of their own."""

    def job(self, row: Device) -> Any:
        operator = make_user(role="operator", customer=row.customer)
        made = submit(
            operator,
            task="run_commands",
            targets={"device_ids": [row.pk]},
            params={"commands": ["show version"]},
        )
        run_jobs_inline()
        made.refresh_from_db()
        return made

    def test_what_opened_a_device_is_remembered_and_comes_first_the_next_time(self, several: Any) -> None:
        sim, row = several()
        job = self.job(row)
        assert job.status == "success", list(job.events.values_list("message", flat=True))
        assert users_tried(sim) == ["own", "further", "admin"]
        assert Device.objects.get(pk=row.pk).opened_by.name == "site"
        lines = list(
            JobEvent.objects.filter(job=job, level="warning").order_by("seq").values_list("message", flat=True)
        )
        assert lines == [
            "netmiko: The device refused the credential own. Trying further.",
            "netmiko: The device refused the credential further. Trying site.",
        ]
        attempts = job.results.get().data["attempts"]
        assert [one["operation"] for one in attempts] == ["login", "login", "run_commands"]
        told = str(list(JobEvent.objects.values())) + str(list(job.results.values()))
        assert [word for word in ("wrong-own", "wrong-further", RIGHT) if word in told] == []
        sim.transcript.clear()
        assert self.job(row).status == "success"
        assert users_tried(sim) == ["admin"]

    def test_a_device_with_only_its_sites_credential_is_opened(self, several: Any) -> None:
        sim, row = several()
        DeviceCredential.objects.all().delete()
        Device.objects.filter(pk=row.pk).update(credential=None)
        assert self.job(row).status == "success"
        assert users_tried(sim) == ["admin"]
        assert HostKey.objects.filter(device=row).exists()

    def test_a_credential_that_cannot_be_read_does_not_keep_the_next_from_being_tried(self, several: Any) -> None:
        sim, row = several()
        Credential.objects.filter(name="own").update(backend="env", reference="NOT_SET")
        assert self.job(row).status == "success"
        assert users_tried(sim) == ["further", "admin"]
