from __future__ import annotations

import subprocess
import sys
import threading

import pytest
from tests.ssh_client import connect

from webnet_sim.exceptions import NotLoopback, NotStarted, PortTaken, UnknownDevice
from webnet_sim.fleet import generate
from webnet_sim.network import Network
from webnet_sim.spec import DeviceSpec


def test_three_hundred_devices_start_and_answer():
    with Network(generate(300)) as network:
        assert len({device.port for device in network.values()}) == 300
        for name in ("sim-1", "sim-150", "sim-300"):
            connect(network[name]).close()


def test_generated_devices_are_linked_in_a_chain_and_see_each_other(sim_network):
    network = sim_network(generate(3))
    assert "sim-2" in network["sim-1"].console("show lldp neighbors")
    middle = network["sim-2"].console("show lldp neighbors")
    assert "sim-1" in middle
    assert "sim-3" in middle


def test_neighbours_vanish_when_a_device_is_switched_off_or_its_port_shut(sim_network):
    network = sim_network(generate(3, platforms=["cisco_ios"]))
    network["sim-1"].set_fault("closed_port")
    network["sim-3"].console("conf t", "int gi0/1", "shutdown", "end")
    assert "Total entries displayed: 0" in network["sim-2"].console("show lldp neighbors")
    network["sim-1"].clear_fault()
    network["sim-3"].console("conf t", "int gi0/1", "no shutdown", "end")
    assert "Total entries displayed: 2" in network["sim-2"].console("show lldp neighbors")


def test_pings_cross_the_network_only_while_it_is_whole(sim_network):
    network = sim_network(generate(3, platforms=["cisco_ios"]))
    assert "Success rate is 100 percent" in network["sim-1"].console("ping 10.255.0.3")
    network["sim-2"].set_fault("closed_port")
    assert "Success rate is 0 percent" in network["sim-1"].console("ping 10.255.0.3")


def test_long_configurations_are_made_on_demand():
    with Network(generate(1, extra_lines=1000)) as network:
        assert len(network["sim-1"].running_config().splitlines()) > 1000


def test_only_loopback_is_served():
    with pytest.raises(NotLoopback):
        Network(generate(1), host="0.0.0.0")


def test_a_device_is_found_by_its_name_only(sim_network):
    network = sim_network(generate(2))
    with pytest.raises(UnknownDevice, match="there are: sim-1, sim-2"):
        network["sim-9"]


def test_the_port_is_known_only_while_the_network_runs():
    network = Network([DeviceSpec(name="r1")])
    with pytest.raises(NotStarted):
        _ = network["r1"].port


def test_a_taken_port_stops_the_start_and_leaves_nothing_open():
    with Network([DeviceSpec(name="first")]) as network:
        taken = network["first"].port
        with pytest.raises(PortTaken, match="second cannot listen"):
            Network([DeviceSpec(name="second", port=taken)]).start()


def test_stopping_ends_the_thread_and_every_connection():
    before = set(threading.enumerate())
    network = Network(generate(2)).start()
    transports = [connect(device) for device in network.values()]
    network.stop()
    for transport in transports:
        transport.join(60)
        assert not transport.is_active()
    assert set(threading.enumerate()) <= before


def test_a_network_may_be_started_again_after_it_was_stopped():
    network = Network(generate(1))
    for _ in range(2):
        with network:
            connect(network["sim-1"]).close()


def test_the_pytest_plugin_loads_no_ssh_library():
    code = "import sys, webnet_sim.pytest_plugin; print('asyncssh' in sys.modules, 'yaml' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False False"


def test_the_package_needs_no_django():
    code = (
        "import pkgutil, importlib, sys, webnet_sim\n"
        "for found in pkgutil.walk_packages(webnet_sim.__path__, 'webnet_sim.'):\n"
        "    if not found.name.endswith('__main__'): importlib.import_module(found.name)\n"
        "print(sorted(name for name in sys.modules if name.split('.')[0] in {'django', 'webnet_core', 'nornir'}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_four_vendors_see_each_other(sim_network):
    network = sim_network("four-vendors")
    seen = {name: network[name].console("show lldp neighbors") for name in network}
    assert {network[name].spec.platform for name in network} == {
        "arista_eos",
        "cisco_ios",
        "cisco_nxos",
        "juniper_junos",
    }
    for name, text in seen.items():
        for end in network[name].spec.links:
            assert end.peer in text
    assert "10.3.0.14" in network["ams-wan-1"].console("show ip arp")
