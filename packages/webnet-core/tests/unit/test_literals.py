"""The text that a regular expression needs is never one that it could do without."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from webnet_core.platforms import PLATFORMS
from webnet_core.platforms.literals import needed_literal

SECRETS = sorted({pattern for platform in PLATFORMS for pattern in platform.secrets})


@pytest.mark.parametrize(
    ("pattern", "literal"),
    [
        (r"^\s*snmp-server community (?P<secret>\S+)", "snmp-server community "),
        (r"\bkey (?:md5|sha) password", " password"),
        (r"enable|secret", ""),
        (r"(?:enable|secret)", ""),
        (r"colou?rs*", "colo"),
        (r"ab{0,3}c", "a"),
        (r"a(?!never)b", "a"),
        (r"[key ]+word", "word"),
        (r"[]key]x", "x"),
        (r"(?i)Password ://", " ://"),
        (r"pass (?i:word) x", " "),
        (r"(?x) pass word", ""),
        (r"\x41bc", ""),
        (r"(a)\1b", ""),
        (r"say \(no\) aloud", " aloud"),
    ],
)
def test_only_what_every_match_holds_is_needed(pattern, literal):
    assert needed_literal(pattern) == literal


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(st.sampled_from(SECRETS).flatmap(lambda pattern: st.tuples(st.just(pattern), st.from_regex(pattern))))
def test_every_line_a_platforms_secret_is_found_in_holds_what_its_pattern_needs(found):
    pattern, line = found
    match = re.search(pattern, line)
    assert match is None or needed_literal(pattern) in match.group()


def test_most_secrets_of_the_platforms_are_looked_for_by_a_word():
    assert sum(len(needed_literal(pattern).strip()) > 2 for pattern in SECRETS) > len(SECRETS) / 2
