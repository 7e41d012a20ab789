"""The yardstick: what a person would write with Nornir and nornir_netmiko alone, in a process of its own.

Reads ``{"hosts": {name: port}, "workers": n}`` from standard input; prints what the run used, without what Python took
to start and import.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.e2e.site import ROOT

HOST = "127.0.0.1"
PATIENCE = 60
SECONDS = 3600


@dataclass(frozen=True, kw_only=True, slots=True)
class Used:
    """What one run of the yardstick used: seconds of CPU, seconds of wall time, and hosts that failed."""

    cpu: float
    wall: float
    failed: int


def measure(ports: Mapping[str, int], workers: int) -> Used:
    """Run the script over these devices in a new process.

    Raises:
        AssertionError: A host failed, so that less was done than is compared with.
    """
    wish = json.dumps({"hosts": dict(ports), "workers": workers})
    command = [sys.executable, "-m", "benchmarks.yardstick"]
    done = subprocess.run(command, cwd=ROOT, input=wish, capture_output=True, text=True, timeout=SECONDS, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    used = Used(**json.loads(done.stdout.splitlines()[-1]))
    assert used.failed == 0, f"the yardstick failed on {used.failed} hosts: {done.stderr[-2000:]}"
    return used


def main() -> int:
    """Back the devices up as a script would, and print what that took."""
    from nornir.core import Nornir  # noqa: PLC0415 - only this process needs it
    from nornir.core.inventory import ConnectionOptions, Defaults, Groups, Host, Hosts, Inventory  # noqa: PLC0415
    from nornir.core.plugins.connections import ConnectionPluginRegister  # noqa: PLC0415
    from nornir.plugins.runners import ThreadedRunner  # noqa: PLC0415
    from nornir_netmiko.connections import Netmiko  # noqa: PLC0415
    from nornir_netmiko.tasks import netmiko_send_command  # noqa: PLC0415

    def back_up(task: Any) -> None:
        for command in ("show version", "show running-config"):
            task.run(netmiko_send_command, command_string=command, read_timeout=PATIENCE)
        task.host.close_connections()

    wish = json.load(sys.stdin)
    ConnectionPluginRegister.register("netmiko", Netmiko)
    extras = {"conn_timeout": PATIENCE, "auth_timeout": PATIENCE, "banner_timeout": PATIENCE}
    options = {"netmiko": ConnectionOptions(extras=extras)}
    facts: dict[str, Any] = {"hostname": HOST, "username": "admin", "password": "admin", "platform": "cisco_ios"}
    hosts = Hosts(
        {name: Host(name=name, port=port, connection_options=options, **facts) for name, port in wish["hosts"].items()}
    )
    inventory = Inventory(hosts=hosts, groups=Groups(), defaults=Defaults())
    nornir = Nornir(inventory=inventory, runner=ThreadedRunner(num_workers=wish["workers"]))
    started, cpu = time.monotonic(), _cpu()
    result = nornir.run(task=back_up)
    wall, cpu = time.monotonic() - started, _cpu() - cpu
    for name, failed in result.failed_hosts.items():
        print(name, failed[-1].exception, file=sys.stderr)
    print(json.dumps({"cpu": cpu, "wall": wall, "failed": len(result.failed_hosts)}))
    return 0


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    sys.exit(main())
