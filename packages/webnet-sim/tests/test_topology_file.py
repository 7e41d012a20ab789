from __future__ import annotations

import pytest

from webnet_sim.exceptions import TopologyError
from webnet_sim.faults import Slow
from webnet_sim.topology_file import load_topology, parse_topology, shipped_topologies

GOOD = """
name: lab
defaults: {username: netops, password: pw, site: lab}
devices:
  - {name: r1, platform: cisco_ios, enable: en, faults: [refuses_auth, {slow: {seconds: 2}}]}
  - {name: sw1, platform: arista_eos, username: other, port: 2201}
links:
  - {a: 'r1:gi0/0', b: 'sw1:et1', network: 10.0.0.0/31}
"""


def test_a_topology_gives_devices_with_their_links():
    r1, sw1 = parse_topology(GOOD).devices
    assert (r1.username, r1.password, r1.site, r1.level) == ("netops", "pw", "lab", 1)
    assert (sw1.username, sw1.port, sw1.level) == ("other", 2201, 15)
    assert r1.faults[1] == Slow(seconds=2.0)
    assert (r1.links[0].interface, r1.links[0].peer, r1.links[0].peer_interface, r1.links[0].address) == (
        "GigabitEthernet0/0",
        "sw1",
        "Ethernet1",
        "10.0.0.0/31",
    )
    assert (sw1.links[0].peer, sw1.links[0].address) == ("r1", "10.0.0.1/31")


@pytest.mark.parametrize(
    ("old", "new", "path", "problem"),
    [
        ("platform: cisco_ios", "platform: cisco", "devices[0].platform", "choose one of: arista_eos, cisco_ios"),
        ("enable: en", "enabled: en", "devices[0].enabled", "is not known; there are: "),
        ("name: r1", "site: x", "devices[0]", "has no name"),
        ("name: sw1", "name: r1", "devices[1].name", "already the name of devices[0]"),
        ("name: sw1", "name: ../sw1", "devices[1].name", "is no device name"),
        ("port: 2201", "port: ssh", "devices[1].port", "is no port"),
        ("refuses_auth", "explodes", "devices[0].faults[0]", "choose one of: changed_host_key"),
        ("seconds: 2", "minutes: 2", "devices[0].faults[1]", "there are: seconds, command"),
        ("'sw1:et1'", "'sw9:et1'", "links[0].b", "there is no device 'sw9'"),
        ("'sw1:et1'", "'sw1'", "links[0].b", "must be DEVICE:INTERFACE"),
        ("'sw1:et1'", "'sw1:gi0/1'", "links[0].b", "is no interface of arista_eos"),
        ("'sw1:et1'", "'r1:gi0/0'", "links[0].b", "already used by links[0]"),
        ("10.0.0.0/31", "10.0.0.1/24", "links[0].network", "is not an IPv4 network"),
        ("10.0.0.0/31", "10.0.0.1/32", "links[0].network", "has no room for two addresses"),
        ("name: lab", "title: lab", "file.title", "is not known; there are: defaults, devices, links, name"),
        ("defaults: {username: netops", "defaults: {user: netops", "defaults.user", "is not known"),
        ("defaults: {", "defaults: [{", "file", "is not YAML"),
        ("name: lab", "name: [", "file", "is not YAML"),
    ],
)
def test_a_mistake_is_named_by_its_place_and_what_is_allowed(old, new, path, problem):
    with pytest.raises(TopologyError) as caught:
        parse_topology(GOOD.replace(old, new, 1), source="lab.yaml")
    assert caught.value.path == path
    assert problem in caught.value.problem
    assert str(caught.value).startswith(f"lab.yaml: {path}: ")


def test_a_name_that_is_nowhere_says_what_is_shipped(tmp_path):
    with pytest.raises(TopologyError, match="shipped: demo"):
        load_topology(tmp_path / "nowhere.yaml")


def test_a_topology_may_be_a_file(tmp_path):
    path = tmp_path / "lab.yaml"
    path.write_text(GOOD)
    assert load_topology(path).name == "lab"


def test_the_demo_has_24_devices_at_two_sites_of_which_three_are_not_well():
    assert "demo" in shipped_topologies()
    devices = load_topology("demo").devices
    assert len(devices) == 24
    assert {spec.site for spec in devices} == {"lon", "nyc"}
    assert {spec.platform for spec in devices} == {"cisco_ios", "arista_eos"}
    faults = sorted(fault.name for spec in devices for fault in spec.faults)
    assert faults == ["closed_port", "hangs_mid_output", "refuses_auth"]
    assert len({spec.serial for spec in devices}) == 24
    addresses = [end.address for spec in devices for end in spec.links if end.address]
    assert len(addresses) == len(set(addresses))


def test_devices_must_be_a_list():
    with pytest.raises(TopologyError, match="devices: must be a list, not dict"):
        parse_topology("devices: {}")
