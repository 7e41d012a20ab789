from __future__ import annotations

import contextlib
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest
from tests.ssh_client import connect

from webnet_sim.cli import main
from webnet_sim.control_client import Control
from webnet_sim.exceptions import ControlRefused
from webnet_sim.transcript import read

TOPOLOGY = """
devices:
  - {name: r1, platform: cisco_ios}
  - {name: sw1, platform: arista_eos, faults: [closed_port]}
"""


class Served:
    """A device of a network in another process, as far as a client needs to know it."""

    host = "127.0.0.1"

    def __init__(self, port):
        self.port = port
        self.spec = self
        self.username = self.password = "admin"


def neighbouring_ports(count):
    """The first of so many free ports, below those that the system gives to whoever asks for any."""
    while True:
        base = 10_000 + secrets.randbelow(20_000)
        with contextlib.suppress(OSError), contextlib.ExitStack() as stack:
            for port in range(base, base + count):
                stack.enter_context(socket.socket()).bind(("127.0.0.1", port))
            return base


@contextmanager
def serving(tmp_path, *options):
    (tmp_path / "lab.yaml").write_text(TOPOLOGY)
    ready = tmp_path / "ready.json"
    command = [sys.executable, "-m", "webnet_sim", "serve", str(tmp_path / "lab.yaml"), "--ready-file", str(ready)]
    # Python's development mode has asyncio report every slow step, which is no word of ours.
    plain = {name: value for name, value in os.environ.items() if name != "PYTHONDEVMODE"}
    process = subprocess.Popen(
        [*command, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=plain
    )
    try:
        deadline = time.monotonic() + 120
        while not ready.exists():
            assert process.poll() is None, process.stderr.read()
            assert time.monotonic() < deadline
            time.sleep(0.02)
        yield process, json.loads(ready.read_text())
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_serving_says_ready_once_and_stops_cleanly_on_a_signal(tmp_path, number):
    with serving(tmp_path) as (process, ready):
        transport = connect(Served(ready["devices"]["r1"]["port"]))
        process.send_signal(number)
        output, errors = process.communicate(timeout=120)
        transport.close()
    assert process.returncode == 0
    assert output.startswith("webnet-sim ready: 2 devices on 127.0.0.1 ports ")
    assert output.count("\n") == 1
    assert errors == ""
    assert not (tmp_path / "ready.json").exists()


def test_transcripts_are_files_that_another_process_reads_while_it_runs(tmp_path):
    with serving(tmp_path, "--transcripts", str(tmp_path / "seen")) as (_, ready):
        transport = connect(Served(ready["devices"]["r1"]["port"]))
        channel = transport.open_session()
        channel.exec_command("show clock")
        channel.recv_exit_status()
        record = read(tmp_path / "seen" / "r1.jsonl")
        transport.close()
    assert (record.lines(), record.authenticated_sessions(), record.open_sessions) == (["show clock"], [1], 1)
    assert read(tmp_path / "seen" / "sw1.jsonl").entries == []


def test_ports_follow_the_base(tmp_path):
    base = neighbouring_ports(2)
    with serving(tmp_path, "--port-base", str(base)) as (_, ready):
        assert [device["port"] for device in ready["devices"].values()] == [base, base + 1]


def test_the_control_port_types_at_consoles_and_sets_faults(tmp_path):
    with serving(tmp_path, "--control") as (_, ready), Control.from_ready_file(tmp_path / "ready.json") as control:
        port = ready["devices"]["r1"]["port"]
        control.run("r1", "configure terminal", "hostname renamed", "end", user="carol")
        shown = control.run("r1", "show running-config")
        assert "hostname renamed" in shown
        assert "by carol" in shown
        control.set_fault("r1", "slow", seconds=3)
        assert control.status()["r1"]["faults"] == {"slow": {"seconds": 3.0, "command": ""}}
        control.clear_fault("r1")
        control.set_fault("r1", "closed_port")
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port), timeout=60)
        status = control.status()
        assert status["r1"]["port"] == port
        assert list(status["sw1"]["faults"]) == ["closed_port"]


def test_the_control_port_names_what_is_wrong_with_a_request(tmp_path):
    with serving(tmp_path, "--control") as (_, ready), Control(ready["control"]) as control:
        with pytest.raises(ControlRefused, match="no device is called 'r9'; there are: r1, sw1"):
            control.run("r9", "show clock")
        with pytest.raises(ControlRefused, match="no fault is called"):
            control.set_fault("r1", "explodes")
        with socket.create_connection(("127.0.0.1", ready["control"]), timeout=60) as raw:
            raw.sendall(b'nonsense\n{"do": "dance"}\n{"do": "run", "device": "r1"}\n')
            answers = raw.makefile()
            lines = [answers.readline() for _ in range(3)]
        errors = [json.loads(line)["error"] for line in lines]
        assert errors[0].startswith("not a JSON object")
        assert errors[1] == "'do' must be one of: run, set_fault, clear_fault, pass_time, status"
        assert errors[2] == "the request has no 'lines'"


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "localhost", "::1"])
def test_only_loopback_addresses_are_served(capsys, host):
    assert main(["serve", "demo", "--host", host]) == 2
    assert "is not a loopback address" in capsys.readouterr().err


def test_a_taken_port_is_named_with_its_device(capsys):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        base = taken.getsockname()[1]
        assert main(["serve", "demo", "--port-base", str(base)]) == 2
    assert f"lon-spine-1 cannot listen on 127.0.0.1:{base}: the port is taken" in capsys.readouterr().err


def test_checking_a_topology_says_what_is_wrong(tmp_path, capsys):
    assert main(["check", "demo"]) == 0
    assert capsys.readouterr().out == "demo: 24 devices, nothing wrong\n"
    bad = tmp_path / "bad.yaml"
    bad.write_text("devices: [{name: r1, platform: acme}]")
    assert main(["check", str(bad)]) == 2
    assert "devices[0].platform: 'acme' is not simulated" in capsys.readouterr().err
