from __future__ import annotations

from datetime import timedelta

import pytest
from tests.conftest import NOON
from tests.ssh_client import Shell

from webnet_sim.device import Device
from webnet_sim.shell.session import Session
from webnet_sim.spec import DeviceSpec, LinkEnd


@pytest.fixture
def device(make_device):
    return make_device("juniper_junos", name="mx", loopback="10.255.0.1", role="wan")


class Clock:
    def __init__(self):
        self.now = NOON

    def __call__(self):
        return self.now

    def advance(self, **span):
        self.now += timedelta(**span)


def type_in(device, *lines, user="alice", session=None):
    session = session or Session(device, user=user)
    text = ""
    for line in lines:
        text = session.execute(line)
    return text, session


def shown_sets(device):
    return type_in(device, "show configuration | display set")[0].splitlines()


# -- terminal


def test_prompts_follow_an_empty_line_and_name_user_and_place(device):
    session = Session(device, user="alice")
    assert session.prompt == "\nalice@mx> "
    type_in(device, "configure", session=session)
    assert session.prompt == "\n[edit]\nalice@mx# "
    type_in(device, "edit interfaces lo0 unit 0", session=session)
    assert session.prompt == "\n[edit interfaces lo0 unit 0]\nalice@mx# "


def test_terminal_settings_answer_as_libraries_wait_for(device):
    assert type_in(device, "set cli screen-length 0")[0] == "Screen length set to 0\n"
    assert type_in(device, "set cli screen-width 511")[0] == "Screen width set to 511\n"
    assert type_in(device, "set cli complete-on-space off")[0] == "Disabling complete-on-space\n"


@pytest.mark.parametrize(
    ("line", "column", "text"),
    [
        ("bogus", 0, "unknown command."),
        ("show bogus", 5, "syntax error, expecting <command>."),
        ("set cli screen 5", 8, "'screen' is ambiguous."),
        ("set cli screen-length", 21, "missing argument."),
    ],
)
def test_operational_errors_point_at_the_word(device, line, column, text):
    assert type_in(device, line)[0] == f"{' ' * (len('alice@mx> ') + column)}^\n{text}\n"


@pytest.mark.parametrize(
    ("line", "column", "text"),
    [
        ("set system bogus x", 11, "syntax error."),
        ("set system host-name", 20, "missing argument."),
        ("set system host-name a b", 23, "syntax error."),
        ("set sn location x", 4, ""),
        ("set p x", 4, "'p' is ambiguous."),
    ],
)
def test_statements_are_checked_word_by_word_and_may_be_cut_short(device, line, column, text):
    answer, _ = type_in(device, "configure", line)
    assert answer == (f"{' ' * (len('alice@mx# ') + column)}^\n{text}\n" if text else "")


def test_an_address_must_be_one(device):
    text, _ = type_in(device, "configure", "set interfaces ge-0/0/1 unit 0 family inet address 10.0.0.999/24")
    assert text == "error: invalid ip address or prefix: 10.0.0.999/24\n"


# -- the configuration


def test_braces_and_set_lines_say_the_same(device, make_device):
    braces = device.running_config()
    assert braces.startswith("## Last commit: 2026-")
    assert "system {\n    host-name mx;\n" in braces
    assert '    lo0 {\n        description "router id";\n' in braces
    sets = shown_sets(device)
    assert 'set interfaces lo0 description "router id"' in sets
    again = make_device("juniper_junos", name="mx", config=braces)
    from_sets = make_device("juniper_junos", name="mx", config="\n".join(sets))
    assert shown_sets(again) == shown_sets(from_sets) == sets


def test_unknown_statements_of_a_loaded_configuration_are_kept(make_device):
    text = "system {\n    host-name mx;\n}\nservices {\n    rpm {\n        probe x;\n    }\n}\n"
    device = make_device("juniper_junos", config=text)
    assert device.running_config().partition("\n")[2] == text


def test_a_part_of_the_configuration_is_shown_without_its_heading(device):
    text = type_in(device, "show configuration interfaces lo0")[0]
    assert text.startswith('description "router id";\nunit 0 {\n    family inet {\n')
    assert type_in(device, "show configuration system host-name")[0] == "host-name mx;\n"
    sets = type_in(device, "show configuration interfaces lo0 | display set | match address")[0]
    assert sets == "set interfaces lo0 unit 0 family inet address 10.255.0.1/32\n"


def test_a_change_is_in_the_candidate_until_it_is_committed(device):
    _, session = type_in(device, "configure", "set system host-name other")
    assert device.hostname == "mx"
    assert "host-name mx;" in device.running_config()
    assert type_in(device, "show | compare", session=session)[0] == (
        "[edit system]\n-  host-name mx;\n+  host-name other;\n"
    )
    assert type_in(device, "commit", session=session)[0] == "commit complete\n"
    assert device.hostname == "other"
    assert session.prompt.endswith("alice@other# ")
    assert device.running_config().startswith("## Last commit: 2026-11-16 12:00:00 UTC by alice\n")


def test_whole_statements_come_and_go_in_a_comparison(device):
    lines = ["set interfaces ge-0/0/3 unit 0 family inet address 192.0.2.1/24", "delete protocols ospf"]
    _, session = type_in(device, "configure", *lines)
    text, _ = type_in(device, "show | compare", session=session)
    assert "[edit interfaces]\n+   ge-0/0/3 {\n+       unit 0 {\n" in text
    assert "[edit protocols]\n-   ospf {\n-       area 0.0.0.0 {\n" in text


def test_several_values_are_shown_in_brackets_and_removed_one_by_one(device):
    here = "policy-options policy-statement P term 1 from protocol"
    _, session = type_in(device, "configure", f"set {here} [ bgp ospf ]", f"set {here} static")
    assert type_in(device, "show policy-options", session=session)[0].splitlines()[2].strip() == (
        "from protocol [ bgp ospf static ];"
    )
    type_in(device, f"delete {here} ospf", session=session)
    assert "from protocol [ bgp static ];" in type_in(device, "show policy-options", session=session)[0]


def test_deleting_what_is_not_there_only_warns(device):
    assert type_in(device, "configure", "delete system time-zone")[0] == "warning: statement not found\n"


def test_the_check_names_what_is_missing_and_nothing_becomes_active(device):
    _, session = type_in(device, "configure", "set system login user bob uid 2001")
    text, _ = type_in(device, "commit check", session=session)
    assert "Missing mandatory statement: 'class'" in text
    assert "error: commit failed:" in type_in(device, "commit", session=session)[0]
    assert "user bob" not in device.running_config()
    type_in(device, "set system login user bob class operator", session=session)
    assert type_in(device, "commit check", session=session)[0] == "configuration check succeeds\n"
    assert "user bob" not in device.running_config()


def test_a_policy_must_exist_where_it_is_used(device):
    text, _ = type_in(device, "configure", "set protocols bgp group X export NOWHERE", "commit")
    assert "Policy NOWHERE referenced but not defined" in text
    assert text.endswith("error: configuration check-out failed\n")


def test_leaving_with_a_changed_candidate_asks_and_keeps_it(device):
    _, session = type_in(device, "configure", "set system host-name other")
    assert type_in(device, "exit", session=session)[0] == "The configuration has been changed but not committed\n"
    assert session.prompt == "Exit with uncommitted changes? [yes,no] (yes) "
    assert type_in(device, "no", session=session)[1].prompt.endswith("# ")
    text, _ = type_in(device, "exit configuration-mode", "", session=session)
    assert text == "Exiting configuration mode\n"
    other, _ = type_in(device, "configure", user="bob")
    assert "has been changed but not committed" in other
    assert type_in(device, "configure", "commit", user="bob")[0] == "commit complete\n"
    assert device.hostname == "other"


def test_a_private_candidate_is_nobody_else_s_and_given_up_on_leaving(device):
    _, session = type_in(device, "configure private", "set system host-name mine")
    assert type_in(device, "configure", "show | compare", user="bob")[0] == ""
    type_in(device, "exit", "yes", session=session)
    assert type_in(device, "configure private", "show | compare")[0] == ""


def test_an_exclusive_candidate_locks_others_out_until_its_session_is_gone(device):
    _, session = type_in(device, "configure exclusive", "set system host-name mine")
    assert "locked by" in type_in(device, "configure", "set system host-name his", user="bob")[0]
    assert "locked by" in type_in(device, "configure exclusive", user="bob")[0]
    session.hang_up()
    assert type_in(device, "configure", "show | compare", user="bob")[0] == ""


# -- history and timers


def test_older_configurations_come_back_by_number(device):
    for name in ("one", "two", "three"):
        type_in(device, "configure", f"set system host-name {name}", f"commit comment {name}")
    text = type_in(device, "show system commit")[0]
    assert [line.split()[0] for line in text.splitlines() if "by" in line] == ["0", "1", "2", "3"]
    assert "    three\n" in text
    assert "host-name one;" in type_in(device, "show system rollback 2")[0]
    text, session = type_in(device, "configure", "rollback 2")
    assert text == "load complete\n"
    type_in(device, "commit", session=session)
    assert device.hostname == "one"
    assert type_in(device, "rollback 49", session=session)[0] == "error: Rollback 49 does not exist\n"


def test_at_most_fifty_configurations_are_kept(device):
    _, session = type_in(device, "configure")
    for number in range(60):
        type_in(device, f"set system host-name h{number}", "commit", session=session)
    assert "host-name h10;" in type_in(device, "run show system rollback 49", session=session)[0]
    assert "does not exist" in type_in(device, "rollback 50", session=session)[0]


def test_an_unconfirmed_commit_goes_back_by_itself():
    clock = Clock()
    device = Device(DeviceSpec(name="mx", platform="juniper_junos"), clock=clock)
    text, session = type_in(device, "configure", "set system host-name other", "commit confirmed 5")
    assert text == (
        "commit confirmed will be automatically rolled back in 5 minutes unless confirmed\ncommit complete\n"
    )
    assert session.prompt.startswith("\n# commit confirmed will be rolled back in 5 minutes\n[edit]\n")
    clock.advance(minutes=4, seconds=59)
    assert device.hostname == "other"
    clock.advance(seconds=1)
    assert device.hostname == "mx"
    log = type_in(device, "show system commit")[0].splitlines()
    assert log[0] == "0   2026-11-16 12:05:00 UTC by root via other"
    assert log[1].endswith("by alice via cli commit confirmed, rollback in 5mins")


def test_any_later_commit_confirms():
    clock = Clock()
    device = Device(DeviceSpec(name="mx", platform="juniper_junos"), clock=clock)
    type_in(device, "configure", "set system host-name other", "commit confirmed 5")
    type_in(device, "configure", "commit", user="bob")
    clock.advance(minutes=10)
    assert device.hostname == "other"


# -- loading


def test_a_text_is_loaded_up_to_control_d(sim_device):
    device = sim_device("mx", platform="juniper_junos")
    with Shell(device) as shell:
        shell.ask("configure", "# ")
        shell.ask("load merge terminal", "end input]\r\n")
        shell.type("system {\n    host-name other;\n}\n\x04")
        assert shell.read_until("# ").endswith("load complete\r\n\r\n[edit]\r\nadmin@mx# ")
        shell.ask("load set terminal", "end input]\r\n")
        shell.type("set snmp location here\ndelete system domain-name\nset bogus\n\x04")
        assert "load complete (1 errors)" in shell.read_until("# ")
        text = shell.ask("show | compare", "# ")
    assert "+  host-name other;" in text
    assert "-  domain-name lab.example.net;" in text
    assert "host-name mx;" in device.running_config()


def test_override_and_replace_take_away_what_merge_keeps(device):
    text = "system {\n host-name new;\n replace: ntp {\n server 192.0.2.99;\n }\n}\n\x04"
    _, session = type_in(device, "configure", "load merge terminal", *text.split("\n"))
    assert type_in(device, "show system ntp", session=session)[0].count("server") == 3
    type_in(device, "rollback 0", "load replace terminal", *text.split("\n"), session=session)
    assert type_in(device, "show system ntp", session=session)[0] == "server 192.0.2.99;\n"
    assert "lo0" in type_in(device, "show interfaces", session=session)[0]
    type_in(device, "load override terminal", *text.split("\n"), session=session)
    assert type_in(device, "show interfaces", session=session)[0] == ""


def test_braces_that_do_not_balance_are_an_error(device):
    text, _ = type_in(device, "configure", "load merge terminal", "system {", "host-name x;", "\x04")
    assert "syntax error" in text
    assert text.endswith("load complete (1 errors)\n")


# -- shows follow the state


def test_a_disabled_interface_shows_everywhere(make_device):
    links = (LinkEnd(interface="ge-0/0/0", peer="r2", peer_interface="Gi0/0", address="10.0.0.0/31"),)
    device = make_device("juniper_junos", links=links)
    type_in(device, "configure", "set interfaces ge-0/0/0 disable", "commit")
    assert "ge-0/0/0                down  down\n" in type_in(device, "show interfaces terse")[0]
    assert "Physical interface: ge-0/0/0, Administratively down" in type_in(device, "show interfaces ge-0/0/0")[0]


def test_filters_match_except_count_and_last(device):
    assert type_in(device, "show configuration | match HOST-NAME")[0] == "    host-name mx;\n"
    assert "host-name" not in type_in(device, "show configuration | except host-name")[0]
    assert type_in(device, "show version | match junos | count")[0] == "Count: 5 lines\n"
    assert type_in(device, "show configuration | last 1")[0] == "}\n"
    assert "syntax error" in type_in(device, "show version | bogus x")[0]
