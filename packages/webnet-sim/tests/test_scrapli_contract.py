"""What scrapli must be able to do with the devices over its ssh2 transport, through Nornir."""

from __future__ import annotations

import pytest
from nornir.core import Nornir
from nornir.core.configuration import Config
from nornir.core.inventory import ConnectionOptions, Defaults, Groups, Host, Hosts, Inventory
from nornir.core.plugins.connections import ConnectionPluginRegister
from nornir.plugins.runners import SerialRunner
from nornir_scrapli.connection import ScrapliCore
from nornir_scrapli.tasks import send_command, send_configs
from tests.test_netmiko_contract import run

PLATFORMS = {
    "cisco_ios": "cisco_iosxe",
    "arista_eos": "arista_eos",
    "cisco_nxos": "cisco_nxos",
    "juniper_junos": "juniper_junos",
}
CHANGES = {
    "cisco_ios": ["interface Loopback7", "description new"],
    "arista_eos": ["interface Loopback7", "description new"],
    "cisco_nxos": ["interface loopback7", "description new"],
    "juniper_junos": ["set interfaces lo0 unit 7 description new", "commit"],
}


@pytest.fixture(params=PLATFORMS)
def reached(request, sim_device):
    """A device of each platform in turn and a Nornir that reaches it with scrapli."""
    enable = "s3cret" if request.param in {"cisco_ios", "arista_eos"} else ""
    device = sim_device("mine", platform=request.param, enable=enable, loopback="10.255.0.1")
    ConnectionPluginRegister.register("scrapli", ScrapliCore)
    extras = {"auth_strict_key": False, "transport": "ssh2", "auth_secondary": enable, "ssh_config_file": False}
    extras |= dict.fromkeys(("timeout_socket", "timeout_transport", "timeout_ops"), 60)
    host = Host(
        "mine",
        hostname=device.host,
        port=device.port,
        username=device.spec.username,
        password=device.spec.password,
        platform=PLATFORMS[request.param],
        connection_options={"scrapli": ConnectionOptions(extras=extras)},
    )
    inventory = Inventory(Hosts({"mine": host}), Groups(), Defaults())
    nornir = Nornir(inventory=inventory, runner=SerialRunner(), config=Config())
    yield device, nornir
    nornir.close_connections()


def test_commands_are_answered_whole(reached):
    device, nornir = reached
    command = "show configuration" if device.spec.platform == "juniper_junos" else "show running-config"
    text = run(nornir, send_command, command=command)
    assert "10.255.0.1" in text
    assert "--More--" not in text
    assert text.rstrip().endswith(device.running_config().rstrip().splitlines()[-1])
    assert device.transcript.config_lines() == []


def test_lines_are_configured(reached):
    device, nornir = reached
    lines = CHANGES[device.spec.platform]
    run(nornir, send_configs, configs=lines)
    assert device.transcript.config_lines() == lines
    assert "description new" in device.running_config()


def test_a_refused_line_is_marked_as_failed(reached):
    device, nornir = reached
    line = "set system bogus x" if device.spec.platform == "juniper_junos" else "bogus line"
    result = nornir.run(task=send_configs, configs=[line])["mine"]
    assert result.failed
    assert device.transcript.config_lines() == [line]
