"""No secret in use reaches a log, whatever it is wrapped in."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator

import pytest

from webnet_core.redact import LOGGERS, MASK, RedactionFilter, Redactor, current, install_filter

SECRET = "s3cr3t!pa'ss\\word"


@pytest.fixture
def secret() -> Iterator[str]:
    current().add(SECRET)
    yield SECRET
    current().discard(SECRET)


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    root = logging.getLogger()
    root.addHandler(handler)
    yield stream
    root.removeHandler(handler)


def test_known_values_are_masked_and_the_rest_stays():
    redactor = Redactor()
    redactor.add("hunter2", None, "")

    assert redactor.clean("login with hunter2 ok") == f"login with {MASK} ok"


def test_of_overlapping_values_the_longer_goes_first():
    redactor = Redactor()
    redactor.add("hunter", "hunter2")

    assert redactor.clean("hunter2 hunter") == f"{MASK} {MASK}"


def test_short_values_are_left_alone():
    redactor = Redactor()
    redactor.add("abc")

    assert redactor.clean("abcdef") == "abcdef"


@pytest.mark.parametrize("text", [SECRET, repr(SECRET), '"s3cr3t!pa\'ss\\\\word"', "s3cr3t%21pa%27ss%5Cword"])
def test_escaped_spellings_are_masked_too(text: str):
    redactor = Redactor()
    redactor.add(SECRET)

    assert "s3cr3t" not in redactor.clean(text)


def test_each_line_of_a_private_key_is_a_secret():
    redactor = Redactor()
    redactor.add("-----BEGIN KEY-----\nAAAAB3Nza\nC1yc2EAA\n-----END KEY-----")

    assert redactor.clean("odd base64: C1yc2EAA") == f"odd base64: {MASK}"
    assert redactor.clean("-----BEGIN KEY-----") == "-----BEGIN KEY-----"


def test_a_value_in_use_twice_is_masked_until_both_are_done():
    redactor = Redactor()
    redactor.add("hunter2")
    redactor.add("hunter2")
    redactor.discard("hunter2")
    assert redactor.clean("hunter2") == MASK

    redactor.discard("hunter2")
    assert redactor.clean("hunter2") == "hunter2"


def test_nested_values_are_cleaned_and_others_keep_their_type():
    redactor = Redactor()
    redactor.add("hunter2")

    assert redactor.clean_value({"a": ["hunter2", 3], "b": ("x", None)}) == {"a": [MASK, 3], "b": ("x", None)}
    assert redactor.clean_value(ValueError("hunter2")) == MASK
    plain = ValueError("fine")
    assert redactor.clean_value(plain) is plain


@pytest.mark.parametrize("name", [*LOGGERS, "paramiko.transport", "nornir.core.task", "webnet_core.jobs", "netmiko.x"])
def test_messages_arguments_and_tracebacks_are_clean_on_loggers_and_their_children(
    name: str, secret: str, log: io.StringIO
):
    logger = logging.getLogger(name)
    logger.error("login as %s with %s", "admin", secret)
    logger.error("in the message " + secret)  # noqa: G003 - what careless code does
    logger.error("by name %(password)s", {"password": secret})
    try:
        int(secret)
    except ValueError as error:
        logger.exception("failed: %s", error)  # noqa: TRY401 - the same

    text = log.getvalue()
    assert text.count("\n") > 6
    assert "login as admin with" in text
    assert "s3cr3t" not in text


def test_other_loggers_are_the_sites_own_business(secret: str, log: io.StringIO):
    logging.getLogger("somebody.else").error("says %s", secret)

    assert secret in log.getvalue()


def test_a_second_installation_changes_nothing():
    factory = logging.getLogRecordFactory()
    install_filter()

    assert logging.getLogRecordFactory() is factory
    filters = [one for one in logging.getLogger("webnet").filters if isinstance(one, RedactionFilter)]
    assert len(filters) == 1
