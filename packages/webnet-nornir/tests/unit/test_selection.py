"""Which driver, and the reason people read."""

from __future__ import annotations

import pytest

from tests.unit.fakes import PLATFORM, FakeDriver, facts
from webnet_nornir.exceptions import DriverMissing, OperationNotSupported
from webnet_nornir.selection import DriverChoice, PluginSelector


def selector(*drivers):
    return PluginSelector({driver.name: driver for driver in drivers})


def test_the_platforms_first_usable_driver_is_taken_and_the_others_stand_by():
    choice = selector(FakeDriver("second"), FakeDriver("first")).choose(facts(), PLATFORM, "run_commands")

    assert choice == DriverChoice(driver="first", reason="Cisco IOS's default", fallbacks=("second",))


def test_the_devices_own_driver_goes_first():
    choice = selector(FakeDriver("first"), FakeDriver("second")).choose(
        facts(driver="second"), PLATFORM, "run_commands"
    )

    assert (choice.driver, choice.reason, choice.fallbacks) == ("second", "the device's own setting", ("first",))


def test_the_runs_driver_overrides_and_allows_no_other():
    choice = selector(FakeDriver("first"), FakeDriver("second")).choose(
        facts(driver="first"), PLATFORM, "run_commands", {"driver": "second"}
    )

    assert choice == DriverChoice(driver="second", reason="chosen for this run")


def test_a_driver_that_cannot_do_it_is_passed_over_and_the_reason_says_so():
    drivers = selector(FakeDriver("first"), FakeDriver("second", answers={"get_config": "x"}))

    choice = drivers.choose(facts(), PLATFORM, "get_config")

    assert choice.driver == "second"
    assert "first cannot do get_config here" in choice.reason


def test_a_device_whose_own_driver_cannot_do_it_is_told():
    drivers = selector(FakeDriver("first"), FakeDriver("own", answers={}))

    assert "own, the device's setting" in drivers.choose(facts(driver="own"), PLATFORM, "run_commands").reason


def test_a_devices_own_driver_that_is_not_installed_is_passed_over_and_the_reason_says_what_to_install():
    drivers = selector(FakeDriver("first"), FakeDriver("second", missing="webnet-second"))

    choice = drivers.choose(facts(driver="second"), PLATFORM, "run_commands")

    assert (choice.driver, choice.fallbacks) == ("first", ())
    assert choice.reason == (
        "Cisco IOS's default; second, the device's setting, is not installed (pip install 'webnet-second')"
    )


def test_a_driver_of_the_platform_that_no_plugin_registers_is_told():
    choice = selector(FakeDriver("second")).choose(facts(), PLATFORM, "run_commands")

    assert (choice.driver, choice.reason) == ("second", "Cisco IOS's next driver; first is registered by no plugin")


def test_what_to_install_is_said_when_every_driver_is_missing():
    with pytest.raises(DriverMissing, match="pip install 'webnet-first'"):
        selector(FakeDriver("first", missing="webnet-first")).choose(facts(), PLATFORM, "run_commands")


def test_a_run_that_names_a_missing_driver_is_told_what_to_install():
    drivers = selector(FakeDriver("first"), FakeDriver("second", missing="webnet-second"))

    with pytest.raises(DriverMissing, match="pip install 'webnet-second'"):
        drivers.choose(facts(), PLATFORM, "run_commands", {"driver": "second"})


def test_a_run_that_names_an_unknown_driver_is_told_which_there_are():
    with pytest.raises(DriverMissing, match="registered: first"):
        selector(FakeDriver("first")).choose(facts(), PLATFORM, "run_commands", {"driver": "frist"})


def test_an_operation_no_driver_can_do_is_named():
    with pytest.raises(OperationNotSupported, match="get_facts"):
        selector(FakeDriver("first")).choose(facts(), PLATFORM, "get_facts")
