"""Errors say what happened, carry a stable code and the data a caller needs."""

from __future__ import annotations

import inspect

import pytest

import webnet_core.exceptions as module
from webnet_core.exceptions import (
    ConfigurationError,
    FieldError,
    InvalidInput,
    NotFound,
    SettingProblem,
    SubmissionRefused,
    UnknownKey,
    WebnetError,
)
from webnet_core.plugin import Veto

TREE = [value for value in vars(module).values() if inspect.isclass(value) and issubclass(value, WebnetError)]


def made(error: type[WebnetError]) -> WebnetError:
    return SubmissionRefused([Veto(code="freeze", message="Not today.")]) if error is SubmissionRefused else error()


@pytest.mark.parametrize("error", TREE)
def test_every_error_has_a_sentence_and_a_code_of_its_own(error: type[WebnetError]):
    assert error.__dict__["__doc__"].strip()
    assert made(error).message
    assert "\n" not in made(error).message
    assert error.code.islower()
    assert [other for other in TREE if other.code == error.code] == [error]


def test_the_docstrings_first_paragraph_is_the_default_message():
    assert str(NotFound()) == "There is no such object among those you may see."
    assert NotFound.code == "not_found"


def test_data_becomes_attributes():
    error = NotFound("No device 7.", device_id=7)

    assert (error.message, error.device_id, error.data) == ("No device 7.", 7, {"device_id": 7})


def test_an_invalid_input_tells_every_field():
    error = InvalidInput(
        errors=[FieldError(path="params.commands", message="is empty"), FieldError(path="", message="no")]
    )

    assert str(error) == "params.commands: is empty; no"
    assert error.errors[0].code == "invalid"


def test_an_unknown_key_is_a_key_error_with_a_readable_text():
    with pytest.raises(KeyError) as caught:
        raise UnknownKey("No 'x' in tasks.", key="x")

    assert str(caught.value) == "No 'x' in tasks."


def test_a_wrong_setting_is_told_as_it_is_written():
    problem = SettingProblem(path="CORE.SHARD_SIZ", message="unknown key.", hint="Did you mean SHARD_SIZE?")

    assert str(ConfigurationError(problems=[problem])) == (
        'WEBNET["CORE"]["SHARD_SIZ"]: unknown key. Did you mean SHARD_SIZE?'
    )
