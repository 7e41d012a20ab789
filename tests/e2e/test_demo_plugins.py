"""The example plugins, as wheels beside the demo: a vendor and a task that webnet did not know before."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.conftest import Demo
from tests.e2e.site import ROOT, by_name, execute, finished, sign_in
from webnet_sim.transcript import read

PLUGINS = ("webnet-acme-os", "webnet-acme-checks")
DEVICE = "nyc-access-1"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which the plugins were installed from wheels, as pip would into site-packages."""
    wheels, target = tmp_path_factory.mktemp("wheels"), tmp_path_factory.mktemp("installed")
    uv = [sys.executable, "-m", "uv"]
    quiet = ["--quiet", "--offline", "--python", sys.executable]
    for name in PLUGINS:
        build = [*uv, "build", *quiet, "--wheel", "--no-build-isolation", "--out-dir", str(wheels)]
        subprocess.run([*build, str(ROOT / "plugins" / name)], cwd=ROOT, check=True)
    found = [str(path) for path in sorted(wheels.glob("*.whl"))]
    subprocess.run([*uv, "pip", "install", *quiet, "--no-deps", "--target", str(target), *found], check=True)
    return target


def test_a_vendor_and_a_task_from_wheels_are_used_in_the_demo(demo: Demo, installed: Path) -> None:
    demo.env = {"PYTHONPATH": str(installed), "WEBNET_PLUGINS": "acme-os,acme-checks"}
    ready = demo.start()
    client = sign_in(ready["url"], ready["user"], ready["password"])
    (device,) = client.get("devices/", params={"platform": "acme_os"}).json()["results"]
    assert device["hostname"] == DEVICE
    targets = {"device_ids": [device["id"]]}

    backup = finished(client, execute(client, "backup_config", targets))
    assert backup["status"] == "success", backup
    (snapshot,) = client.get(f"config/devices/{device['id']}/snapshots/").json()["results"]
    text = client.get(f"config/snapshots/{snapshot['id']}/").json()["config_text"]
    assert f"hostname {DEVICE}" in text

    check = finished(client, execute(client, "acme-checks.interface_up", targets, {"interface": "Loopback99"}))
    assert by_name(check)[DEVICE]["status"] == "failed"
    assert "show interfaces Loopback99" in read(demo.state / "transcripts" / f"{DEVICE}.jsonl").lines()

    assert demo.stop() == 0
    demo.env = {}
    demo.start()
    client = sign_in(ready["url"], ready["user"], ready["password"])
    assert client.get(f"devices/{device['id']}/").json()["platform"] == "cisco_ios"
