"""An operator cannot have a stored secret sent to a machine of their own, by whatever door: REST in all its forms,
imports, bulk edits, credentials of sites. A login and an API key both try; then everything is run, and the machine
that they named notes whatever it is sent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from rest_framework.test import APIClient

from webnet_core.access import tokens
from webnet_core.access.apikeys import create_key
from webnet_core.access.models import RefreshFamily
from webnet_core.access.roles import ACTIONS
from webnet_core.inventory.models import Device, DeviceCredential, SiteCredential
from webnet_core.jobs.models import HostResult
from webnet_core.secrets.models import Credential
from webnet_core.testing.factories import make_credential, make_customer, make_devices, make_site, make_user
from webnet_core.testing.jobs import run_jobs_inline
from webnet_sim.fleet import generate
from webnet_sim.network import Network

API = "/api/v1"
PLATFORM = "cisco_ios"


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A customer with a device that works, a site whose devices get a stored secret, and the operator's machine."""

    network: Network
    client: APIClient
    customer: Any
    credential: Credential
    guarded_site: Any
    device: Device
    bare: Device

    @property
    def trap(self) -> dict[str, Any]:
        """Where the operator's machine is."""
        return {"mgmt_ip": "127.0.0.1", "port": self.network["sim-2"].port}

    def fresh(self, name: str) -> dict[str, Any]:
        """A device that would be new, at the operator's machine."""
        return {"hostname": name, "platform": PLATFORM, **self.trap}

    def file(self, *columns: str, **row: Any) -> Any:
        """A file of one device."""
        text = ",".join(columns) + "\n" + ",".join(str(row[name]) for name in columns) + "\n"
        return SimpleUploadedFile("devices.csv", text.encode())


Door = Callable[[Scene], Any]
_WHERE = ("hostname", "mgmt_ip", "port", "platform")


def _import(scene: Scene, *columns: str, dry_run: bool = False, **row: Any) -> Any:
    body = {"file": scene.file(*columns, **row), **({"dry_run": "true"} if dry_run else {})}
    return scene.client.post(f"{API}/devices/import/", body, format="multipart")


def _preview_then_commit(scene: Scene) -> Any:
    row = {"hostname": scene.device.hostname, **scene.trap, "platform": PLATFORM}
    seen = _import(scene, *_WHERE, dry_run=True, **row)
    return scene.client.post(f"{API}/imports/{seen.json().get('id')}/commit/")


DOORS: Mapping[str, Door] = {
    "another address": lambda s: s.client.patch(f"{API}/devices/{s.device.pk}/", s.trap),
    "another address, whole": lambda s: s.client.put(f"{API}/devices/{s.device.pk}", s.trap),
    "another port": lambda s: s.client.patch(f"{API}/devices/{s.device.pk}/", {"port": s.trap["port"]}),
    "a new device": lambda s: s.client.post(f"{API}/devices/", {**s.fresh("n1"), "credential": s.credential.pk}),
    "a new device by its alias": lambda s: s.client.post(
        f"{API}/devices/", {**s.fresh("n2"), "credentials_ref": s.credential.name}
    ),
    "a new device without a version": lambda s: s.client.post(
        "/api/devices/", {**s.fresh("n3"), "credential": s.credential.pk}
    ),
    "a new device at a site": lambda s: s.client.post(
        f"{API}/devices/", {**s.fresh("n4"), "site": s.guarded_site.name}
    ),
    "a credential for a bare device": lambda s: s.client.patch(
        f"{API}/devices/{s.bare.pk}/", {"credential": s.credential.pk}
    ),
    "a site for a bare device": lambda s: s.client.patch(f"{API}/devices/{s.bare.pk}/", {"site": s.guarded_site.pk}),
    "credentials to try": lambda s: s.client.put(
        f"{API}/devices/{s.bare.pk}/credentials/", {"credentials": [s.credential.pk]}
    ),
    "credentials to try at a site": lambda s: s.client.put(
        f"{API}/sites/{s.bare.site_id}/credentials/", {"credentials": [s.credential.pk]}
    ),
    "a proxy in the options": lambda s: s.client.patch(
        f"{API}/devices/{s.device.pk}/", {"connection_options": {"netmiko": {"ssh_config_file": "/tmp/proxy"}}}
    ),
    "many new devices": lambda s: s.client.post(
        f"{API}/devices/bulk/", {"devices": [{**s.fresh("b1"), "credential": s.credential.pk}]}
    ),
    "many new devices at a site": lambda s: s.client.post(
        f"{API}/devices/bulk/", {"devices": [{**s.fresh("b2"), "site": s.guarded_site.pk}]}
    ),
    "many addresses": lambda s: s.client.patch(
        f"{API}/devices/bulk/", {"device_ids": [s.device.pk], "changes": s.trap}
    ),
    "many credentials": lambda s: s.client.patch(
        f"{API}/devices/bulk/", {"device_ids": [s.bare.pk], "changes": {"credential": s.credential.pk}}
    ),
    "many sites": lambda s: s.client.patch(
        f"{API}/devices/bulk/", {"device_ids": [s.bare.pk], "changes": {"site": s.guarded_site.pk}}
    ),
    "a file with another address": lambda s: _import(
        s, *_WHERE, hostname=s.device.hostname, platform=PLATFORM, **s.trap
    ),
    "a file that is looked at first": _preview_then_commit,
    "a file with a new device": lambda s: _import(
        s, *_WHERE, "credential", **s.fresh("f1"), credential=s.credential.name
    ),
    "a file with a new device at a site": lambda s: _import(
        s, *_WHERE, "site", **s.fresh("f2"), site=s.guarded_site.name
    ),
    "a file with a credential": lambda s: _import(
        s,
        *_WHERE,
        "credential",
        **{**s.fresh(s.bare.hostname), "credential": s.credential.name},
    ),
    "a link to where secrets are kept": lambda s: s.client.patch(
        f"{API}/credentials/{s.credential.pk}/", {"backend": "env", "reference": "OTHER"}
    ),
    "a key that the machine shows": lambda s: s.client.post(
        f"{API}/devices/{s.bare.pk}/host-keys/", {"key_type": "ssh-ed25519", "key": "A" * 68}
    ),
}


@pytest.fixture(scope="module")
def network() -> Iterator[Network]:
    with Network(generate(2, platforms=(PLATFORM,)).devices) as found:
        yield found


@pytest.fixture(params=["a login", "an API key"])
def scene(request: pytest.FixtureRequest, db: None, network: Network) -> Scene:
    cache.clear()
    customer = make_customer("Harbour")
    operator = make_user("mallory", role="operator", customer=customer)
    client = APIClient()
    client.default_format = "json"
    if request.param == "a login":
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {tokens.start_family(operator).access}")
    else:
        _, text = create_key(operator, {"name": "k", "scopes": sorted(set(ACTIONS) - {"devices.repoint"})})
        client.credentials(HTTP_X_API_KEY=text)
    credential = make_credential(customer, name="vault", username="admin", password="admin")
    guarded, plain = make_site(customer, name="Guarded"), make_site(customer, name="Plain")
    SiteCredential.objects.create(site=guarded, credential=credential, position=1)
    (device,) = make_devices(1, customer, site=plain, credential=credential, platform=PLATFORM)
    Device.objects.filter(pk=device.pk).update(mgmt_ip="127.0.0.1", port=network["sim-1"].port)
    device.refresh_from_db()
    made = Scene(
        network=network,
        client=client,
        customer=customer,
        credential=credential,
        guarded_site=guarded,
        device=device,
        bare=device,
    )
    # A machine of one's own may be in the inventory, as long as nothing secret is stored for it.
    answer = client.post(f"{API}/devices/", {**made.fresh("bare"), "site": plain.pk})
    assert answer.status_code == 201, answer.content
    return Scene(**{**vars(made), "bare": Device.objects.get(hostname="bare")})


def test_no_door_sends_a_stored_secret_to_a_machine_of_the_operators(scene: Scene, network: Network) -> None:
    opened = {}
    for name, door in DOORS.items():
        answer = door(scene)
        if answer.status_code not in {400, 403}:
            opened[name] = (answer.status_code, answer.content[:200])
    assert opened == {}
    led = Device.objects.filter(port=scene.trap["port"]).exclude(pk=scene.bare.pk)
    assert not led.exists(), list(led)
    scene.bare.refresh_from_db()
    assert (scene.bare.credential, scene.bare.site_id == scene.guarded_site.pk) == (None, False)
    assert not DeviceCredential.objects.filter(device__customer=scene.customer).exists()
    assert SiteCredential.objects.filter(site__customer=scene.customer).count() == 1

    run = {"task": "run_commands", "targets": {"all": True}, "params": {"commands": ["show version"]}}
    assert scene.client.post(f"{API}/tasks/execute/", run).status_code == 202
    run_jobs_inline()
    told = dict(HostResult.objects.filter(device__customer=scene.customer).values_list("device_name", "status"))
    assert told[scene.device.hostname] == "ok", HostResult.objects.get(device=scene.device).message
    assert network["sim-2"].transcript.auth_attempts() == []
    assert [attempt for attempt in network["sim-1"].transcript.auth_attempts() if attempt.accepted]


# Refused to everybody: a file points no device elsewhere, whoever sends it, and an operator links and accepts nothing.
SHUT = {
    "a file with another address",
    "a file that is looked at first",
    "a file with a credential",
    "a link to where secrets are kept",
    "a key that the machine shows",
}


@pytest.mark.parametrize("scene", ["a login"], indirect=True)
@pytest.mark.parametrize("name", sorted(set(DOORS) - SHUT))
def test_the_same_request_is_taken_from_whoever_entered_the_password_again(scene: Scene, name: str) -> None:
    RefreshFamily.objects.update(reauthenticated_at=timezone.now())
    answer = DOORS[name](scene)
    assert answer.status_code in {200, 201}, answer.content
