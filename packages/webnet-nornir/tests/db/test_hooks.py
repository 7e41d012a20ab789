"""The hooks of webnet-nornir, and those of core that it answers."""

from __future__ import annotations

import pytest

from tests.unit.fakes import FakeDriver
from webnet_core.exceptions import PluginHookError
from webnet_core.plugin import hookimpl, registry
from webnet_core.plugins.items import PlanRow
from webnet_nornir.manager import NornirManager
from webnet_nornir.planning import plan_targets
from webnet_nornir.selection import DriverChoice
from webnet_nornir.tasks.configuration import TASKS as CONFIGURATION

GET_CONFIG = CONFIGURATION[0]


class AcmePlugin:
    """Brings a driver and prefers it at one site."""

    def __init__(self, choose=None):
        self.driver = FakeDriver("acme.fake", answers={"get_config": "hostname fake\nend"})
        self._choose = choose

    @hookimpl
    def webnet_register_drivers(self):
        return [self.driver]

    @hookimpl
    def webnet_select_driver(self, device, operation):
        return self._choose(device, operation) if self._choose is not None else None


def test_register_drivers_adds_a_driver_that_platforms_and_runs_can_name(webnet_plugins, sim_device, device_row):
    webnet_plugins.load(acme=AcmePlugin())
    row = device_row(sim_device())

    assert registry("drivers").owner("acme.fake") == "acme"
    choice = NornirManager({"driver": "acme.fake"}).get_connection_plugin(row, "get_config")
    assert choice == DriverChoice(driver="acme.fake", reason="chosen for this run")


def test_select_driver_is_asked_before_the_platforms_order(webnet_plugins, sim_device, device_row):
    webnet_plugins.load(acme=AcmePlugin(lambda _device, _operation: DriverChoice(driver="acme.fake", reason="a lab")))
    row = device_row(sim_device())

    outcome = NornirManager().execute_task("get_config", [row])[row.pk]

    assert plan_targets(GET_CONFIG, [row], {})[row.pk].reason == "a lab"
    assert (outcome.driver, outcome.text) == ("acme.fake", "hostname fake\nend")


def test_select_driver_that_has_no_opinion_leaves_the_default(webnet_plugins, sim_device, device_row):
    webnet_plugins.load(acme=AcmePlugin())

    assert NornirManager().get_connection_plugin(device_row(sim_device())).driver == "netmiko"


def test_select_driver_that_raises_fails_the_choice(webnet_plugins, sim_device, device_row):
    def broken(device, operation):
        raise RuntimeError("no table")

    webnet_plugins.load(acme=AcmePlugin(broken))

    with pytest.raises(PluginHookError, match="acme"):
        NornirManager().get_connection_plugin(device_row(sim_device()))


def test_plan_targets_says_driver_and_reason_for_each_device(sim_device, device_row):
    row = device_row(sim_device())

    assert plan_targets(GET_CONFIG, [row], {}) == {
        row.pk: PlanRow(
            device_id=row.pk, driver="netmiko", reason="Cisco IOS's default", fallbacks=("scrapli", "napalm")
        )
    }


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"enabled": False}, "disabled"),
        ({"credential": None}, "credential"),
        ({"platform": "cisco_ois"}, "cisco_ios"),
        ({"mgmt_ip": "169.254.0.1"}, "link-local"),
    ],
)
def test_plan_targets_leaves_out_what_cannot_run_and_says_why(sim_device, device_row, fields, said):
    row = device_row(sim_device(), **fields)

    planned = plan_targets(GET_CONFIG, [row], {})[row.pk]

    assert planned.driver is None
    assert said in planned.excluded


def test_plan_targets_warns_of_devices_that_were_unreachable(sim_device, device_row):
    row = device_row(sim_device(), reachability="unreachable", last_error="unreachable: refused")

    assert "refused" in plan_targets(GET_CONFIG, [row], {})[row.pk].warnings[0]


def test_plan_targets_names_a_driver_that_is_not_installed(webnet_plugins, sim_device, device_row):
    plugin = AcmePlugin()
    plugin.driver = FakeDriver("acme.fake", answers={"get_config": "x"}, missing="webnet-acme[fake]")
    webnet_plugins.load(acme=plugin)
    row = device_row(sim_device())

    planned = plan_targets(GET_CONFIG, [row], {"driver": "acme.fake"})[row.pk]

    assert "pip install 'webnet-acme[fake]'" in planned.excluded
