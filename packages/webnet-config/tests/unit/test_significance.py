"""What counts as a change."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.conftest import config

from webnet_config.significance import count_changes, significant_text
from webnet_core.platforms.cisco import IOS
from webnet_core.plugins.items import Platform

LINES = st.lists(st.sampled_from(["a", "b", "c", "d", "interface x", "!"]), max_size=30)


def test_volatile_lines_do_not_count():
    assert significant_text(IOS, config(minute=1)) == significant_text(IOS, config(minute=2))


def test_a_line_of_the_configuration_counts():
    assert significant_text(IOS, config(description="a")) != significant_text(IOS, config(description="b"))


@pytest.mark.parametrize(
    "noise", ["hostname r1  \nend", "hostname r1\r\nend\r", "\x1b[24;1Hhostname r1\nend", "\nhostname r1\nend\n\n"]
)
def test_blanks_carriage_returns_and_terminal_codes_do_not_count(noise):
    assert significant_text(IOS, noise) == "hostname r1\nend"


def test_a_platform_without_volatile_lines_keeps_them_all():
    bare = Platform(slug="x", label="X", vendor="X", names={"netmiko": "x"}, drivers=("netmiko",))
    assert significant_text(bare, "Building configuration\nend") == "Building configuration\nend"


def test_patterns_with_flags_and_without_an_anchor_work_together():
    platform = Platform(
        slug="x", label="X", vendor="X", names={"n": "x"}, drivers=("n",), volatile=(r"(?i)^UPTIME ", r"serial \d+$")
    )
    assert significant_text(platform, "uptime is 3 days\nthe serial 12\nhostname x") == "hostname x"


@given(LINES, LINES)
def test_the_counts_explain_the_difference_in_length(before, after):
    added, removed = count_changes(before, after)
    assert len(after) - len(before) == added - removed
    assert (added, removed) == (0, 0) if before == after else added + removed > 0


def test_a_few_changed_lines_are_counted_as_such():
    before = [f"line {number}" for number in range(3000)]
    after = [*before[:10], "new", *before[11:2000], *before[2001:]]
    assert count_changes(before, after) == (1, 2)
