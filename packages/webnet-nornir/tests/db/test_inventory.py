"""The inventory that Nornir sees."""

from __future__ import annotations

import pytest
from nornir import InitNornir
from nornir.core.filter import F

from webnet_core.inventory.models import DeviceGroup, HostKey, Site, Tag
from webnet_nornir.context import context_of
from webnet_nornir.drivers.napalm.tasks import (
    napalm_config_merge,
    napalm_config_replace,
    napalm_get_config,
    napalm_get_facts,
)
from webnet_nornir.drivers.netmiko.tasks import netmiko_send_command, netmiko_send_config
from webnet_nornir.drivers.scrapli.tasks import scrapli_get_prompt, scrapli_send_command, scrapli_send_configs
from webnet_nornir.exceptions import CheckpointMissing, CliRejected, NoCredential
from webnet_nornir.inventory import DjangoInventory
from webnet_nornir.manager import NornirManager


def test_loading_costs_the_same_queries_for_one_device_and_for_many(
    sim_device, device_row, customer, django_assert_num_queries
):
    sim = sim_device()
    site = Site.objects.create(customer=customer, name="Lyon")
    first = device_row(sim, site=site)
    DeviceGroup.objects.create(customer=customer, name="everything", filter={"all": True})
    with django_assert_num_queries(7):
        DjangoInventory([first.pk]).load()
    others = [
        type(first).objects.create(
            customer=customer,
            hostname=f"r{number}",
            mgmt_ip="127.0.0.1",
            platform="cisco_ios",
            site=site,
            credential=first.credential,
        )
        for number in range(20)
    ]

    with django_assert_num_queries(7):
        inventory = DjangoInventory().load()

    assert len(inventory.hosts) == len(others) + 1


def test_hosts_are_named_by_device_id_and_grouped(sim_device, device_row, customer):
    row = device_row(sim_device(), role="core", site=Site.objects.create(customer=customer, name="Lyon"))

    host = DjangoInventory([row.pk]).load().hosts[str(row.pk)]

    assert [group.name for group in host.groups] == ["platform:cisco_ios", "site:Lyon", "role:core"]
    assert (host.hostname, host.port) == (row.mgmt_ip, row.port)


def test_tags_and_groups_are_in_the_data_and_among_nornirs_groups(sim_device, device_row, customer):
    site = Site.objects.create(customer=customer, name="Lyon")
    row = device_row(sim_device(), role="core", site=site, data={"rack": "A1", "role": "somebody's word"})
    row.tags.add(Tag.objects.create(customer=customer, name="env", value="lab"))
    DeviceGroup.objects.create(customer=customer, name="backbone").members.add(row)
    DeviceGroup.objects.create(customer=customer, name="labs", filter={"tag": "env=lab"})
    DeviceGroup.objects.create(customer=customer, name="elsewhere", filter={"site": "Paris"})
    other = device_row(sim_device())

    inventory = DjangoInventory([row.pk, other.pk]).load()

    host = inventory.hosts[str(row.pk)]
    assert {name: host.data[name] for name in ("rack", "site", "role", "tags", "groups")} == {
        "rack": "A1",
        "site": "Lyon",
        "role": "core",
        "tags": {"env": "lab"},
        "groups": ["backbone", "labs"],
    }
    assert [group.name for group in host.groups][3:] == ["tag:env=lab", "group:backbone", "group:labs"]
    assert [group.name for group in inventory.hosts[str(other.pk)].groups] == ["platform:cisco_ios"]
    assert context_of(host).device.tags == {"env": "lab"}


def test_no_secret_is_in_the_inventory(sim_device, device_row):
    row = device_row(sim_device(), password="sup3rsecret", enable_password="raise-me")

    inventory = DjangoInventory([row.pk]).load()

    assert "sup3rsecret" not in repr(inventory.dict())
    assert "raise-me" not in repr(inventory.dict())
    assert inventory.hosts[str(row.pk)].password is None
    assert context_of(inventory.hosts[str(row.pk)]).logins == ()


def test_disabled_devices_are_not_among_all_of_them(sim_device, device_row):
    device_row(sim_device(), enabled=False)

    assert DjangoInventory().load().hosts == {}


def test_pinned_keys_and_site_options_are_in_the_context(sim_device, device_row, settings):
    settings.WEBNET = {
        **settings.WEBNET,
        "NORNIR": {"DRIVER_OPTIONS": {"netmiko": {"keepalive": 30, "fast_cli": True}}},
    }
    row = device_row(sim_device(), connection_options={"netmiko": {"fast_cli": False}})
    HostKey.objects.create(device=row, key_type="ssh-ed25519", key="AAAA", fingerprint="-")

    context = context_of(DjangoInventory([row.pk]).load().hosts[str(row.pk)])

    assert context.known_hosts == (("ssh-ed25519", "AAAA"),)
    assert context.device.connection_options == {"netmiko": {"keepalive": 30, "fast_cli": False}}


def test_nornirs_own_start_up_finds_inventory_and_runner_by_name(db):
    nornir = InitNornir(
        inventory={"plugin": "WebnetInventory", "options": {"device_ids": []}},
        runner={"plugin": "WebnetRunner", "options": {"num_workers": 3}},
        logging={"enabled": False},
    )
    assert nornir.runner.num_workers == 3
    assert nornir.inventory.hosts == {}


def test_nornirs_own_filter_works_on_it(sim_device, device_row):
    row = device_row(sim_device(), role="core")
    other = device_row(sim_device(), role="access")

    nornir = NornirManager().initialize_nornir([row, other.pk])

    assert list(nornir.filter(F(platform="cisco_ios") & F(groups__contains="role:core")).inventory.hosts) == [
        str(row.pk)
    ]


def test_plain_nornir_tasks_run_over_sessions_webnet_opened(sim_device, device_row):
    sim = sim_device()
    row = device_row(sim)
    nornir = NornirManager().initialize_nornir([row])

    for command in ("show version", "show clock"):
        result = nornir.run(task=netmiko_send_command, command_string=command)[str(row.pk)]
        assert not result.failed
        assert result[0].result

    assert HostKey.objects.filter(device=row).count() == 1
    assert sim.transcript.wait_until(lambda transcript: transcript.open_sessions == 0)


def test_a_plain_nornir_task_cannot_write_without_its_checkpoints(sim_device, device_row):
    sim = sim_device()
    row = device_row(sim)
    nornir = NornirManager().initialize_nornir([row])

    result = nornir.run(task=netmiko_send_config, config_commands=["hostname other"])[str(row.pk)]

    assert isinstance(result[0].exception, CheckpointMissing)
    assert sim.transcript.config_lines() == []


@pytest.mark.parametrize(
    ("function", "arguments", "expected"),
    [
        (napalm_get_facts, {}, lambda told: (told["hostname"], told["vendor"]) == ("lyon", "Cisco")),
        (napalm_get_config, {}, lambda told: "hostname lyon" in told["running"]),
        (scrapli_send_command, {"command": "show version"}, lambda told: "Cisco IOS Software" in told),
        (scrapli_get_prompt, {}, lambda told: told == "lyon#"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_tasks_of_all_drivers_run_by_themselves(sim_device, device_row, function, arguments, expected):
    sim = sim_device("lyon")
    row = device_row(sim)

    result = NornirManager().initialize_nornir([row]).run(task=function, **arguments)[str(row.pk)]

    assert not result.failed, result[0].exception
    assert expected(result[0].result)
    assert len(sim.transcript.authenticated_sessions()) == 1


@pytest.mark.parametrize(
    ("function", "arguments"),
    [
        (scrapli_send_configs, {"configs": ["hostname other"]}),
        (napalm_config_merge, {"configuration": "hostname other"}),
        (napalm_config_replace, {"configuration": "hostname other\nend"}),
        (napalm_config_merge, {"configuration": "hostname other", "dry_run": True}),
    ],
)
def test_no_drivers_task_writes_without_its_checkpoints(sim_device, device_row, function, arguments):
    sim = sim_device()
    row = device_row(sim)

    result = NornirManager().initialize_nornir([row]).run(task=function, **arguments)[str(row.pk)]

    assert isinstance(result[0].exception, CheckpointMissing)
    assert sim.transcript.config_lines() == []
    assert not [line for line in sim.transcript.lines() if line.startswith(("copy", "tclsh", "configure"))]


def test_a_refused_command_fails_scraplis_task(sim_device, device_row):
    row = device_row(sim_device())

    result = NornirManager().initialize_nornir([row]).run(task=scrapli_send_command, command="show nonsense")

    assert isinstance(result[str(row.pk)][0].exception, CliRejected)


def test_a_host_without_secrets_says_where_they_come_from(sim_device, device_row):
    row = device_row(sim_device())
    nornir = NornirManager().initialize_nornir(DjangoInventory([row.pk]))

    result = nornir.run(task=netmiko_send_command, command_string="show version")[str(row.pk)]

    assert isinstance(result[0].exception, NoCredential)
