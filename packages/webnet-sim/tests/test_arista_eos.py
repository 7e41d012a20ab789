from __future__ import annotations

import json

import pytest

from webnet_sim.shell.session import Session


@pytest.fixture
def device(make_device):
    return make_device("arista_eos", name="sw1", loopback="10.255.0.1")


def type_in(device, *lines, user="alice"):
    session = Session(device, user=user)
    text = ""
    for line in lines:
        text = session.execute(line)
    return text, session


def test_terminal_settings_answer_as_libraries_wait_for(device):
    assert type_in(device, "terminal width 511")[0] == "Width set to 511 columns.\n"
    text, session = type_in(device, "terminal length 0")
    assert text == "Pagination disabled.\n"
    assert session.length == 0


def test_errors_name_the_token(device):
    assert type_in(device, "show bogus")[0] == "% Invalid input (at token 1: 'bogus')\n"
    assert type_in(device, "show ip")[0] == "% Incomplete command (at token 2: '')\n"
    assert type_in(device, "show i")[0] == "% Ambiguous command (at token 1: 'i')\n"


def test_user_mode_says_that_privilege_is_missing(make_device):
    session = make_device("arista_eos", enable="s3cret").login("alice")
    assert session.prompt == "r1>"
    assert session.execute("show running-config") == "% Invalid input (privileged mode required)\n"
    session.execute("enable")
    assert session.execute("wrong") == "% Authentication failed\n"
    session.execute("enable")
    session.execute("s3cret")
    assert session.prompt == "r1#"


@pytest.mark.parametrize(
    ("line", "prompt"),
    [
        ("interface Ethernet1", "sw1(config-if-Et1)#"),
        ("int ma1", "sw1(config-if-Ma1)#"),
        ("vlan 10", "sw1(config-vlan-10)#"),
        ("router bgp 65001", "sw1(config-router-bgp)#"),
        ("management ssh", "sw1(config-mgmt-ssh)#"),
    ],
)
def test_prompts_name_the_section(device, line, prompt):
    assert type_in(device, "configure", line)[1].prompt == prompt


def test_an_address_needs_a_routed_port(device):
    text, _ = type_in(device, "conf", "int et1", "ip address 192.0.2.1/24")
    assert "not a routed port" in text
    type_in(device, "conf", "int et1", "no switchport", "ip address 192.0.2.1 255.255.255.0")
    assert "interface Ethernet1\n   no switchport\n   ip address 192.0.2.1/24\n" in device.running_config()


def test_switchport_is_shown_only_when_it_is_off(device):
    type_in(device, "conf", "int et1", "no switchport")
    assert "interface Ethernet1\n   no switchport\n" in device.running_config()
    type_in(device, "conf", "int et1", "switchport")
    assert "no switchport" not in device.running_config()


def test_show_works_in_configuration_mode(device):
    assert "Timezone: UTC" in type_in(device, "conf", "int et1", "show clock")[0]


def test_saving_keeps_the_running_configuration_and_says_so(device):
    type_in(device, "conf", "hostname other", "end")
    assert "hostname sw1\n" in type_in(device, "show startup-config")[0]
    assert type_in(device, "copy running-config startup-config")[0] == "Copy completed successfully.\n"
    text = type_in(device, "show startup-config")[0]
    assert text.startswith("! Command: show startup-config\n! Startup-config last modified at  Mon Nov 16")
    assert "hostname other\n" in text


def test_the_running_configuration_has_its_header_and_end(device):
    lines = device.running_config().splitlines()
    assert lines[:2] == ["! Command: show running-config", "! device: sw1 (vEOS-lab, EOS-4.29.2F)"]
    assert lines[-1] == "end"


def test_a_shown_configuration_loads_again_to_the_same_text(device, make_device):
    type_in(device, "conf", "banner motd", "hello", "", "EOF", "int vlan 10", "ip address 192.0.2.1/24", "no lldp run")
    again = make_device("arista_eos", name="sw1", config=device.running_config())
    assert again.running_config() == device.running_config()
    assert not again.speaks_lldp()


def test_secrets_are_stored_hashed(device):
    type_in(device, "conf", "username bob privilege 15 secret hunter2", "enable password s3cret")
    text = device.running_config()
    assert "hunter2" not in text
    assert "enable password sha512 $6$" in text
    assert (device.enable_secret, device.accepts_login("bob", "hunter2")) == ("s3cret", True)


def test_data_come_instead_of_text_where_json_is_asked_for(device):
    version = json.loads(type_in(device, "show version | json")[0])
    interfaces = json.loads(type_in(device, "show interfaces | json")[0])["interfaces"]

    assert (version["serialNumber"], version["version"]) == (device.serial, device.version)
    assert json.loads(type_in(device, "show hostname | json")[0])["hostname"] == "sw1"
    assert interfaces["Loopback0"]["interfaceAddress"] == [{"primaryIp": {"address": "10.255.0.1", "maskLen": 32}}]


def test_a_command_without_data_says_so(device):
    assert type_in(device, "show clock | json")[0] == "% This is an unconverted command\n"
    assert type_in(device, "show clock | include Timezone")[0] == "Timezone: UTC\n"
