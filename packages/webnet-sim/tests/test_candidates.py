"""Going back: IOS archive and timers, EOS sessions, NX-OS checkpoints. Time passes by the device's own clock."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest

from webnet_sim.device import Device
from webnet_sim.shell.session import Session
from webnet_sim.spec import DeviceSpec

ARCHIVE = "archive\n path flash:archive\n"


@pytest.fixture
def ios():
    return Device(DeviceSpec(name="r1", loopback="10.255.0.1", extra_config=ARCHIVE))


@pytest.fixture
def eos():
    return Device(DeviceSpec(name="sw1", platform="arista_eos", loopback="10.255.0.1"))


@pytest.fixture
def nxos():
    return Device(DeviceSpec(name="n9k", platform="cisco_nxos", loopback="10.255.0.1"))


def type_in(device, *lines, user="alice", session=None):
    session = session or Session(device, user=user)
    text = ""
    for line in lines:
        text = session.execute(line)
    return text, session


def save_to(device, name):
    type_in(device, "conf t", "file prompt quiet", "end", f"copy running-config {name}")


# -- IOS


def test_without_an_archive_no_timer_can_be_armed():
    device = Device(DeviceSpec(name="r1"))
    assert type_in(device, "show archive")[0] == "Archive feature not enabled\n"
    text, session = type_in(device, "configure terminal revert timer 2")
    assert "%Please turn config archive on" in text
    assert session.prompt == "r1#"


def test_a_change_under_a_timer_goes_back_by_itself(ios):
    text, session = type_in(ios, "configure terminal revert timer 2")
    assert "Backing up current running config to flash:archive-1" in text
    type_in(ios, "hostname other", "end", session=session)
    pending = type_in(ios, "show archive config rollback timer")[0]
    assert "Timer value: 2 min\nUser: alice\n" in pending
    ios.pass_time(119)
    assert ios.hostname == "other"
    ios.pass_time(1)
    assert ios.hostname == "r1"
    assert type_in(ios, "show archive config rollback timer")[0] == "%No Rollback Confirmed Change pending\n"


def test_a_session_that_outlives_its_change_goes_on_in_what_was_restored(ios):
    _, session = type_in(ios, "configure terminal revert timer 1", "interface Loopback7", "description lost")
    ios.pass_time(60)
    type_in(ios, "snmp-server location kept", session=session)
    assert "Loopback7" not in ios.running_config()
    assert "location kept" in ios.running_config()


def test_a_confirmed_change_stays_and_may_be_confirmed_by_another_login(ios):
    type_in(ios, "configure terminal revert timer 1", "hostname other", "end")
    assert "already active" in type_in(ios, "configure terminal revert timer 1")[0]
    assert type_in(ios, "configure confirm", user="bob")[0] == ""
    ios.pass_time(600)
    assert ios.hostname == "other"
    assert type_in(ios, "configure confirm")[0] == "%No Rollback Confirmed Change pending\n"


def test_a_change_can_be_undone_before_its_time(ios):
    type_in(ios, "configure terminal revert timer 5", "hostname other", "end")
    assert "Rollback Done" in type_in(ios, "configure revert now")[0]
    assert ios.hostname == "r1"


def test_replacing_takes_a_whole_file_and_nothing_less(ios):
    save_to(ios, "flash:before")
    before = ios.body()
    type_in(ios, "conf t", "hostname other", "interface Loopback7", "description new")
    ios.files.put("flash:part", b"hostname third\n")
    assert "not a valid config file" in type_in(ios, "configure replace flash:part force")[0]
    assert "Rollback Done" in type_in(ios, "configure replace flash:before force")[0]
    assert ios.body() == before


def test_replacing_by_lines_the_device_does_not_know_changes_nothing(ios):
    save_to(ios, "flash:before")
    text = ios.files.get("flash:before").replace(b"hostname r1", b"hostname other\nbogus line")
    ios.files.put("flash:bad", text)
    printed = type_in(ios, "configure replace flash:bad force revert trigger error timer 2")[0]
    assert "Rollback aborted after 5 passes" in printed
    assert "original configuration has been successfully restored" in printed
    assert ios.hostname == "r1"
    assert type_in(ios, "show archive config rollback timer")[0].startswith("%No Rollback")


def test_differences_name_their_sections(ios):
    save_to(ios, "flash:before")
    lines = ["conf t", "hostname other", "int lo0", "description changed", "no ntp server 192.0.2.124"]
    type_in(ios, *lines)
    text = type_in(ios, "show archive config differences flash:before system:running-config")[0]
    assert text.startswith("!Contextual Config Diffs:\n")
    for line in ("-hostname r1", "+hostname other", "interface Loopback0\n -description router id"):
        assert f"\n{line}\n" in text
    assert "\n +description changed\n" in text
    assert "-ntp server 192.0.2.124" in text


def test_incremental_differences_say_what_a_file_would_change(ios):
    ios.files.put(
        "flash:merge", b"interface Loopback0\n description new\nno ntp server 192.0.2.124\nhostname r1\nend\n"
    )
    before = ios.body()
    text = type_in(ios, "show archive config incremental-diffs flash:merge ignorecase")[0]
    assert text == ("!List of Commands:\nno ntp server 192.0.2.124\ninterface Loopback0\n description new\nend\n\n")
    assert ios.body() == before
    ios.files.put("flash:same", b"hostname r1\nend\n")
    assert "!No changes were found" in type_in(ios, "show archive config incremental-diffs flash:same")[0]


def test_copying_a_file_into_the_running_configuration_merges_and_reports_errors(ios):
    ios.files.put("flash:merge", b"!\nhostname other\nbogus line\ninterface Loopback0\n description new\nend\n")
    _, session = type_in(ios, "copy flash:merge running-config")
    assert session.prompt == "Destination filename [running-config]? "
    text, _ = type_in(ios, "", session=session)
    assert "% Invalid input detected" in text
    assert "bytes copied" in text
    assert (ios.hostname, ios.interface("Loopback0").value("description")) == ("other", "new")


def test_files_are_listed_shown_checked_and_deleted(ios):
    ios.files.put("flash:/notes.txt", b"hello\n")
    assert "Directory of flash:/\n" in type_in(ios, "dir")[0]
    assert type_in(ios, "dir flash:/notes.txt")[0].splitlines()[2].split()[2] == "6"
    assert "No such file" in type_in(ios, "dir flash:/other")[0]
    assert type_in(ios, "more flash:notes.txt")[0] == "hello\n"
    assert "b1946ac92492d2347c6235b4d2611184" in type_in(ios, "verify /md5 flash:/notes.txt")[0]
    _, session = type_in(ios, "delete flash:notes.txt")
    assert session.prompt == "Delete flash:notes.txt? [confirm]"
    type_in(ios, "", session=session)
    assert "No such file" in type_in(ios, "more flash:notes.txt")[0]


def test_a_file_is_written_from_the_tcl_shell(ios):
    _, session = type_in(ios, "tclsh")
    assert session.prompt == "r1(tcl)#"
    type_in(ios, 'puts [open "flash:/a.txt" w+] {hostname x', " description y", "}", session=session)
    assert ios.files.get("flash:a.txt") == b"hostname x\n description y\n\n"
    assert "Directory of" in type_in(ios, "dir flash:/a.txt", session=session)[0]
    assert type_in(ios, "tclquit", session=session)[1].prompt == "r1#"


# -- EOS


def test_a_session_changes_nothing_until_it_is_committed(eos):
    _, session = type_in(eos, "configure session change1", "hostname other")
    assert session.prompt == "sw1(config-s-change)#"
    assert type_in(eos, "int et1", session=session)[1].prompt == "sw1(config-s-change-if-Et1)#"
    assert "+hostname other" in type_in(eos, "show session-config diffs", session=session)[0]
    type_in(eos, "end", session=session)
    diffs = type_in(eos, "show session-config named change1 diffs")[0].splitlines()
    assert diffs[:2] == ["--- system:/running-config", "+++ session:/change1-session-config"]
    assert {"-hostname sw1", "+hostname other"} <= set(diffs)
    assert eos.hostname == "sw1"
    assert type_in(eos, "configure session change1 commit")[0] == ""
    assert eos.hostname == "other"


def test_a_session_with_a_timer_goes_back_unless_it_is_confirmed_by_name(eos):
    type_in(eos, "configure session one", "hostname other", "commit timer 00:02:00")
    assert "pendingCommitTimer" in type_in(eos, "show configuration sessions")[0]
    type_in(eos, "configure session two", "hostname third", "end")
    assert "% Cannot commit" in type_in(eos, "configure session two commit")[0]
    eos.pass_time(120)
    assert eos.hostname == "sw1"
    type_in(eos, "configure session one", "hostname other", "commit timer 00:02:00")
    assert type_in(eos, "configure session one commit", user="bob")[0] == ""
    eos.pass_time(600)
    assert eos.hostname == "other"


def test_aborting_a_pending_timer_goes_back_at_once(eos):
    type_in(eos, "configure session one", "hostname other", "commit timer 00:02:00")
    type_in(eos, "configure session one abort")
    assert eos.hostname == "sw1"
    assert "one" not in type_in(eos, "show configuration sessions")[0]


def test_a_session_can_start_from_nothing(eos):
    before = eos.running_config()
    _, session = type_in(eos, "configure session all", "rollback clean-config")
    for line in before.splitlines():
        type_in(eos, line, session=session)
    type_in(eos, "end", session=session)
    assert type_in(eos, "show session-config named all diffs")[0] == ""


def test_refused_lines_of_a_session_are_named_and_left_out(eos):
    text, _ = type_in(eos, "configure session s", "bogus line")
    assert text == "% Invalid input (at token 0: 'bogus')\n"


def test_only_so_many_sessions_may_wait(eos):
    for number in range(5):
        type_in(eos, f"configure session s{number}", "end")
    assert "Maximum number of pending sessions" in type_in(eos, "configure session s5")[0]
    type_in(eos, "configure session s0 abort")
    assert type_in(eos, "configure session s5")[1].prompt == "sw1(config-s-s5)#"


def test_eos_replaces_its_configuration_by_a_file(eos):
    type_in(eos, "copy running-config flash:before")
    type_in(eos, "conf", "hostname other", "end", "configure replace flash:before")
    assert eos.hostname == "sw1"
    eos.files.put("flash:bad", b"hostname x\nbogus line\n")
    assert "% Invalid input" in type_in(eos, "configure replace flash:bad")[0]
    assert eos.hostname == "sw1"


def test_an_address_moves_between_interfaces_in_one_session(eos):
    lines = ["no interface Loopback0", "interface Loopback1", "ip address 10.255.0.1/32"]
    assert type_in(eos, "configure session move", *lines)[0] == ""


# -- NX-OS


def test_a_checkpoint_brings_back_what_was(nxos):
    assert type_in(nxos, "checkpoint before")[0] == "Done\n"
    type_in(nxos, "conf t", "hostname other", "int lo7", "description new", "end")
    patch = type_in(nxos, "show diff rollback-patch running-config checkpoint before")[0]
    assert "#Generating Rollback Patch\n" in patch
    assert "no interface loopback7" in patch
    assert "hostname n9k" in patch
    assert "Rollback completed successfully." in type_in(nxos, "rollback running-config checkpoint before")[0]
    assert nxos.hostname == "n9k"
    assert "loopback7" not in nxos.running_config()


def test_only_ten_checkpoints_are_kept(nxos):
    for number in range(10):
        type_in(nxos, f"checkpoint c{number}")
    assert "Maximum number of checkpoints" in type_in(nxos, "checkpoint c10")[0]
    type_in(nxos, "no checkpoint c0")
    assert type_in(nxos, "checkpoint c10")[0] == "Done\n"
    assert type_in(nxos, "show checkpoint summary")[0].count("Created by alice") == 10


def test_a_rollback_file_must_be_a_checkpoint(nxos):
    type_in(nxos, "checkpoint file bootflash:good", "copy running-config bootflash:plain", "conf t", "hostname other")
    assert "Rollback failed." in type_in(nxos, "rollback running-config file bootflash:plain")[0]
    assert "completed" in type_in(nxos, "rollback running-config file bootflash:good")[0]
    assert nxos.hostname == "n9k"


def test_a_replacement_with_a_timer_goes_back_unless_committed(nxos):
    type_in(nxos, "copy running-config bootflash:new")
    nxos.files.put("bootflash:new", nxos.files.get("bootflash:new").replace(b"hostname n9k", b"hostname other"))
    assert "hostname other" in type_in(nxos, "configure replace bootflash:new show-patch")[0]
    assert "Verification successful" in type_in(nxos, "configure replace bootflash:new verify-only")[0]
    assert nxos.hostname == "n9k"
    assert "completed" in type_in(nxos, "configure replace bootflash:new commit-timeout 60")[0]
    nxos.pass_time(60)
    assert nxos.hostname == "n9k"
    type_in(nxos, "configure replace bootflash:new commit-timeout 60", "configure replace commit")
    nxos.pass_time(600)
    assert nxos.hostname == "other"
    assert "No configure replace" in type_in(nxos, "configure replace commit")[0]


def test_a_replacement_can_be_undone_before_its_time(nxos):
    type_in(nxos, "copy running-config bootflash:new")
    nxos.files.put("bootflash:new", nxos.files.get("bootflash:new").replace(b"hostname n9k", b"hostname other"))
    type_in(nxos, "configure replace bootflash:new commit-timeout 60", "configure replace abort")
    assert nxos.hostname == "n9k"


# -- time


def test_a_device_s_clock_can_run_faster():
    # Real seconds only ever pass at least as asked, however busy the machine; what rings by this clock is tested above.
    device = Device(DeviceSpec(name="r1", clock_rate=36_000.0))
    before = device.clock()
    time.sleep(0.02)
    assert device.clock() - before >= timedelta(seconds=0.01 * 36_000)
