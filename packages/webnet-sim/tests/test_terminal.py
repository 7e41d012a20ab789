from __future__ import annotations

import paramiko
import pytest
from tests.ssh_client import PATIENCE, Shell, connect


def test_single_characters_are_echoed_at_once_while_the_device_is_idle(sim_device):
    with Shell(sim_device("r1")) as shell:
        shell.read_until("r1#")
        for letter in "show":
            shell.type(letter)
            assert shell.read_until(letter) == letter


def test_lines_typed_ahead_are_echoed_only_after_their_prompt(sim_device):
    with Shell(sim_device("r1")) as shell:
        shell.read_until("r1#")
        shell.type("show clock\nshow privilege\n")
        text = shell.read_until("level is 15\r\nr1#")
    first, second = text.split("r1#")[:2]
    assert first.startswith("show clock\r\n")
    assert second.startswith("show privilege\r\nCurrent privilege")


def test_typing_can_be_corrected_before_return(sim_device):
    device = sim_device("r1")
    with Shell(device) as shell:
        shell.read_until("r1#")
        shell.type("rubbish\x15show privix\x7flege\n")
        assert "privilege level is 15" in shell.read_until("15\r\n")
    assert device.transcript.lines() == ["show privilege"]


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
def test_any_line_end_is_one_return(sim_device, end):
    device = sim_device("r1")
    with Shell(device) as shell:
        shell.read_until("r1#")
        shell.type(f"show privilege{end}show clock{end}")
        shell.read_until("UTC")
    assert device.transcript.lines(blank=True) == ["show privilege", "show clock"]


def test_a_nul_byte_is_no_character(sim_device):
    device = sim_device("r1")
    with Shell(device) as shell:
        shell.read_until("r1#")
        shell.type("\0\nshow clock\n")
        shell.read_until("UTC")
    assert device.transcript.lines(blank=True) == ["", "show clock"]


def test_control_z_leaves_configuration_mode(sim_device):
    with Shell(sim_device("r1")) as shell:
        shell.ask("configure terminal", "(config)#")
        shell.type("\x1a")
        assert shell.read_until("r1#").endswith("\r\nr1#")


def test_bytes_that_are_no_utf_8_do_not_break_the_session(sim_device):
    device = sim_device("r1")
    with Shell(device) as shell:
        shell.read_until("r1#")
        shell.channel.sendall(b"\xff\xfe caf\xc3\xa9\n")
        shell.read_until("marker.")
    assert device.transcript.lines() == ["\ufffd\ufffd caf\u00e9"]


def test_long_output_stops_at_more_until_a_key_says_how_to_go_on(sim_device):
    with Shell(sim_device("r1")) as shell:
        shell.read_until("r1#")
        shell.type("show running-config\n")
        first = shell.read_until(" --More-- ")
        assert first.count("\r\n") == 1 + 23
        shell.type("\n")
        assert shell.read_until(" --More-- ").count("\r\n") == 1
        shell.type(" ")
        assert shell.read_until(" --More-- ").count("\r\n") == 23
        shell.type("q")
        assert "\r\n" not in shell.read_until("r1#")


def test_terminal_length_0_switches_paging_off(sim_device):
    with Shell(sim_device("r1")) as shell:
        shell.ask("terminal length 0")
        text = shell.ask("show running-config")
    assert "--More--" not in text
    assert "\r\nend\r\n" in text


def test_the_password_for_enable_is_not_echoed(sim_device):
    with Shell(sim_device("r1", enable="s3cret")) as shell:
        shell.read_until("r1>")
        shell.type("enable\n")
        shell.read_until("Password: ")
        shell.type("s3cret\n")
        assert shell.read_until("r1#") == "\r\nr1#"


def test_a_single_command_runs_without_a_terminal_and_without_paging(sim_device):
    device = sim_device("r1")
    transport = connect(device)
    channel = transport.open_session()
    channel.settimeout(PATIENCE)
    channel.exec_command("show running-config")
    text = b"".join(iter(lambda: channel.recv(65536), b"")).decode()
    assert channel.recv_exit_status() == 0
    transport.close()
    assert "hostname r1\r\n" in text
    assert "--More--" not in text
    assert "r1#" not in text
    assert device.transcript.lines() == ["show running-config"]


def test_a_password_may_also_answer_a_question(sim_device):
    device = sim_device("r1")
    transport = paramiko.Transport((device.host, device.port))
    transport.start_client(timeout=PATIENCE)
    transport.auth_interactive("admin", lambda _title, _text, fields: ["admin" for _ in fields])
    assert transport.is_authenticated()
    transport.close()
    (attempt,) = device.transcript.auth_attempts()
    assert (attempt.method, attempt.accepted) == ("keyboard-interactive", True)


@pytest.mark.parametrize("kind", ["ssh-ed25519", "rsa-sha2-512"])
def test_both_kinds_of_host_key_are_offered(sim_device, kind):
    device = sim_device("r1")
    transport = paramiko.Transport((device.host, device.port))
    transport.get_security_options().key_types = [kind]
    transport.start_client(timeout=PATIENCE)
    shown = transport.get_remote_server_key().fingerprint
    transport.close()
    offered = [entry.text for entry in device.transcript.entries if entry.kind == "host_key"]
    assert shown in offered


def test_a_device_keeps_its_host_key_between_runs_and_shares_it_with_none(sim_network):
    from webnet_sim.fleet import generate

    def keys():
        found = {}
        network = sim_network(generate(2))
        for name, device in network.items():
            transport = connect(device)
            found[name] = transport.get_remote_server_key().fingerprint
            transport.close()
        return found

    first, second = keys(), keys()
    assert first == second
    assert len(set(first.values())) == 2


def test_a_typed_exit_closes_the_channel(sim_device):
    device = sim_device("r1")
    with Shell(device) as shell:
        shell.read_until("r1#")
        shell.type("exit\n")
        assert shell.channel.recv(100).startswith(b"exit")
        assert shell.channel.recv_exit_status() == 0


def test_a_mistake_of_the_simulator_hangs_up_and_is_logged(sim_device, caplog):
    from webnet_sim.faults import OutputFault

    class Broken(OutputFault):
        name = "broken"

        async def deliver(self, wire, output):
            raise ZeroDivisionError

    device = sim_device("r1")
    device.set_fault(Broken(after_bytes=0))
    with Shell(device) as shell:
        shell.read_until("r1#")
        shell.type("show clock\n")
        with pytest.raises((OSError, AssertionError)):
            shell.read_until("UTC")
    assert device.transcript.wait_until(lambda transcript: transcript.open_sessions == 0)
    assert "r1: the terminal failed" in caplog.text


def test_a_person_is_helped_by_question_mark_and_tabulator(sim_device):
    device = sim_device("r1")
    with Shell(device) as shell:
        shell.read_until("r1#")
        shell.type("show pri")
        shell.read_until("show pri")
        shell.type("\t")
        assert shell.read_until(" ") == "vilege "
        shell.type("\n")
        shell.read_until("r1#")
        shell.type("show v")
        shell.read_until("show v")
        shell.type("?")
        assert shell.read_until("r1#show v") == "?\r\n  version\r\n  vlan\r\nr1#show v"
        shell.type("ersion\n")
        shell.read_until("Cisco IOS Software")
    assert device.transcript.lines() == ["show privilege ", "show version"]


def test_question_marks_in_pasted_lines_are_characters(sim_device):
    device = sim_device("r1")
    with Shell(device) as shell:
        shell.ask("configure terminal", "(config)#")
        shell.type("interface Loopback1\ndescription why?\nend\n")
        shell.read_until("r1#")
    assert "description why?" in device.running_config()
