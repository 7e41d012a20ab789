"""The ladder of drivers: when the next one is tried, and when it must not be."""

from __future__ import annotations

import pytest
from nornir.core.inventory import Host
from nornir.core.task import Task

from tests.unit.fakes import FakeDriver, carry, context, listening
from webnet_core.exceptions import InvalidInput, UnknownKey
from webnet_core.plugins.items import ErrorCategory, Phase
from webnet_core.secrets.models import Secrets
from webnet_nornir.context import Login
from webnet_nornir.exceptions import (
    Abandoned,
    AuthenticationRefused,
    CliRejected,
    ConnectionLost,
    DriverMissing,
    HostKeyChanged,
    HostKeyUnknown,
    ProtocolFailure,
    TimedOut,
    UndeclaredOperation,
    Unreachable,
)
from webnet_nornir.perform import perform


@pytest.fixture
def port():
    with listening() as server:
        yield server.getsockname()[1]


def task_on(held):
    task = Task(task=print, nornir=None, global_dry_run=False, processors=None, name="test")
    task.host = carry(Host(name="1"), held)
    held.logins = [Login(name="lab", secrets=Secrets(username="admin", password="secret"))]
    return task


def failing(name, error):
    return FakeDriver(name, answers={"run_commands": error, "configure": error})


@pytest.mark.parametrize("error", [ConnectionLost(), ProtocolFailure(), TimedOut()])
def test_the_next_driver_is_tried_when_the_connection_fails(port, error):
    first, second = failing("first", error), FakeDriver("second")
    held = context(first, second, port=port)

    assert perform(task_on(held), "run_commands", commands=["show clock"]) == {"show clock": "12:00"}

    assert [(attempt.driver, attempt.error) for attempt in held.attempts] == [
        ("first", error.category),
        ("second", None),
    ]
    assert held.used_driver == "second"
    assert first.opened[0].closed


def test_a_login_that_fails_to_connect_also_leads_to_the_next_driver(port):
    held = context(FakeDriver("first", opening=ConnectionLost()), FakeDriver("second"), port=port)

    assert perform(task_on(held), "run_commands", commands=["show clock"])


def test_a_driver_that_is_not_installed_leads_to_the_next(port):
    held = context(FakeDriver("first", missing="webnet-first"), FakeDriver("second"), port=port)

    assert perform(task_on(held), "run_commands", commands=["show clock"])
    assert held.attempts[0].error is ErrorCategory.DRIVER_MISSING


@pytest.mark.parametrize(
    "error",
    [
        AuthenticationRefused(),
        HostKeyChanged(),
        HostKeyUnknown(),
        CliRejected(),
        Unreachable(),
        TimedOut(stage="ssh"),
        ValueError("bug"),
    ],
)
def test_what_every_driver_would_meet_alike_is_not_asked_again_through_another(port, error):
    second = FakeDriver("second")
    held = context(failing("first", error), second, port=port)

    with pytest.raises(type(error)):
        perform(task_on(held), "run_commands", commands=["show clock"])

    assert second.asked == []
    assert len(held.attempts) == 1


def test_a_change_is_never_repeated_through_another_driver(port):
    second = FakeDriver("second", answers={"configure": "done"})
    held = context(failing("first", ConnectionLost()), second, port=port, operation="configure", risk="change")
    held.phases |= {Phase.SAVED, Phase.SENDING}

    with pytest.raises(ConnectionLost):
        perform(task_on(held), "configure", lines=["hostname other"])

    assert second.asked == []
    assert held.sending


def test_an_operation_the_task_does_not_declare_names_needs(port):
    held = context(FakeDriver("first"), port=port)

    with pytest.raises(UndeclaredOperation, match="needs"):
        perform(task_on(held), "get_facts")


def test_an_operation_that_does_not_exist_is_named(port):
    with pytest.raises(UnknownKey, match="run_commands"):
        perform(task_on(context(FakeDriver("first"), port=port)), "reboot")


@pytest.mark.parametrize(
    "arguments", [{}, {"commands": []}, {"commands": ["show\nreload"]}, {"commands": ["a"], "extra": 1}]
)
def test_wrong_arguments_reach_no_device(port, arguments):
    driver = FakeDriver("first")

    with pytest.raises(InvalidInput):
        perform(task_on(context(driver, port=port)), "run_commands", **arguments)

    assert driver.opened == []


def test_a_host_that_was_given_up_does_nothing_more(port):
    driver = FakeDriver("first")
    held = context(driver, port=port)
    held.wire.cut()

    with pytest.raises(Abandoned):
        perform(task_on(held), "run_commands", commands=["show clock"])

    assert driver.opened == []


def test_a_driver_nobody_registers_is_named(port):
    held = context(FakeDriver("first"), port=port, drivers={})

    with pytest.raises(DriverMissing, match="first"):
        perform(task_on(held), "run_commands", commands=["show clock"])


def test_one_session_serves_all_operations_of_a_task(port):
    driver = FakeDriver("first")
    task = task_on(context(driver, port=port))

    perform(task, "run_commands", commands=["show clock"])
    perform(task, "run_commands", commands=["show clock"])

    assert len(driver.opened) == 1
