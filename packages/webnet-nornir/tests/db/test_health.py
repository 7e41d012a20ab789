"""Whether there is a driver for what the site has."""

from __future__ import annotations

from typing import Any

import pytest

from webnet_core.ops.health import look
from webnet_core.plugin import hookimpl
from webnet_core.testing.factories import make_device, make_devices
from webnet_nornir.drivers.netmiko.driver import NetmikoDriver
from webnet_nornir.health import check_drivers
from webnet_nornir.webnet_plugin import webnet_register_health_checks

pytestmark = pytest.mark.django_db


def test_the_check_is_registered_and_readiness_does_not_hang_on_it() -> None:
    row = next(row for row in look().rows if row.key == "webnet_nornir.drivers")
    assert not row.needed
    assert [check.key for check in webnet_register_health_checks()] == [row.key]


def test_installed_drivers_are_named_and_platforms_that_none_of_them_speaks() -> None:
    make_devices(2, platform="cisco_ios")
    found = check_drivers()
    assert found.ok
    assert "netmiko" in found.facts["installed"]
    make_device(platform="nobody_os")
    silent = check_drivers()
    assert (silent.ok, silent.facts["silent"]) == (False, ["nobody_os"])
    assert "nobody_os" in silent.message


def test_a_driver_whose_library_is_missing_is_named_with_what_to_install(webnet_plugins: Any) -> None:
    class Lacking(NetmikoDriver):
        name = "acme.lacking"

        def missing(self) -> str:
            return "acme-driver"

    class Acme:
        @hookimpl
        def webnet_register_drivers(self) -> list[Any]:
            return [Lacking()]

    webnet_plugins.load(acme=Acme())
    assert check_drivers().facts["missing"]["acme.lacking"] == "acme-driver"
