"""The harbour's site runs jobs on a device however it is served: ASGI with Channels, ASGI without, plain WSGI."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from websockets.sync.client import connect

from tests.compositions.processes import Browser, run_python, running, wait_for
from webnet_core.testing.ports import free_port
from webnet_sim.network import SimulatedDevice
from webnet_sim.pytest_plugin import DeviceFactory

SETTINGS = "tests.compositions.embedded.settings"
WITHOUT_CHANNELS = "tests.compositions.embedded.settings_without_channels"
API = "/netops/api/v1"
OPEN = """
import django; django.setup()
from django.core.management import call_command; call_command("migrate", verbosity=0)
from django.contrib.auth import get_user_model
get_user_model().objects.create_superuser("master@example.org", "a-long-password")
"""


@pytest.fixture(scope="session")
def empty_harbour(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the harbour's tables, webnet's, and the harbour master."""
    path = tmp_path_factory.mktemp("harbour") / "harbour.sqlite3"
    done = run_python("-c", OPEN, DJANGO_SETTINGS_MODULE=SETTINGS, COMPOSITION_DATABASE=str(path))
    assert done.returncode == 0, done.stderr
    return path


@dataclass
class Harbour:
    """The harbour's files, and its processes while a test runs."""

    database: Path
    stack: ExitStack

    def start(self, name: str, *command: str, settings: str = SETTINGS) -> Path:
        """Run Python with `command` until the test ends; return where its output goes."""
        log = self.database.with_name(f"{name}.log")
        environment = {"DJANGO_SETTINGS_MODULE": settings, "COMPOSITION_DATABASE": str(self.database)}
        self.stack.enter_context(running(command, log, environment=environment))
        return log

    def serve(self, *command: str, port: int, settings: str = SETTINGS) -> Browser:
        """Start a server and return the browser of somebody who came in through the harbour's own door."""
        log = self.start("server", *command, settings=settings)
        url = f"http://127.0.0.1:{port}"
        browser = Browser(url=url, csrf_cookie="harbour_csrf", csrf_header="X-Harbour-Token")
        wait_for(lambda: browser.answers("/"), 240, f"the server ({log})")
        assert browser.get("/netops/jobs/").text.count('id="harbour-nav"') == 1  # the harbour's own login page
        browser.post_form(
            "/enter/?next=/netops/jobs/", {"username": "master@example.org", "password": "a-long-password"}
        )
        # The harbour's own door tells webnet no time of a password; what sends secrets somewhere asks for one.
        assert browser.post(f"{API}/auth/reauthenticate/", {"password": "a-long-password"}).status == 200
        return browser


@pytest.fixture
def harbour(empty_harbour: Path, tmp_path: Path) -> Iterator[Harbour]:
    """A harbour nobody has worked in yet."""
    database = tmp_path / "harbour.sqlite3"
    shutil.copy(empty_harbour, database)
    with ExitStack() as stack:
        yield Harbour(database=database, stack=stack)


def create(browser: Browser, kind: str, **fields: Any) -> int:
    answer = browser.post(f"{API}/{kind}/", fields)
    assert answer.status == 201, answer.text
    return int(answer.json()["id"])


def add_device(browser: Browser, device: SimulatedDevice) -> int:
    """Put the simulated device into the inventory."""
    customer = create(browser, "customers", name="Harbour")
    secrets = {
        "username": device.spec.username,
        "password": device.spec.password,
        "enable_password": device.spec.enable,
    }
    credential = create(browser, "credentials", customer_id=customer, name="lamp", **secrets)
    facts = {"hostname": device.name, "mgmt_ip": device.host, "port": device.port, "platform": device.spec.platform}
    return create(browser, "devices", customer_id=customer, credential=credential, **facts)


def submit(browser: Browser, task: str, device: int, params: Mapping[str, Any]) -> int:
    answer = browser.post(
        f"{API}/tasks/execute/", {"task": task, "targets": {"device_ids": [device]}, "params": params}
    )
    assert answer.status == 202, answer.text
    return int(answer.json()["job_id"])


def ended(browser: Browser, job: int) -> Any:
    """Return the job's status once it has ended."""

    def look() -> Any:
        status = browser.get(f"{API}/tasks/status/{job}/").json()
        return status if status["state"] in {"completed", "failed"} else None

    return wait_for(look, 240, f"the end of job {job}")


def assert_ran(browser: Browser, job: int, device: SimulatedDevice) -> None:
    """Assert that the job ended well over one login, and that its page stands inside the harbour's."""
    status = ended(browser, job)
    (host,) = status["hosts"]
    assert (status["status"], host["name"], host["driver"]) == ("success", device.name, "netmiko"), status
    assert len(device.transcript.authenticated_sessions()) == 1
    assert device.transcript.config_lines() == []
    page = browser.get(f"/netops/jobs/{job}/")
    assert page.status == 200
    assert 'id="harbour-foot"' in page.text


def test_over_asgi_with_channels_beside_the_harbours_own_sockets(harbour: Harbour, sim_device: DeviceFactory) -> None:
    device, port = sim_device("quay-1", platform="cisco_ios"), free_port()
    application = "tests.compositions.embedded.asgi_channels:application"
    browser = harbour.serve("-m", "uvicorn", "--host", "127.0.0.1", "--port", str(port), application, port=port)
    headers = {"Cookie": browser.cookie_header(), "Origin": browser.url}
    with connect(f"ws://127.0.0.1:{port}/ws/foghorn/", additional_headers=headers, open_timeout=120) as horn:
        horn.send("ahoy")
        assert horn.recv(120) == "toot, ahoy"
    job = submit(browser, "run_commands", add_device(browser, device), {"commands": ["show version"]})
    events = []
    with connect(f"ws://127.0.0.1:{port}/netops/ws/live/", additional_headers=headers, open_timeout=120) as live:
        live.send(json.dumps({"subscribe": f"job:{job}", "after": 0}))
        while (message := json.loads(live.recv(120))).get("type") != "finished":
            events += message["events"]
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    assert [event["host"] for event in events if event["kind"] == "host"][-1] == "quay-1"
    assert_ran(browser, job, device)


def test_over_asgi_without_channels_behind_the_harbours_own_router(harbour: Harbour, sim_device: DeviceFactory) -> None:
    device, port = sim_device("quay-2", platform="arista_eos"), free_port()
    application = "tests.compositions.embedded.asgi_own_router:application"
    command = ("-m", "uvicorn", "--host", "127.0.0.1", "--port", str(port), application)
    browser = harbour.serve(*command, port=port, settings=WITHOUT_CHANNELS)
    assert browser.get("/tide").text == "high"
    target = add_device(browser, device)
    job = submit(browser, "backup_config", target, {})
    assert_ran(browser, job, device)
    assert 'data-ws-url=""' in browser.get(f"/netops/jobs/{job}/").text
    polled = browser.get(f"/netops/jobs/{job}/events/?after=0").json()
    assert polled["finished"] is True
    assert [event["seq"] for event in polled["events"]] == list(range(1, polled["last"] + 1))
    stored = browser.get(f"{API}/config/devices/{target}/snapshots/").json()
    assert stored["count"] == 1


def test_over_wsgi_with_a_worker_beside_it(harbour: Harbour, sim_device: DeviceFactory) -> None:
    device, port = sim_device("quay-3", platform="cisco_ios"), free_port()
    browser = harbour.serve("-m", "tests.compositions.embedded.wsgi", str(port), port=port)
    target = add_device(browser, device)
    job = submit(browser, "backup_config", target, {})
    assert browser.get(f"{API}/tasks/status/{job}/").json()["state"] == "pending"
    told = harbour.start("worker", "-m", "django", "webnet", "worker")
    assert_ran(browser, job, device)
    assert browser.get(f"{API}/config/devices/{target}/snapshots/").json()["count"] == 1
    assert "serves default" in told.read_text()
