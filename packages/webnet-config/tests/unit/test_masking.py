"""Secrets are hidden, and nothing else is."""

from __future__ import annotations

import hashlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webnet_config.masking import LONGEST_LINE, mask
from webnet_core.platforms import PLATFORMS
from webnet_core.platforms.cisco import IOS
from webnet_core.plugins.items import Platform

BY_SLUG = {platform.slug: platform for platform in PLATFORMS}
HIDDEN = re.compile(r"<hidden [0-9a-f]{8}>")


def fingerprint(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()[:8]


def masked(text: str, platform: Platform = IOS) -> str:
    return mask(platform, text, fingerprint)


@pytest.mark.parametrize(
    ("line", "secret"),
    [
        ("enable secret 5 $1$abcd$wxyz", "$1$abcd$wxyz"),
        ("enable password s3cret", "s3cret"),
        ("username admin privilege 15 secret 9 $9$hash", "$9$hash"),
        ("snmp-server community publ1c RO", "publ1c"),
        (" neighbor 10.0.0.1 password 7 0822455D0A16", "0822455D0A16"),
        ("tacacs-server key 7 1234ABCD", "1234ABCD"),
        (" ip ospf message-digest-key 1 md5 7 AABBCC", "AABBCC"),
        ("snmp-server user u g v3 auth sha 0xAA priv aes 128 0xBB", "0xBB"),
        ("archive path ftp://backup:hunter2@10.0.0.9/x", "hunter2"),
        (" frobnicate password 0 clear-text", "clear-text"),
    ],
)
def test_the_value_is_hidden_and_its_keyword_stays(line, secret):
    shown = masked(line)
    assert secret not in shown
    assert HIDDEN.search(shown)
    assert shown.split()[0] == line.split()[0]


@pytest.mark.parametrize(
    "line", ["service password-encryption", "hostname secretary", " description key account", "end"]
)
def test_a_line_without_a_secret_stays_as_it_is(line):
    assert masked(line) == line


def test_the_same_secret_looks_the_same_and_a_rotated_one_does_not():
    one, again, other = (masked(f"enable secret 5 {value}") for value in ("$1$a", "$1$a", "$1$b"))
    assert one == again != other


def test_a_private_key_is_hidden_line_by_line():
    text = "a\n-----BEGIN RSA PRIVATE KEY-----\nMIIE\nabcd\n-----END RSA PRIVATE KEY-----\nhostname x"
    lines = masked(text).split("\n")
    assert lines[0] == "a"
    assert lines[1].startswith("-----BEGIN")
    assert all(HIDDEN.fullmatch(line) for line in lines[2:4])
    assert lines[5] == "hostname x"


def test_a_private_key_on_one_line_is_hidden():
    shown = masked('set x "-----BEGIN PRIVATE KEY-----MIIEabc-----END PRIVATE KEY-----"')
    assert "MIIEabc" not in shown
    assert HIDDEN.search(shown)


def test_a_private_key_that_never_ends_hides_what_follows_it():
    text = "\n".join(["-----BEGIN PRIVATE KEY-----", *["material"] * 50])
    assert "material" not in masked(text)


def test_a_line_too_long_for_the_patterns_is_withheld_whole():
    shown = masked("username a password " + "x" * LONGEST_LINE)
    assert shown.startswith(f"<line of {LONGEST_LINE + 20} characters withheld ")


def test_when_time_is_up_the_rest_is_withheld():
    shown = mask(IOS, "enable secret 5 $1$abcd\n\nhostname r1", fingerprint, seconds=-1).split("\n")
    assert [line.startswith("<line of ") for line in shown] == [True, False, True]
    assert shown[1] == ""


@pytest.mark.parametrize("slug", sorted(BY_SLUG))
def test_every_platform_masks_a_plain_password(slug):
    assert "hunter2" not in masked("password hunter2", BY_SLUG[slug])


CONFIG_TEXT = st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\x00"), max_size=300)


@given(CONFIG_TEXT)
def test_the_number_of_lines_stays_whatever_the_device_sends(text):
    assert masked(text).count("\n") == text.count("\n")


@given(st.lists(st.sampled_from(["hostname r1", "interface Gi0/1", " no shutdown", "!", "", "end"]), max_size=40))
def test_a_text_without_secrets_comes_back_unchanged(lines):
    text = "\n".join(lines)
    assert masked(text) == text


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyzABCDEFG0123456789$./", min_size=6, max_size=40))
def test_no_enable_secret_survives(secret):
    assert secret not in masked(f"hostname x\nenable secret 9 {secret}\nend").split("\n")[1].split("<hidden")[0]
    assert HIDDEN.search(masked(f"enable secret 9 {secret}"))
