"""A running webnet site in processes of its own, and clients for it."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import httpx

from tests.e2e.prepared import copy_prepared
from webnet_core.testing.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
# Seconds for one answer. Limits here are there to end what hangs: they hold on a machine that is many times as busy.
PATIENCE = 120
# A site that is told one of these has a database or keys that no other has.
OWN_STATE = {"WEBNET_DATABASE_URL", "WEBNET_ENCRYPTION_KEYS", "WEBNET_SECRET_KEY", "WEBNET_JWT_KEY"}
T = TypeVar("T")


def wait_for(look: Callable[[], T | None], seconds: float, what: str, every: float = 0.1) -> T:
    """Call `look` until it returns something true, at most `seconds` long; return that."""
    limit = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > limit:
            message = f"{what} did not come about within {seconds:.0f} s (last seen: {found!r})"
            raise AssertionError(message)
        time.sleep(every)


@dataclass
class Site:
    """An example project of its own state directory, served by uvicorn in a process of its own."""

    state: Path
    port: int = field(default_factory=free_port)
    env: Mapping[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it serves."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """What its processes see."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        return kept | {
            "PYTHONPATH": str(ROOT),
            "DJANGO_SETTINGS_MODULE": "tests.e2e.settings",
            "WEBNET_STATE_DIR": str(self.state),
            "WEBNET_HOST_KEYS": "tofu",
            "WEBNET_HOST_DEADLINE": "120",
            "WEBNET_DEVICE_NETWORKS": "127.0.0.0/8",
            "WEBNET_PLUGINS": "testapp",
            **self.env,
        }

    def manage(self, *arguments: str, expect: int = 0) -> str:
        """Run a management command to its end and return what it printed."""
        command = [sys.executable, "-m", "django", *arguments]
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=300, check=False
        )
        assert done.returncode == expect, f"{arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def python(self, code: str) -> str:
        """Run `code` inside the site's Django and return what it printed."""
        return self.manage("shell", "-v0", "-c", code)

    def start(self) -> None:
        """Serve, and return when it answers."""
        command = [sys.executable, "-m", "uvicorn", "--host", "127.0.0.1", "--port", str(self.port)]
        command += ["--log-level", "warning", "example_project.asgi:application"]
        log = (self.state / "server.log").open("ab")
        with log:
            self.process = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=log, stderr=log)
        wait_for(self._answers, 120, "the site")

    def kill(self) -> None:
        """End the server as a power failure would."""
        self._signal(signal.SIGKILL)

    def stop(self) -> None:
        """End the server as Ctrl-C would."""
        self._signal(signal.SIGINT)

    def client(self, username: str = "admin", password: str = "a-long-password") -> httpx.Client:
        """Return a REST client that has signed in."""
        return sign_in(self.url, username, password)

    def _answers(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, (self.state / "server.log").read_text()
        with contextlib.suppress(httpx.HTTPError):
            return httpx.get(self.url + "/api/v1/auth/me/", timeout=PATIENCE).status_code == httpx.codes.UNAUTHORIZED
        return False

    def _signal(self, number: int) -> None:
        if self.process is not None:
            self.process.send_signal(number)
            self.process.wait(120)
            self.process = None


def sign_in(url: str, username: str, password: str) -> httpx.Client:
    """Return a client of the REST interface at `url` that carries an access token."""
    client = httpx.Client(base_url=url + "/api/v1/", timeout=PATIENCE)
    answer = client.post("auth/login/", json={"username": username, "password": password})
    assert answer.status_code == httpx.codes.OK, answer.text
    client.headers["Authorization"] = f"Bearer {answer.json()['access']}"
    return client


def browser_cookie(site: Site) -> str:
    """Sign in as a browser does, and return the session's cookie."""
    with httpx.Client(base_url=site.url, follow_redirects=True, timeout=PATIENCE) as browser:
        browser.get("/login/")
        form = {
            "username": "admin",
            "password": "a-long-password",
            "csrfmiddlewaretoken": browser.cookies["csrftoken"],
            "next": "/jobs/",
        }
        answer = browser.post("/login/", data=form, headers={"Referer": site.url + "/login/"})
        assert answer.status_code == httpx.codes.OK, answer.text
        return "; ".join(f"{name}={value}" for name, value in browser.cookies.items())


def execute(
    client: httpx.Client,
    task: str,
    targets: Mapping[str, Any],
    params: Mapping[str, Any] | None = None,
    options: Mapping[str, Any] | None = None,
) -> int:
    """Submit a read job and return its id."""
    body = {"task": task, "targets": targets, "params": params or {}, "options": options or {}}
    answer = client.post("tasks/execute/", json=body)
    assert answer.status_code == httpx.codes.ACCEPTED, answer.text
    return int(answer.json()["job_id"])


def finished(client: httpx.Client, job_id: int, seconds: float = 400) -> dict[str, Any]:
    """Wait until the job has ended and return its status."""

    def look() -> dict[str, Any] | None:
        answer = client.get(f"tasks/status/{job_id}/")
        assert answer.status_code == httpx.codes.OK, answer.text
        body: dict[str, Any] = answer.json()
        return body if body["state"] in {"completed", "failed"} else None

    return wait_for(look, seconds, f"the end of job {job_id}")


def by_name(status: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the hosts of a job's status by their names."""
    return {host["name"]: host for host in status["hosts"]}


@contextlib.contextmanager
def running(site: Site) -> Iterator[Site]:
    """Migrate, create the administrator, serve; stop at the end."""
    if OWN_STATE & set(site.env):
        _make_state(site)
    else:
        copy_prepared(site.state, lambda state: _make_state(Site(state=state)))
    site.start()
    try:
        yield site
    finally:
        site.stop()


def _make_state(site: Site) -> None:
    site.state.mkdir(parents=True, exist_ok=True)
    site.manage("migrate", "-v0")
    site.python("from example_project.seeding import ensure_admin; ensure_admin('admin', 'a-long-password')")


def add_devices(site: Site, devices: Sequence[Mapping[str, Any]], *, customer: str = "Acme") -> dict[str, int]:
    """Put devices into the inventory, each with a name, port, platform, username, password and enable secret."""
    code = f"""
import json
from webnet_core.models import Credential, Customer, Device
customer, _ = Customer.objects.get_or_create(name={customer!r})
found = {{}}
for item in json.loads({_json(devices)!r}):
    login = (item["username"], item["password"], item.get("enable", ""))
    credential, _ = Credential.objects.get_or_create(customer=customer, name="/".join(login)[:100],
        defaults=dict(username=login[0], password=login[1], enable_password=login[2]))
    device = Device.objects.create(customer=customer, hostname=item["name"], mgmt_ip="127.0.0.1", port=item["port"],
        platform=item["platform"], credential=credential)
    found[device.hostname] = device.pk
print(json.dumps(found))
"""

    found: dict[str, int] = json.loads(site.python(code).strip().splitlines()[-1])
    return found


def _json(value: Any) -> str:

    return json.dumps(list(value))
