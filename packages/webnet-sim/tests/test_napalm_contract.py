"""What NAPALM must be able to do with the devices over SSH: facts, configurations, changes that go back."""

from __future__ import annotations

import pytest
from napalm import get_network_driver
from napalm.base.exceptions import MergeConfigException, ReplaceConfigException

DRIVERS = {"cisco_ios": "ios", "arista_eos": "eos", "cisco_nxos": "nxos_ssh"}
# Seconds; a busy machine has the devices answer late.
PATIENT = {"conn_timeout": 60, "auth_timeout": 60, "banner_timeout": 60, "read_timeout_override": 60}
READY = {"cisco_ios": "ip scp server enable\narchive\n path flash:archive\n", "cisco_nxos": "feature scp-server\n"}


@pytest.fixture
def start(sim_device):
    """Start a device that is ready for NAPALM, and give a way to connect to it."""
    opened = []

    def make(platform, **facts):
        device = sim_device("r1", platform=platform, extra_config=READY.get(platform, ""), **facts)

        def connect(**options):
            arguments = {"transport": "ssh", "port": device.port, **PATIENT, **options}
            if platform == "cisco_nxos":
                del arguments["transport"]
            driver = get_network_driver(DRIVERS[platform])(
                device.host, device.spec.username, device.spec.password, optional_args=arguments
            )
            driver.open()
            opened.append(driver)
            return driver

        return device, connect

    yield make
    for driver in opened:
        driver.close()


@pytest.mark.parametrize("platform", DRIVERS)
def test_facts_interfaces_and_configurations_are_read(start, platform):
    device, connect = start(platform, loopback="10.255.0.1")
    driver = connect()
    facts = driver.get_facts()
    assert facts["hostname"] == "r1"
    assert facts["serial_number"] in device.console("show version")
    assert len(facts["interface_list"]) >= 4
    assert driver.is_alive() == {"is_alive": True}
    configuration = driver.get_config()
    assert "hostname r1" in configuration["running"]
    assert "hostname r1" in configuration["startup"]
    assert device.transcript.config_lines() == []


def test_ios_merges_compares_commits_and_rolls_back(start):
    device, connect = start("cisco_ios")
    driver = connect()
    driver.load_merge_candidate(config="hostname other\ninterface Loopback7\n description new\nend\n")
    diff = driver.compare_config().splitlines()
    assert {"+hostname other", "+interface Loopback7", "+ description new"} <= set(diff)
    assert "hostname r1" in device.running_config()
    driver.commit_config()
    assert "hostname other" in device.startup_config()
    driver.rollback()
    assert "hostname r1" in device.running_config()
    assert "Loopback7" not in device.running_config()


def test_ios_replaces_the_whole_configuration_or_nothing(start):
    device, connect = start("cisco_ios")
    driver = connect()
    whole = driver.get_config()["running"]
    driver.load_replace_candidate(config=whole.replace("hostname r1", "hostname other"))
    diff = driver.compare_config()
    assert "-hostname r1" in diff
    assert "+hostname other" in diff
    driver.commit_config()
    assert "hostname other" in device.running_config()
    driver.load_replace_candidate(config=whole.replace("hostname r1", "bogus line"))
    with pytest.raises(ReplaceConfigException):
        driver.commit_config()
    assert "hostname other" in device.running_config()


def test_ios_keeps_a_merge_with_an_error_out(start):
    device, connect = start("cisco_ios")
    driver = connect()
    driver.load_merge_candidate(config="hostname other\nbogus line\nend\n")
    with pytest.raises(MergeConfigException):
        driver.commit_config()
    assert "hostname r1" in device.running_config()


def test_ios_goes_back_by_itself_and_a_fresh_connection_confirms(start):
    device, connect = start("cisco_ios")
    driver = connect()
    driver.load_merge_candidate(config="snmp-server location other\nend\n")
    driver.commit_config(revert_in=120)
    assert driver.has_pending_commit()
    device.pass_time(120)
    assert "location lab" in device.running_config()
    second = connect()
    assert not second.has_pending_commit()
    second.load_merge_candidate(config="snmp-server location third\nend\n")
    second.commit_config(revert_in=120)
    connect().confirm_commit()
    device.pass_time(600)
    assert "location third" in device.running_config()


def test_eos_compares_commits_and_rolls_back(start):
    device, connect = start("arista_eos")
    driver = connect()
    driver.load_merge_candidate(config="snmp-server location other\ninterface Loopback7\n   description new\n")
    diff = driver.compare_config()
    assert "+snmp-server location other" in diff
    assert "+   description new" in diff
    assert "location lab" in device.running_config()
    driver.commit_config()
    assert "location other" in device.startup_config()
    driver.rollback()
    assert "location lab" in device.running_config()


def test_eos_goes_back_by_itself_and_closing_undoes_at_once(start):
    device, connect = start("arista_eos")
    driver = connect()
    driver.load_merge_candidate(config="snmp-server location other\n")
    driver.commit_config(revert_in=120)
    assert driver.has_pending_commit()
    device.pass_time(120)
    assert "location lab" in device.running_config()
    second = connect()
    second.load_merge_candidate(config="snmp-server location third\n")
    second.commit_config(revert_in=120)
    second.confirm_commit()
    device.pass_time(600)
    assert "location third" in device.running_config()
    third = connect()
    third.load_merge_candidate(config="snmp-server location fourth\n")
    third.commit_config(revert_in=120)
    assert "location fourth" in device.running_config()
    third.close()
    assert "location third" in device.running_config()


def test_eos_replaces_the_whole_configuration(start):
    device, connect = start("arista_eos")
    driver = connect()
    whole = driver.get_config()["running"]
    driver.load_replace_candidate(config=whole)
    assert driver.compare_config() == ""
    driver.discard_config()
    driver.load_replace_candidate(config=whole.replace("location lab", "location other"))
    driver.commit_config()
    assert "location other" in device.running_config()


def test_nxos_merges_replaces_and_rolls_back(start):
    device, connect = start("cisco_nxos")
    driver = connect()
    driver.load_merge_candidate(config="snmp-server location other\ninterface loopback7\n  description new\n")
    assert "description new" in driver.compare_config()
    driver.commit_config()
    assert "location other" in device.startup_config()
    driver.rollback()
    assert "location lab" in device.running_config()
    device.console("checkpoint file bootflash:whole")
    whole = device.read_file("bootflash:whole")
    driver.load_replace_candidate(config=whole.replace("location lab", "location third"))
    assert driver.compare_config() == "snmp-server location third"
    driver.commit_config()
    assert "location third" in device.running_config()
