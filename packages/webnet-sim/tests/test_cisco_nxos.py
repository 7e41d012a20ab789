from __future__ import annotations

import pytest

from webnet_sim.shell.session import Session
from webnet_sim.spec import LinkEnd


@pytest.fixture
def device(make_device):
    return make_device("cisco_nxos", name="n9k", loopback="10.255.0.1", role="leaf")


def type_in(device, *lines, user="alice"):
    session = Session(device, user=user)
    text = ""
    for line in lines:
        text = session.execute(line)
    return text, session


def test_prompts_end_in_a_blank_and_name_the_mode(device):
    assert Session(device).prompt == "n9k# "
    for line, mode in (("int eth1/2", "config-if"), ("vlan 10", "config-vlan"), ("router ospf 1", "config-router")):
        assert type_in(device, "conf t", line)[1].prompt == f"n9k({mode})# "


def test_a_login_is_privileged_even_where_the_spec_has_an_enable_secret(make_device):
    assert make_device("cisco_nxos", enable="s3cret").login("alice").prompt == "r1# "


@pytest.mark.parametrize(
    ("line", "column", "text"),
    [
        ("show bogus", 5, "% Invalid command at '^' marker."),
        ("show ip", 7, "% Incomplete command at '^' marker."),
        ("show in", 5, "% Ambiguous command at '^' marker."),
    ],
)
def test_errors_point_at_the_word(device, line, column, text):
    assert type_in(device, line)[0] == f"{' ' * (len('n9k# ') + column)}^\n{text}\n"


def test_an_address_needs_a_routed_port_and_room_beside_the_others(device):
    assert "layer 2 port" in type_in(device, "conf t", "int eth1/3", "ip address 192.0.2.1/24")[0]
    type_in(device, "conf t", "int eth1/3", "no switchport", "ip address 192.0.2.1 255.255.255.0")
    assert "interface Ethernet1/3\n  no switchport\n" in device.running_config()
    assert "  ip address 192.0.2.1/24\n" in device.running_config()
    assert "overlaps" in type_in(device, "conf t", "int lo5", "ip address 192.0.2.9/32")[0]


def test_shutdown_and_no_shutdown_are_both_shown(make_device):
    links = (LinkEnd(interface="Ethernet1/1", peer="other", peer_interface="Ethernet1/1", address="10.0.0.0/31"),)
    device = make_device("cisco_nxos", links=links)
    assert "  no shutdown\n" in device.running_config()
    assert device.enabled("Ethernet1/1")
    type_in(device, "conf t", "int eth1/1", "shutdown")
    assert "  no shutdown\n" not in device.running_config()
    assert "Ethernet1/1 is down (Administratively down)\nadmin state is down" in type_in(device, "show int eth1/1")[0]


def test_lldp_is_there_only_with_its_feature(device):
    assert device.speaks_lldp()
    type_in(device, "conf t", "no feature lldp")
    assert "% Invalid command" in type_in(device, "show lldp neighbors")[0]


def test_vlan_interfaces_need_their_feature(device):
    type_in(device, "conf t", "no feature interface-vlan")
    assert "% Invalid command" in type_in(device, "conf t", "interface vlan 10")[0]


def test_saving_shows_progress_and_keeps_the_running_configuration(device):
    type_in(device, "conf t", "hostname other", "end")
    assert "hostname n9k\n" in type_in(device, "show startup-config")[0]
    text = type_in(device, "copy running-config startup-config")[0]
    assert text.startswith(f"[{' ' * 40}]   1%\r")
    assert text.endswith(f"[{'#' * 40}] 100%\nCopy complete, now saving to disk (please wait)...\nCopy complete.\n")
    saved = type_in(device, "show startup-config")[0]
    assert "!Startup config saved at: Mon Nov 16 12:00:00 2026\n" in saved
    assert "hostname other\n" in saved


def test_the_header_tells_when_the_configuration_was_last_done(device):
    assert "!No configuration change since last restart\n" in device.running_config()
    type_in(device, "conf t", "end")
    assert device.running_config().startswith(
        "\n!Command: show running-config\n"
        "!Running configuration last done at: Mon Nov 16 12:00:00 2026\n"
        "!Time: Mon Nov 16 12:00:00 2026\n\nversion 9.3(8)"
    )


def test_a_shown_configuration_loads_again_to_the_same_text(device, make_device):
    type_in(device, "conf t", "banner motd #", "hello", "#", "int vlan 10", "ip address 192.0.2.1/24", "no lldp run")
    again = make_device("cisco_nxos", name="n9k", config=device.running_config())
    assert again.running_config().split("!Time")[1] == device.running_config().split("!Time")[1]


def test_a_password_is_kept_hashed_and_counts_at_once(device):
    type_in(device, "conf t", "username bob password hunter2 role network-admin")
    assert device.accepts_login("bob", "hunter2")
    assert "username bob password 5 $5$" in device.running_config()
    assert "hunter2" not in device.running_config()


def test_routes_and_addresses_of_the_management_vrf_stay_out_of_the_default_one(make_device):
    device = make_device("cisco_nxos", management="192.0.2.5/24", loopback="10.255.0.1")
    assert "10.255.0.1/32" in type_in(device, "show ip route")[0]
    assert "192.0.2" not in type_in(device, "show ip route")[0]
    assert "192.0.2" not in type_in(device, "show ip interface brief")[0]
