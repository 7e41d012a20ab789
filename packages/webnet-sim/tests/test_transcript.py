from __future__ import annotations

import json

from tests.ssh_client import Shell, connect

from webnet_sim.transcript import Transcript, digest, read


def test_lines_are_kept_in_order_with_the_mode_they_were_read_in(sim_device):
    device = sim_device("r1")
    with Shell(device) as shell:
        shell.ask("show clock")
        shell.ask("")
        shell.ask("configure terminal", "(config)#")
        shell.ask("interface Loopback1", "(config-if)#")
        shell.ask("end")
    transcript = device.transcript
    assert transcript.lines() == ["show clock", "configure terminal", "interface Loopback1", "end"]
    assert transcript.lines(blank=True)[1] == ""
    assert transcript.config_lines() == ["interface Loopback1"]
    modes = [(entry.mode, entry.prompt) for entry in transcript.entries if entry.kind == "line"]
    assert modes[-3:] == [("exec", "r1#"), ("config", "r1(config)#"), ("config", "r1(config-if)#")]
    assert [entry.order for entry in transcript.entries] == list(range(1, len(transcript.entries) + 1))
    times = [entry.time for entry in transcript.entries]
    assert times == sorted(times)


def test_sessions_are_numbered_and_counted_while_open(sim_device):
    device = sim_device("r1")
    first, second = connect(device), connect(device)
    assert (device.transcript.sessions(), device.transcript.open_sessions) == ([1, 2], 2)
    first.close()
    assert device.transcript.wait_until(lambda transcript: transcript.open_sessions == 1)
    second.close()
    assert device.transcript.wait_until(lambda transcript: transcript.open_sessions == 0)
    assert device.transcript.authenticated_sessions() == [1, 2]


def test_lines_can_be_asked_for_by_session(sim_device):
    device = sim_device("r1")
    for line in ("show clock", "show privilege"):
        with Shell(device) as shell:
            shell.ask(line)
    assert device.transcript.lines(session=1) == ["show clock"]
    assert device.transcript.lines(session=2) == ["show privilege"]


def test_secrets_are_kept_as_digests_only(sim_device, tmp_path):
    device = sim_device("r1", password="p4ssw0rd", enable="s3cret")
    with Shell(device) as shell:
        shell.read_until("r1>")
        shell.ask("enable", "Password: ")
        shell.ask("wrong-one", "Password: ")
        shell.ask("s3cret")
    entries = device.transcript.entries
    assert [(entry.accepted, entry.digest) for entry in entries if entry.kind == "secret"] == [
        (False, digest("wrong-one")),
        (True, digest("s3cret")),
    ]
    text = repr(entries)
    assert not any(secret in text for secret in ("p4ssw0rd", "s3cret", "wrong-one"))


def test_the_console_leaves_no_trace(sim_device):
    device = sim_device("r1")
    device.console("configure terminal", "hostname other", "end")
    assert device.transcript.entries == []
    assert "hostname other" in device.running_config()


def test_a_file_holds_the_same_entries_at_once(tmp_path):
    path = tmp_path / "r1.jsonl"
    transcript = Transcript(path)
    transcript.add(1, "opened", "127.0.0.1:50000")
    transcript.add(1, "auth", user="admin", method="password", accepted=True, digest=digest("x"))
    transcript.add(1, "line", "show clock", mode="exec", prompt="r1#")
    assert read(path).entries == transcript.entries
    assert read(path).lines() == ["show clock"]
    transcript.close()


def test_a_last_line_cut_short_is_left_out(tmp_path):
    path = tmp_path / "r1.jsonl"
    transcript = Transcript(path)
    transcript.add(1, "opened", "127.0.0.1:50000")
    transcript.close()
    whole = path.read_text()
    path.write_text(whole + whole[: len(whole) // 2])
    assert read(path).sessions() == [1]
    assert json.loads(whole)["kind"] == "opened"


def test_clearing_keeps_open_connections_counted(sim_device):
    device = sim_device("r1")
    transport = connect(device)
    device.transcript.clear()
    assert (device.transcript.lines(), device.transcript.open_sessions) == ([], 1)
    transport.close()
    assert device.transcript.wait_until(lambda transcript: transcript.open_sessions == 0)


def test_waiting_tells_when_it_was_in_vain():
    assert not Transcript().wait_until(lambda transcript: bool(transcript.entries), timeout=0.05)


def test_the_oldest_half_is_forgotten_when_there_are_too_many_entries(tmp_path):
    transcript = Transcript(tmp_path / "r1.jsonl", limit=100)
    transcript.add(1, "opened")
    transcript.add(2, "opened")
    transcript.add(2, "closed")
    for number in range(500):
        transcript.add(1, "line", f"line {number}", mode="exec")
    assert len(transcript.entries) <= 100
    assert transcript.lines()[-1] == "line 499"
    assert transcript.open_sessions == 1
    transcript.add(1, "closed")
    assert transcript.open_sessions == 0
    orders = [entry.order for entry in transcript.entries]
    assert orders == sorted(set(orders))
    assert orders[-1] == 504
    assert len(read(tmp_path / "r1.jsonl").entries) == 504
