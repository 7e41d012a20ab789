"""What real libraries must be able to do with a Junos device: netmiko and scrapli through Nornir."""

from __future__ import annotations

import pytest
from nornir_netmiko.tasks import netmiko_commit, netmiko_send_command, netmiko_send_config
from tests.test_netmiko_contract import make_nornir, run

from webnet_sim.spec import DeviceSpec
from webnet_sim.topology import Link
from webnet_sim.topology import connect as cable


@pytest.fixture
def pair(sim_network):
    """A Junos device cabled to an IOS one, and a Nornir that reaches it."""
    specs = cable(
        [
            DeviceSpec(name="mine", platform="juniper_junos", loopback="10.255.0.1"),
            DeviceSpec(name="other", loopback="10.255.0.2"),
        ],
        [Link(a="mine:ge-0/0/0", b="other:GigabitEthernet0/0", network="10.0.0.0/31")],
    )
    network = sim_network(specs)
    nornir = make_nornir(network["mine"])
    yield network["mine"], nornir
    nornir.close_connections()


def show(nornir, command):
    return run(nornir, netmiko_send_command, command_string=command, use_textfsm=True)


def test_facts_are_parsed(pair):
    device, nornir = pair
    (version,) = show(nornir, "show version")
    assert (version["hostname"], version["model"], version["junos_version"]) == ("mine", "vmx", "20.4R3.8")
    chassis = show(nornir, "show chassis hardware")[0]
    assert chassis["chassis_serial_number"] in device.console("show chassis hardware")
    assert device.transcript.config_lines() == []


def test_interfaces_neighbours_and_arp_are_parsed(pair):
    _, nornir = pair
    rows = {row["interface"]: row for row in show(nornir, "show interfaces")}
    assert (rows["ge-0/0/0"]["link_status"], rows["ge-0/0/0"]["admin_state"]) == ("Up", "Enabled")
    assert rows["ge-0/0/0.0"]["local"] == "10.0.0.0"
    (neighbour,) = show(nornir, "show lldp neighbors")
    assert (neighbour["local_interface"], neighbour["neighbor_name"]) == ("ge-0/0/0", "other")
    (entry,) = show(nornir, "show arp no-resolve")
    assert entry["ip_address"] == "10.0.0.1"


def test_a_long_configuration_comes_whole(sim_network):
    from webnet_sim.fleet import generate

    network = sim_network(generate(1, platforms=["juniper_junos"], extra_lines=3000))
    nornir = make_nornir(network["sim-1"])
    text = run(nornir, netmiko_send_command, command_string="show configuration")
    nornir.close_connections()
    assert text.count("/32;") == 3001
    assert text.count("{") == text.count("}")


def test_lines_are_set_and_committed(pair):
    device, nornir = pair
    lines = ["set system location building X", "set interfaces lo0 unit 7 description made-by-a-test"]
    text = run(nornir, netmiko_send_config, config_commands=lines, exit_config_mode=False, error_pattern="")
    assert "syntax error" in text
    run(nornir, netmiko_commit, confirm=True, confirm_delay=2)
    assert "made-by-a-test" in device.running_config()
    run(nornir, netmiko_commit)
    assert device.transcript.config_lines()[:2] == lines
    assert "commit" in device.transcript.config_lines()


def test_leaving_with_uncommitted_changes_is_answered(pair):
    device, nornir = pair
    run(nornir, netmiko_send_config, config_commands=["set system domain-name other.example"])
    assert "other.example" not in device.running_config()
    modes = [entry.mode for entry in device.transcript.entries if entry.text == "yes"]
    assert modes == ["question"]
