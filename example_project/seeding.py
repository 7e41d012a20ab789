"""Fill the site with the demo's customer, sites, credential and devices. Again, it changes only ports and stand-ins."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction

from webnet_core.models import Credential, Customer, Device, Site
from webnet_core.plugin import registry
from webnet_sim.spec import DeviceSpec
from webnet_sim.topology_file import load_topology

CUSTOMER = "Demo network"
SITE_NAMES = {"lon": ("London", "Europe/London"), "nyc": ("New York", "America/New_York")}
# Simulated devices that stand for another vendor's, where a plugin knows its platform (plugins/webnet-acme-os).
STAND_INS = {"nyc-access-1": "acme_os"}


@transaction.atomic
def seed(ports: Mapping[str, int], *, host: str = "127.0.0.1") -> int:
    """Create what is missing and point every simulated device at its port; return how many devices there are."""
    customer, _ = Customer.objects.get_or_create(name=CUSTOMER, defaults={"description": "24 simulated devices"})
    credentials: dict[tuple[str, str, str], Credential] = {}
    count = 0
    for spec in load_topology("demo").devices:
        if spec.name not in ports:
            continue
        login = (spec.username, spec.password, spec.enable)
        if login not in credentials:
            credentials[login] = _credential(customer, login, len(credentials))
        platform = _platform(spec)
        facts = {"site": _site(customer, spec.site), "role": spec.role, "platform": platform}
        device, created = Device.objects.get_or_create(
            customer=customer,
            hostname=spec.name,
            defaults={**facts, "mgmt_ip": host, "port": ports[spec.name], "credential": credentials[login]},
        )
        if not created:
            _follow(device, port=ports[spec.name], platform=platform)
        count += 1
    return count


def ensure_admin(username: str, password: str) -> None:
    """Create the administrator the first time; an existing one keeps the password it has."""
    users: Any = get_user_model().objects
    if not users.filter(username=username).exists():
        users.create_superuser(username=username, password=password, email="")


def _platform(spec: DeviceSpec) -> str:
    slug = STAND_INS.get(spec.name, "")
    return slug if slug in registry("platforms") else spec.platform


def _follow(device: Device, *, port: int, platform: str) -> None:
    if device.hostname not in STAND_INS:
        platform = device.platform
    if (device.port, device.platform) != (port, platform):
        Device.objects.filter(pk=device.pk).update(port=port, platform=platform)


def _site(customer: Customer, name: str) -> Site | None:
    if not name:
        return None
    label, zone = SITE_NAMES.get(name, (name, "UTC"))
    return Site.objects.get_or_create(customer=customer, name=label, defaults={"time_zone": zone})[0]


def _credential(customer: Customer, login: tuple[str, str, str], number: int) -> Credential:
    name = "demo login" if number == 0 else f"demo login {number + 1}"
    username, password, enable = login
    defaults = {"username": username, "password": password, "enable_password": enable}
    return Credential.objects.get_or_create(customer=customer, name=name, defaults=defaults)[0]
