"""Devices as a Nornir inventory, read with a fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.dispatch import Signal
from nornir.core.inventory import Defaults, Group, Groups, Host, Hosts, Inventory, ParentGroups

from webnet_core.conf import settings
from webnet_core.inventory.groups import groups_of
from webnet_core.inventory.hostkeys import pinned
from webnet_core.inventory.models import Device
from webnet_core.inventory.ranges import networks_by_customer
from webnet_core.inventory.tags import tags_of, told
from webnet_core.plugins.items import Platform
from webnet_core.plugins.registry import registry
from webnet_nornir.conf import NornirConfig
from webnet_nornir.context import KEY, DeviceFacts, HostContext
from webnet_nornir.drivers.base import Driver

# Sent with `device_ids` after rows were saved: whoever keeps sessions or answers of those devices drops them.
inventory_changed = Signal()


class DjangoInventory:
    """Nornir's inventory out of webnet's devices; registered in Nornir as ``WebnetInventory``.

    A host's name is the device's primary key as text. Its groups are ``platform:cisco_ios``, ``site:London``,
    ``role:core``, ``tag:env=lab`` and ``group:backbone``; its data is the device's, and in it, whatever the device has
    there, ``site``, ``role``, ``tags`` and ``groups``. Secrets are not in it: a host gets them when it is admitted, and
    only for as long as it runs.

    Args:
        device_ids: Which devices; None for all enabled ones.
        devices: Rows already loaded with site and credential, in place of `device_ids`.
        config: What contexts are made with.
    """

    def __init__(
        self,
        device_ids: Iterable[int] | None = None,
        *,
        devices: Sequence[Device] | None = None,
        config: NornirConfig | None = None,
    ) -> None:
        self._device_ids = None if device_ids is None else list(device_ids)
        self._devices = devices
        self._config = config or NornirConfig()

    def load(self) -> Inventory:
        """Return the inventory.

        One query for devices where they are not loaded yet, five for what belongs to them, and one for every hundred
        dynamic groups, however many devices there are.
        """
        devices = self._devices if self._devices is not None else self._read()
        around = _Around(devices)
        groups = Groups()
        hosts = Hosts({str(device.pk): self._host(device, around, groups) for device in devices})
        return Inventory(hosts=hosts, groups=groups, defaults=Defaults())

    def _read(self) -> Sequence[Device]:
        rows = Device.objects.select_related("site", "credential", "customer").order_by("pk")
        if self._device_ids is None:
            return list(rows.filter(enabled=True))
        return list(rows.filter(pk__in=self._device_ids))

    def _host(self, device: Device, around: _Around, groups: Groups) -> Host:
        platforms: Mapping[str, Platform] = registry("platforms")
        facts = replace(
            device_facts(device, self._config),
            tags=around.tags.get(device.pk, {}),
            groups=tuple(around.groups.get(device.pk, ())),
        )
        data: dict[str, Any] = dict(device.data) if isinstance(device.data, dict) else {}
        data |= {"site": facts.site, "role": facts.role, "tags": dict(facts.tags), "groups": list(facts.groups)}
        if device.platform in platforms:
            data[KEY] = self._context(facts, platforms[device.platform], around)
            data[KEY].repinning_required = device.repinning_required
        return Host(
            name=str(device.pk),
            hostname=device.mgmt_ip,
            port=device.port,
            platform=device.platform,
            groups=ParentGroups(_groups(facts, groups)),
            data=data,
        )

    def _context(self, facts: DeviceFacts, platform: Platform, around: _Around) -> HostContext:
        drivers: Mapping[str, Driver] = registry("drivers")
        return HostContext(
            device=facts,
            platform=platform,
            drivers=drivers,
            known_hosts=tuple(around.keys.get(facts.id, ())),
            trust_first_use=settings.CORE.HOST_KEYS == "tofu",
            allowed_networks=settings.CORE.DEVICE_NETWORKS,
            ranges=around.ranges.get(facts.customer_id, ()),
            timeouts=self._config.timeouts,
            output_limit=settings.CORE.OUTPUT_LIMIT_BYTES,
        )


class _Around:
    """What stands in other tables than the devices themselves."""

    def __init__(self, devices: Sequence[Device]) -> None:
        ids = [device.pk for device in devices]
        self.keys = pinned(ids)
        self.tags = tags_of(ids)
        self.groups = groups_of(devices)
        self.ranges = networks_by_customer({device.customer_id for device in devices})


def device_facts(device: Device, config: NornirConfig) -> DeviceFacts:
    """Return a device's row as plain values, its driver options merged with the site's."""
    credential = device.credential if device.credential_id else None
    return DeviceFacts(
        id=device.pk,
        customer_id=device.customer_id,
        hostname=device.hostname,
        address=device.mgmt_ip,
        port=device.port,
        platform=device.platform,
        driver=device.driver,
        site=device.site.name if device.site_id and device.site is not None else "",
        role=device.role,
        credential_id=device.credential_id,
        credential_version=credential.version if credential is not None else 0,
        connection_options=config.driver_options(device.connection_options or {}),
        data=device.data if isinstance(device.data, dict) else {},
    )


def _groups(facts: DeviceFacts, groups: Groups) -> list[Group]:
    kinds = [("platform", facts.platform), ("site", facts.site), ("role", facts.role)]
    kinds += [("tag", tag) for tag in told(facts.tags)]
    kinds += [("group", name) for name in facts.groups]
    names = [f"{kind}:{value}" for kind, value in kinds if value]
    return [groups.setdefault(name, Group(name=name)) for name in names]
