"""An answer that is no whole configuration is told apart."""

from __future__ import annotations

import pytest
from tests.conftest import config

from webnet_config.integrity import find_flaw
from webnet_core.platforms.cisco import IOS, NXOS
from webnet_core.platforms.juniper import JUNOS

JUNOS_CONFIG = """## Last commit: 2026-08-07 06:26:32 UTC by root
version 20.4R3.8;
system {
    host-name r1;
    services {
        ssh;
    }
    login {
        message "}\\n}";
        user admin {
            authentication {
                encrypted-password "$6$abc"; ## SECRET-DATA
            }
        }
    }
}
"""


def test_a_whole_configuration_has_no_flaw():
    assert find_flaw(IOS, config()) == ""


@pytest.mark.parametrize("empty", ["", "\n\n", "   \r\n"])
def test_an_empty_answer_is_none(empty):
    assert find_flaw(IOS, empty) == "The device answered with nothing."


def test_an_answer_without_its_last_line_is_cut_off():
    cut = config().removesuffix("end\n")
    assert find_flaw(IOS, cut).startswith("The answer is cut off")


@pytest.mark.parametrize("cut_at", range(50, len(config()) - 5, 37))
def test_wherever_it_is_cut_it_is_not_whole(cut_at):
    assert find_flaw(IOS, config()[:cut_at]) != ""


@pytest.mark.parametrize("ending", ["", "\n", "routing-instances;\n", 'apply-groups "$6$x"; ## SECRET-DATA\n'])
def test_a_junos_configuration_is_whole_where_no_block_is_open(ending):
    assert find_flaw(JUNOS, JUNOS_CONFIG + ending) == ""


@pytest.mark.parametrize("cut_at", range(75, len(JUNOS_CONFIG) - 2, 7))
def test_a_junos_configuration_cut_inside_a_block_is_not_whole(cut_at):
    assert find_flaw(JUNOS, JUNOS_CONFIG[:cut_at]) != ""


@pytest.mark.parametrize(
    "error", ["% Invalid input detected at '^' marker.", "% Authorization failed.", "% AMBIGUOUS COMMAND: sh"]
)
def test_an_error_message_is_no_configuration(error):
    assert find_flaw(IOS, f"show run\n{error}\n\nr1#\nend").startswith("The device answered with an error")


def test_an_error_marker_deep_inside_is_only_text():
    deep = config().replace("!\nend", "banner motd ^C\n% Bad passwords are not accepted\n^C\nend")
    assert "% Bad passwords" in deep
    assert find_flaw(IOS, deep) == ""


@pytest.mark.parametrize(
    "pager", [" --More-- ", "---- More ----", "<--- More --->", "lines 1-24", "lines 1-24/300 (END)"]
)
def test_a_paged_answer_is_refused(pager):
    paged = config().replace("interface", f"{pager}\ninterface")
    assert "pager" in find_flaw(IOS, paged)


def test_what_only_looks_like_a_pager_is_text():
    banner = config().replace("!\nend", "banner motd ^C\nPress any key to leave. lines 1-24 are ours\n^C\nend")
    assert find_flaw(IOS, banner) == ""


def test_a_platform_without_an_end_marker_needs_a_few_lines():
    assert "2 lines" in find_flaw(NXOS, "!Command: show running-config\nversion 9.3")
    assert find_flaw(NXOS, "!Command: show running-config\nversion 9.3\nhostname n1") == ""


def test_bytes_that_are_no_text_are_refused():
    assert "no text" in find_flaw(IOS, config(description="\udcff"))


def test_the_message_holds_no_control_characters():
    assert "\x1b" not in find_flaw(IOS, "a\nb\nc\nd\ne\nf\x1b[2J")
