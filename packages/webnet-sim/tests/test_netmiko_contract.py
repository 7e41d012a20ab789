"""What real libraries must be able to do with the devices: netmiko through Nornir, parsed by ntc-templates."""

from __future__ import annotations

import pytest
from netmiko.exceptions import ConfigInvalidException
from nornir.core import Nornir
from nornir.core.configuration import Config
from nornir.core.inventory import ConnectionOptions, Defaults, Groups, Host, Hosts, Inventory
from nornir.core.plugins.connections import ConnectionPluginRegister
from nornir.plugins.runners import SerialRunner
from nornir_netmiko.connections import Netmiko
from nornir_netmiko.tasks import netmiko_save_config, netmiko_send_command, netmiko_send_config

from webnet_sim.spec import DeviceSpec
from webnet_sim.topology import Link
from webnet_sim.topology import connect as cable

PLATFORMS = ["cisco_ios", "arista_eos", "cisco_nxos"]
PORTS = {"cisco_ios": "GigabitEthernet0/0", "arista_eos": "Ethernet1", "cisco_nxos": "Ethernet1/1"}
LOOPBACK = {"cisco_ios": "Loopback7", "arista_eos": "Loopback7", "cisco_nxos": "loopback7"}
ERRORS = r"^\s*% "
# Seconds for what netmiko waits for; a busy machine has the devices answer late.
PATIENT = {"conn_timeout": 60, "auth_timeout": 60, "banner_timeout": 60, "read_timeout_override": 60}


@pytest.fixture(params=PLATFORMS)
def pair(request, sim_network):
    """A device of each platform in turn, cabled to one of the other, and a Nornir that reaches it."""
    mine = request.param
    other = next(platform for platform in PLATFORMS if platform != mine)
    specs = cable(
        [
            DeviceSpec(name="mine", platform=mine, enable="s3cret", loopback="10.255.0.1"),
            DeviceSpec(name="other", platform=other, loopback="10.255.0.2"),
        ],
        [Link(a=f"mine:{PORTS[mine]}", b=f"other:{PORTS[other]}", network="10.0.0.0/31")],
    )
    network = sim_network(specs)
    nornir = make_nornir(network["mine"])
    yield network["mine"], nornir
    nornir.close_connections()


def make_nornir(device):
    ConnectionPluginRegister.auto_register()
    ConnectionPluginRegister.register("netmiko", Netmiko)
    host = Host(
        "mine",
        hostname=device.host,
        port=device.port,
        username=device.spec.username,
        password=device.spec.password,
        platform=device.spec.platform,
        connection_options={"netmiko": ConnectionOptions(extras={"secret": device.spec.enable, **PATIENT})},
    )
    inventory = Inventory(Hosts({"mine": host}), Groups(), Defaults())
    return Nornir(inventory=inventory, runner=SerialRunner(), config=Config())


def run(nornir, task, **arguments):
    """Run a task on the one host; gives its result or raises what it raised."""
    result = nornir.run(task=task, **arguments)["mine"]
    nornir.data.reset_failed_hosts()
    if result.exception:
        raise result.exception
    return result[0].result


def show(nornir, command):
    return run(nornir, netmiko_send_command, command_string=command, use_textfsm=True, enable=True)


def test_login_and_enable_reach_privileged_mode(pair):
    device, nornir = pair
    assert "hostname mine" in run(nornir, netmiko_send_command, command_string="show running-config", enable=True)
    assert device.transcript.authenticated_sessions() == [1]
    assert device.transcript.config_lines() == []
    asked = device.spec.platform in {"cisco_ios", "arista_eos"}
    assert ("enable" in device.transcript.lines()) == asked
    assert [entry.accepted for entry in device.transcript.entries if entry.kind == "secret"] == [True] * asked


def test_version_and_inventory_are_parsed(pair):
    device, nornir = pair
    (version,) = show(nornir, "show version")
    (chassis, *_) = show(nornir, "show inventory")
    facts = device.console("show version")
    if device.spec.platform == "cisco_ios":
        assert (version["version"], version["hardware"], version["hostname"]) == ("15.9(3)M6", ["IOSv"], "mine")
        assert version["serial"] == [chassis["sn"]]
    elif device.spec.platform == "cisco_nxos":
        assert (version["os"], version["platform"], version["hostname"]) == ("9.3(8)", "C9300v", "mine")
        assert (version["serial"], chassis["pid"]) == (chassis["sn"], "N9K-C9300v")
    else:
        assert (version["image"], version["model"]) == ("4.29.2F", "vEOS-lab")
        assert version["serial_number"] == chassis["sn"]
    assert chassis["sn"] in facts


def test_interfaces_are_parsed(pair):
    device, nornir = pair
    port, nexus = PORTS[device.spec.platform], device.spec.platform == "cisco_nxos"
    brief = {row["interface"]: row for row in show(nornir, "show ip interface brief")}
    assert brief[port.replace("Ethernet", "Eth") if nexus else port]["ip_address"].startswith("10.0.0.0")
    full = {row["interface"]: row for row in show(nornir, "show interface" if nexus else "show interfaces")}
    assert (full[port]["link_status"], full[port]["admin_state" if nexus else "protocol_status"].split()[0]) == (
        "up",
        "up",
    )
    assert full[port]["ip_address"].startswith("10.0.0.0")
    status = {row["port"]: row["status"] for row in show(nornir, f"show interface{'' if nexus else 's'} status")}
    assert "connected" in status.values()


def test_neighbours_are_parsed(pair):
    _, nornir = pair
    (row,) = show(nornir, "show lldp neighbors")
    assert row["neighbor_name"] == "other"
    (row,) = show(nornir, "show lldp neighbors detail")
    assert (row["neighbor_name"], row["mgmt_address"]) == ("other", "10.255.0.2")


def test_arp_and_routes_are_parsed(pair):
    _, nornir = pair
    assert "10.0.0.1" in {row["ip_address"] for row in show(nornir, "show ip arp")}
    routes = {(row["network"], row["prefix_length"]) for row in show(nornir, "show ip route")}
    assert {("10.0.0.0", "31"), ("10.255.0.1", "32")} <= routes


def test_configuration_is_applied_and_saved(pair):
    device, nornir = pair
    name = LOOPBACK[device.spec.platform]
    lines = [f"interface {name}", "description made by a test"]
    run(nornir, netmiko_send_config, config_commands=lines, error_pattern=ERRORS, enable=True)
    assert device.transcript.config_lines() == lines
    assert "description made by a test" in device.running_config()
    assert name not in device.startup_config()
    run(nornir, netmiko_save_config)
    assert name in device.startup_config()


def test_a_refused_line_is_seen_by_its_error_pattern(pair):
    device, nornir = pair
    with pytest.raises(ConfigInvalidException):
        run(nornir, netmiko_send_config, config_commands=["bogus line"], error_pattern=ERRORS, enable=True)
    assert device.transcript.config_lines() == ["bogus line"]
    connection = nornir.inventory.hosts["mine"].get_connection("netmiko", nornir.config)
    assert connection.check_config_mode()
    connection.exit_config_mode()


def test_a_thousand_lines_come_whole(sim_network):
    from webnet_sim.fleet import generate

    network = sim_network(generate(1, platforms=["cisco_ios"], extra_lines=3000))
    nornir = make_nornir(network["sim-1"])
    text = run(nornir, netmiko_send_command, command_string="show running-config")
    nornir.close_connections()
    assert text.rstrip().endswith("end")
    assert text.count("permit ip host") == 2999
