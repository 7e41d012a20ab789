from __future__ import annotations

import pytest

from webnet_sim.shell.session import Session
from webnet_sim.spec import LinkEnd

INVALID = "% Invalid input detected at '^' marker."


def type_in(device, *lines, user="alice"):
    """Type lines at a privileged session; gives the text of the last one and the session."""
    session = Session(device, user=user)
    text = ""
    for line in lines:
        text = session.execute(line)
    return text, session


# -- errors


def test_a_wrong_word_gets_a_caret_under_its_first_letter(make_device):
    text, session = type_in(make_device(), "show bogus")
    caret, marker, blank = text.split("\n")[:3]
    assert caret == " " * (len(session.prompt) + len("show ")) + "^"
    assert (marker, blank) == (INVALID, "")


def test_a_short_line_is_incomplete_and_an_unclear_one_ambiguous(make_device):
    assert type_in(make_device(), "show")[0].startswith("% Incomplete command.")
    assert type_in(make_device(), "show i")[0] == '% Ambiguous command:  "show i"\n'


def test_configuration_refuses_what_it_does_not_know(make_device):
    device = make_device()
    before = device.body()
    text, _ = type_in(device, "configure terminal", "bogus line")
    assert INVALID in text
    assert device.body() == before


def test_a_physical_interface_that_is_not_there_is_refused(make_device):
    text, session = type_in(make_device(), "conf t", "interface GigabitEthernet7/7")
    assert INVALID in text
    assert session.prompt == "r1(config)#"


def test_overlapping_addresses_and_bad_masks_are_refused_in_words(make_device):
    device = make_device(loopback="10.0.0.1")
    text, _ = type_in(device, "conf t", "int lo1", "ip address 10.0.0.0 255.255.255.0")
    assert text == "Bad mask /24 for address 10.0.0.0\n"
    text, _ = type_in(device, "conf t", "int lo1", "ip address 10.0.0.9 255.255.255.0")
    assert text == "% 10.0.0.0 overlaps with Loopback0\n"
    text, _ = type_in(device, "conf t", "int lo1", "ip address 10.0.0.9 255.0.255.0")
    assert text == "Bad mask 0xFF00FF00 for address 10.0.0.9\n"


def test_a_physical_interface_cannot_be_removed(make_device):
    text, _ = type_in(make_device(), "conf t", "no interface GigabitEthernet0/1")
    assert text == "% Removal of physical interfaces is not permitted\n"


# -- privilege


def test_user_mode_does_not_know_privileged_commands(make_device):
    session = make_device(enable="s3cret").login("alice")
    assert session.prompt == "r1>"
    assert INVALID in session.execute("show running-config")
    assert INVALID in session.execute("configure terminal")
    assert "Cisco IOS Software" in session.execute("show version")


def test_enable_asks_for_the_secret_without_echo_and_at_most_three_times(make_device):
    session = make_device(enable="s3cret").login("alice")
    assert session.execute("enable") == ""
    assert (session.prompt, session.mode) == ("Password: ", "password")
    session.execute("wrong")
    session.execute("wrong")
    assert "% Bad secrets" in session.execute("wrong")
    session.execute("en")
    session.execute("s3cret")
    assert session.prompt == "r1#"


def test_a_secret_set_by_configuration_counts_at_once_and_is_stored_hashed(make_device):
    device = make_device(enable="old")
    type_in(device, "conf t", "enable secret new", "username bob privilege 15 secret hunter2")
    assert device.enable_secret == "new"
    assert device.accepts_login("bob", "hunter2")
    assert not device.accepts_login("bob", "")
    text = device.running_config()
    assert "enable secret 9 $9$" in text
    assert "hunter2" not in text


# -- the configuration tree


def test_abbreviated_lines_are_stored_in_full(make_device):
    device = make_device()
    type_in(device, "conf t", "int gi0/1", "desc to  core", "ip addr 192.0.2.1 255.255.255.0", "no shut")
    section = device.interface("GigabitEthernet0/1")
    assert [line.text for line in section.ordered()] == [
        "description to  core",
        "ip address 192.0.2.1 255.255.255.0",
    ]


def test_a_single_valued_line_replaces_the_one_before(make_device):
    device = make_device()
    type_in(device, "conf t", "hostname first", "hostname second")
    assert [line.text for line in device.tree.starting("hostname")] == ["hostname second"]


def test_a_secondary_address_stays_beside_the_first(make_device):
    device = make_device()
    type_in(
        device,
        "conf t",
        "int lo1",
        "ip address 192.0.2.1 255.255.255.0",
        "ip address 198.51.100.1 255.255.255.0 secondary",
        "ip address 203.0.113.1 255.255.255.0",
    )
    texts = {line.text for line in device.interface("Loopback1").children.values()}
    assert texts == {
        "ip address 203.0.113.1 255.255.255.0",
        "ip address 198.51.100.1 255.255.255.0 secondary",
    }


def test_no_takes_away_a_value_a_line_or_a_section(make_device):
    device = make_device()
    type_in(device, "conf t", "int lo1", "desc x", "ip route 192.0.2.0 255.255.255.0 10.0.0.1", "ntp server 10.9.9.9")
    type_in(device, "conf t", "int lo1", "no description", "no ip address")
    assert [line.text for line in device.interface("Loopback1").children.values()] == ["no ip address"]
    type_in(device, "conf t", "no int lo1", "no ip route 192.0.2.0 255.255.255.0 10.0.0.1", "no ntp server 10.9.9.9")
    text = device.running_config()
    assert "Loopback1" not in text
    assert "192.0.2.0" not in text
    assert "10.9.9.9" not in text


def test_no_with_half_a_command_removes_nothing(make_device):
    device = make_device()
    before = device.body()
    text, _ = type_in(device, "conf t", "no ip")
    assert text.startswith("% Incomplete command.")
    assert device.body() == before


def test_a_section_s_line_is_left_for_a_global_one_as_devices_do(make_device):
    device = make_device()
    _, session = type_in(device, "conf t", "interface lo1", "router ospf 7", "hostname other")
    assert session.prompt == "other(config)#"
    assert "router ospf 7" in device.tree


def test_exit_goes_up_one_mode_and_end_goes_all_the_way(make_device):
    session = type_in(make_device(), "conf t", "int lo1")[1]
    assert session.prompt == "r1(config-if)#"
    session.execute("exit")
    assert session.prompt == "r1(config)#"
    session.execute("int lo1")
    session.execute("end")
    assert session.prompt == "r1#"


def test_do_runs_exec_commands_and_changes_nothing(make_device):
    device = make_device()
    text, session = type_in(device, "conf t", "int lo1", "do show clock")
    assert text.startswith("12:00:00.000 UTC Mon Nov 16 2026")
    assert session.prompt == "r1(config-if)#"


def test_a_new_interface_starts_without_an_address(make_device):
    device = make_device()
    type_in(device, "conf t", "interface Loopback9")
    assert "interface Loopback9\n no ip address\n" in device.running_config()


def test_a_banner_is_read_to_its_end_mark_and_shown_whole(make_device):
    device = make_device()
    text, session = type_in(
        device, "conf t", "banner motd #", "no ip routing here", "second line", "#", "do show clock"
    )
    assert "UTC" in text
    assert "banner motd ^C\nno ip routing here\nsecond line\n^C\n" in device.running_config()
    assert session.prompt == "r1(config)#"


def test_a_shown_configuration_loads_again_to_the_same_text(make_device):
    device = make_device(loopback="10.0.0.1", enable="x", role="access")
    type_in(
        device, "conf t", "banner motd #", "hello", "#", "ip access-list extended A", "permit ip any any", "remark x"
    )
    shown = device.running_config()
    assert make_device(config=shown).body() == device.body()


def test_unknown_lines_of_a_loaded_configuration_are_kept_in_place(make_device):
    device = make_device(config="hostname r1\ncall-home\n profile x\n  active\nntp server 10.0.0.1\n")
    assert device.body() == ["hostname r1", "call-home\n profile x\n  active", "ntp server 10.0.0.1"]


# -- the header that moves


def test_the_header_counts_bytes_and_names_who_changed_and_who_saved(make_device):
    device = make_device()
    first = device.running_config()
    assert "Last configuration change" not in first
    type_in(device, "conf t", "hostname other", "end", user="bob")
    type_in(device, "write memory", user="carol")
    text = device.running_config()
    assert "! Last configuration change at 12:00:00 UTC Mon Nov 16 2026 by bob\n" in text
    assert "! NVRAM config last updated at 12:00:00 UTC Mon Nov 16 2026 by carol\n" in text
    head, _, body = text.partition(" bytes\n")
    assert int(head.rpartition(" ")[2]) == len(body.removesuffix("\n"))
    assert text.rstrip().endswith("\nend")


def test_visiting_configuration_mode_moves_the_header_even_without_a_change(make_device):
    device = make_device()
    type_in(device, "conf t", "end", user="bob")
    assert "by bob" in device.running_config()


def test_startup_is_what_was_saved_last(make_device):
    device = make_device()
    type_in(device, "conf t", "hostname other", "end")
    assert "hostname r1\n" in type_in(device, "show startup-config")[0]
    session = type_in(device, "copy run start")[1]
    assert session.prompt == "Destination filename [startup-config]? "
    assert session.execute("") == "Building configuration...\n[OK]\n"
    assert "hostname other\n" in session.execute("show startup-config")


# -- shows follow the state


def test_shutting_an_interface_shows_everywhere(make_device):
    device = make_device(
        links=(LinkEnd(interface="GigabitEthernet0/1", peer="r2", peer_interface="GigabitEthernet0/0"),)
    )
    type_in(device, "conf t", "int gi0/1", "shutdown")
    assert "GigabitEthernet0/1 is administratively down" in type_in(device, "show interfaces gi0/1")[0]
    assert "administratively down" in type_in(device, "show ip int br | i 0/1")[0]


def test_filters_include_exclude_begin_section_and_count(make_device):
    device = make_device(loopback="10.0.0.1")
    run = "show running-config | "
    assert type_in(device, run + "include ^hostname")[0] == "hostname r1\n"
    assert "hostname" not in type_in(device, run + "exclude hostname")[0]
    assert type_in(device, run + "b ^line vty")[0].startswith("line vty 0 4\n")
    assert type_in(device, run + "section Loopback0")[0].splitlines()[0] == "interface Loopback0"
    assert type_in(device, run + "section router ospf")[0].count("\n") == 4
    assert type_in(device, run + "count ^interface")[0].endswith("= 5\n")
    assert type_in(device, run + "include [")[0] == ""
    assert type_in(device, run + "include")[0].startswith("% Incomplete")


@pytest.mark.parametrize("typed", ["exit", "logout", "quit"])
def test_a_session_ends_when_asked(make_device, typed):
    assert type_in(make_device(), typed)[1].closed
