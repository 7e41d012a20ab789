from __future__ import annotations

import asyncio
import socket
import time
from pathlib import Path

import paramiko
import pytest
from tests.ssh_client import PATIENCE, Shell, connect

from webnet_sim.exceptions import BadFaultParameter, UnknownFault
from webnet_sim.faults import FAULTS, Drips, HangsMidOutput, Slow, make_fault
from webnet_sim.spec import DeviceSpec
from webnet_sim.transcript import digest


def test_every_fault_has_the_name_it_is_listed_under():
    assert set(FAULTS) == {
        "changed_host_key",
        "changed_prompt",
        "closed_port",
        "drips",
        "drops",
        "drops_in_commit",
        "flood",
        "hangs_auth",
        "hangs_mid_output",
        "invalid_bytes",
        "never_answers",
        "refuses_auth",
        "slow",
    }
    assert all(make_fault(name).name == name for name in FAULTS)


def test_an_unknown_fault_or_parameter_is_refused_with_what_there_is():
    with pytest.raises(UnknownFault, match="choose one of: changed_host_key, changed_prompt, closed_port"):
        make_fault("explodes")
    with pytest.raises(BadFaultParameter, match="no parameter 'minutes'; there are: seconds, command"):
        make_fault("slow", minutes=1)
    with pytest.raises(BadFaultParameter, match="must be a number"):
        make_fault("slow", seconds="long")
    with pytest.raises(BadFaultParameter, match="regular expression"):
        make_fault("drops", command="(")


def test_refuses_auth_takes_no_password(sim_device):
    device = sim_device("r1", faults=["refuses_auth"])
    with pytest.raises(paramiko.AuthenticationException):
        connect(device)
    (attempt,) = device.transcript.auth_attempts()
    assert (attempt.user, attempt.accepted, attempt.digest) == ("admin", False, digest("admin"))


def test_closed_port_refuses_connections_and_opens_again_on_the_same_port(sim_device):
    device = sim_device("r1")
    port = device.port
    with Shell(device) as shell:
        shell.read_until("r1#")
        device.set_fault("closed_port")
        assert device.transcript.wait_until(lambda transcript: transcript.open_sessions == 0)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((device.host, port), timeout=PATIENCE)
    device.clear_fault("closed_port")
    assert device.port == port
    connect(device).close()


def test_a_device_may_be_switched_off_from_the_start(sim_device):
    device = sim_device("r1", faults=["closed_port"])
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((device.host, device.port), timeout=PATIENCE)


def test_never_answers_takes_the_connection_and_sends_nothing(sim_device):
    device = sim_device("r1", faults=["never_answers"])
    with socket.create_connection((device.host, device.port), timeout=PATIENCE) as client:
        client.sendall(b"SSH-2.0-test\r\n")
        assert device.transcript.wait_until(lambda transcript: transcript.open_sessions == 1)
        client.settimeout(0.3)
        with pytest.raises(TimeoutError):
            client.recv(1)
    assert device.transcript.wait_until(lambda transcript: transcript.open_sessions == 0)
    assert [entry.kind for entry in device.transcript.entries] == ["opened", "closed"]


def test_hangs_auth_exchanges_keys_and_never_answers_the_password(sim_device):
    device = sim_device("r1", faults=["hangs_auth"])
    transport = paramiko.Transport((device.host, device.port))
    transport.auth_timeout = 0.5
    transport.start_client(timeout=PATIENCE)
    with pytest.raises(paramiko.AuthenticationException, match="timeout"):
        transport.auth_password("admin", "admin")
    assert device.transcript.wait_until(lambda transcript: transcript.auth_attempts())
    (attempt,) = device.transcript.auth_attempts()
    assert attempt.accepted is None
    transport.close()
    assert device.transcript.wait_until(lambda transcript: transcript.open_sessions == 0)


def test_hangs_mid_output_sends_part_of_it_and_then_nothing(sim_device):
    device = sim_device("r1")
    device.set_fault(HangsMidOutput(after_bytes=120))
    with Shell(device) as shell:
        shell.ask("terminal length 0")
        shell.type("show running-config\n")
        shell.read_exactly(len("show running-config\r\n") + 120)
        assert shell.read_for(0.3) == ""
        shell.type("\n\n")
        assert shell.read_for(0.3) == ""


def test_short_answers_come_through_a_fault_of_the_output(sim_device):
    device = sim_device("r1", faults=["hangs_mid_output"])
    with Shell(device) as shell:
        assert "level is 15" in shell.ask("show privilege")


def test_a_fault_can_concern_one_command_only(sim_device):
    device = sim_device("r1")
    device.set_fault("hangs_mid_output", command="^show clock", after_bytes=5)
    with Shell(device) as shell:
        shell.ask("terminal length 0")
        assert "hostname r1" in shell.ask("show running-config", "\r\nr1#")
        shell.type("show clock\n")
        shell.read_exactly(len("show clock\r\n") + 5)
        assert shell.read_for(0.3) == ""


def test_drips_sends_byte_after_byte_without_end(sim_device):
    device = sim_device("r1")
    device.set_fault(Drips(after_bytes=0, command="show clock", interval=0.005))
    with Shell(device) as shell:
        shell.read_until("r1#")
        shell.type("show clock\n")
        expected = 3 * len("12:00:00.000 UTC Mon Nov 16 2026\r\n")
        seen = ""
        while len(seen) < expected:
            seen += shell.channel.recv(100).decode()
    assert "r1#" not in seen


def test_drops_resets_the_connection_in_mid_output(sim_device):
    device = sim_device("r1", faults=["drops"])
    transport = connect(device)
    raw = transport.sock
    channel = transport.open_session()
    channel.settimeout(PATIENCE)
    channel.exec_command("show running-config")
    got = b"".join(iter(lambda: channel.recv(65536), b""))
    assert len(got) == 200
    assert not transport.is_active()
    raw.close()
    assert device.transcript.wait_until(lambda transcript: transcript.open_sessions == 0)


def test_drops_is_seen_as_a_reset_and_no_orderly_end(sim_device):
    device = sim_device("r1", faults=["drops"])
    transport = connect(device)
    channel = transport.open_session()
    channel.exec_command("show running-config")
    assert device.transcript.wait_until(lambda transcript: transcript.open_sessions == 0)
    transport.join(PATIENCE)
    assert isinstance(transport.get_exception(), ConnectionResetError)


def test_slow_makes_every_command_wait(sim_device):
    device = sim_device("r1")
    device.set_fault(Slow(seconds=0.4))
    with Shell(device) as shell:
        shell.read_until("r1#")
        started = time.monotonic()
        shell.ask("show privilege")
        assert time.monotonic() - started >= 0.4


def test_changed_host_key_shows_another_key_of_each_kind_until_it_is_cleared(sim_device):
    device = sim_device("r1")

    def shown(kind):
        transport = paramiko.Transport((device.host, device.port))
        transport.get_security_options().key_types = [kind]
        transport.start_client(timeout=PATIENCE)
        fingerprint = transport.get_remote_server_key().fingerprint
        transport.close()
        return fingerprint

    kinds = ["ssh-ed25519", "rsa-sha2-512"]
    first = [shown(kind) for kind in kinds]
    device.set_fault("changed_host_key")
    second = [shown(kind) for kind in kinds]
    assert not set(first) & set(second)
    device.clear_fault()
    assert [shown(kind) for kind in kinds] == first
    assert device.transcript.auth_attempts() == []


@pytest.mark.parametrize("fault", ["never_answers", "hangs_auth", "hangs_mid_output", "drips", "flood"])
def test_a_client_that_gave_up_leaves_nothing_behind(sim_network, fault):
    network = sim_network([DeviceSpec(name="r1", faults=(make_fault(fault),))])
    device = network["r1"]

    def held(_servers):
        return len(asyncio.all_tasks()), len(list(Path("/proc/self/fd").iterdir()))

    before = network.call(held)
    clients = [socket.create_connection((device.host, device.port), timeout=PATIENCE) for _ in range(3)]
    for number, client in enumerate(clients, start=1):
        start_hang(client, fault, device.transcript, number)
    for client in clients:
        client.close()
    assert device.transcript.wait_until(lambda transcript: transcript.open_sessions == 0)
    deadline = time.monotonic() + PATIENCE
    while network.call(held) != before and time.monotonic() < deadline:
        time.sleep(0.02)
    assert network.call(held) == before


def start_hang(client, fault, transcript, number):
    """Go as far with one connection as the fault lets us."""
    if fault == "never_answers":
        return
    transport = paramiko.Transport(client)
    transport.start_client(timeout=PATIENCE)
    if fault == "hangs_auth":
        transport.auth_timeout = 0.1
        with pytest.raises(paramiko.AuthenticationException):
            transport.auth_password("admin", "admin")
    else:
        transport.auth_password("admin", "admin")
        transport.open_session().exec_command("show running-config")
        assert transcript.wait_until(lambda seen: "show running-config" in seen.lines(session=number))
    transport.close()


def test_a_connection_may_drop_after_a_configuration_line_was_carried_out(sim_device):
    device = sim_device("r1")
    device.set_fault("drops", command="^description", after_bytes=0)
    with Shell(device) as shell:
        shell.ask("configure terminal", "(config)#")
        shell.ask("interface Loopback1", "(config-if)#")
        shell.type("description half done\n")
        with pytest.raises((OSError, AssertionError)):
            shell.read_until("(config-if)#")
    assert device.transcript.config_lines() == ["interface Loopback1", "description half done"]
    assert "description half done" in device.running_config()


@pytest.mark.parametrize(
    ("platform", "lines"),
    [
        ("cisco_ios", ["configure terminal", "hostname other", "end"]),
        ("arista_eos", ["configure session s", "hostname other", "commit"]),
        ("juniper_junos", ["configure", "set system host-name other", "commit"]),
    ],
)
@pytest.mark.parametrize("carried_out", [True, False])
def test_a_commit_may_drop_before_or_after_it_was_carried_out(sim_device, platform, lines, carried_out):
    device = sim_device("r1", platform=platform)
    device.set_fault("drops_in_commit", carried_out=carried_out)
    with Shell(device) as shell:
        for line in lines[:-1]:
            shell.ask(line)
        shell.type(f"{lines[-1]}\n")
        with pytest.raises((OSError, AssertionError)):
            shell.read_until("never")
    assert device.transcript.lines() == lines
    if platform != "cisco_ios":
        assert ("other" in device.running_config()) == carried_out


def test_a_flood_never_ends_and_waits_for_a_client_that_does_not_read(sim_device):
    device = sim_device("r1")
    device.set_fault("flood", command="show clock", after_bytes=5)
    with Shell(device) as shell:
        shell.read_until("r1#")
        shell.type("show clock\n")
        seen = 0
        while seen < 3_000_000:
            seen += len(shell.channel.recv(65536))
        other = Shell(device)
        assert "level is 15" in other.ask("show privilege", "\r\nr1#")


def test_invalid_bytes_stand_in_the_middle_and_the_prompt_comes_back(sim_device):
    device = sim_device("r1")
    device.set_fault("invalid_bytes", command="show clock", after_bytes=5, line_bytes=100_000)
    with Shell(device) as shell:
        shell.read_until("r1#")
        shell.type("show clock\n")
        raw = b""
        while not raw.endswith(b"r1#"):
            raw += shell.channel.recv(65536)
    with pytest.raises(UnicodeDecodeError):
        raw.decode()
    assert b"\x00" in raw
    assert b"\x1b[2J" in raw
    assert max(map(len, raw.split(b"\r\n"))) >= 100_000
    assert raw.count(b"UTC") == 1


@pytest.mark.parametrize("platform", ["cisco_ios", "arista_eos", "cisco_nxos", "juniper_junos"])
def test_the_prompt_may_show_another_name_in_mid_session(sim_device, platform):
    device = sim_device("r1", platform=platform)
    end = ">" if platform == "juniper_junos" else "#"
    device.set_fault("changed_prompt", prompt="evil", command="show version")
    with Shell(device) as shell:
        assert shell.ask("", end).endswith(f"r1{end}")
        shell.ask("terminal length 0" if end == "#" else "set cli screen-length 0", end)
        assert "r1" in shell.ask("", end)
        shell.type("show version\n")
        assert shell.read_until(f"evil{end}")
