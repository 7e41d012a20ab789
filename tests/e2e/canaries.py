"""A site in whose every secret field is a canary, and everything that can be done there, heard from outside."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass, field
from typing import Any

import httpx
import psycopg
from psycopg import sql
from websockets.sync.client import connect

from tests.e2e.site import PATIENCE, finished
from tests.e2e.stacks import Stack
from tests.e2e.wiretap import Answers, Tap
from webnet_core.testing.canaries import leaks
from webnet_core.testing.ports import HOST
from webnet_core.testing.receivers import Receiver
from webnet_sim.network import Network
from webnet_sim.spec import DeviceSpec

ADMIN = "a-long-password"
# Lines are not sent by way of NAPALM.
DRIVERS = {"read": ("netmiko", "scrapli", "napalm"), "change": ("netmiko", "scrapli"), "disrupt": ("netmiko",)}
PARAMS: dict[str, dict[str, Any]] = {
    "run_commands": {"commands": ["show version"]},
    "testapp.chatter": {"lines": 3},
    "testapp.describe": {"lines": ["interface Loopback77", "description canary cage"]},
}
CANARIES = {
    "password": 'canary-pässwörd "quoted" & 77c1',
    "enable_password": "canary-enable-\\back-5b2e",
    "refused_password": "canary-refused-1f90",
    "further_password": "canary-tried-after-it-a2c4",
    "environment": "canary-environment-9d31",
    "rejected_body": "canary-rejected-66d0",
    "first_user_password": "canary-user-first-0b77",
    "user_password": 'canary-üser "second" 4e1f',
    "mistyped_password": "canary-mistyped-83aa",
    "webhook": "Y2FuYXJ5LXdlYmhvb2stYTQxZi1zZWNyZXQhLW5vYm9keQ==",
    "authenticator": "CANARYJBSWY3DPEHPK3PXP2345672345",
}
LIBRARIES = ("nornir", "netmiko", "paramiko", "paramiko.transport", "napalm", "scrapli", "asyncssh")
PAGES = (
    "/",
    "/devices/",
    "/jobs/",
    "/run/",
    "/admin/",
    "/admin/webnet_core/credential/",
    "/admin/webnet_core/apikey/",
    "/admin/webnet_core/refreshfamily/",
    "/admin/webnet_core/auditevent/",
    "/admin/webnet_core/jobevent/",
    "/admin/webnet_core/hostresult/",
    "/admin/webnet_core/shard/",
    "/admin/webnet_core/webhook/",
    "/admin/webnet_core/delivery/",
    "/admin/accounts/user/",
)
LISTS = (
    "customers/",
    "sites/",
    "credentials/",
    "devices/",
    "users/",
    "memberships/",
    "api-keys/",
    "auth/logins/",
    "auth/me/",
    "webhooks/",
    "notification-rules/",
    "deliveries/?limit=200",
    "jobs/",
    "tasks/",
    "audit/?limit=200",
    "audit/export/?format=csv",
    "audit/export/?format=jsonl",
)


@dataclass
class Run:
    """A stack after everything was done on it, with all that was heard."""

    stack: Stack
    taps: list[Tap]
    secrets: dict[str, str]
    receiver: Receiver
    answers: Answers = field(default_factory=Answers)
    frames: list[str] = field(default_factory=list)
    ids: dict[str, int] = field(default_factory=dict)
    jobs: dict[tuple[str, str], int] = field(default_factory=dict)
    client: httpx.Client = field(default_factory=httpx.Client)

    def post(self, path: str, body: dict[str, Any], *, expect: int = 201) -> dict[str, Any]:
        """Send `body` to the REST interface and return the answer."""
        answer = self.client.post(path, json=body)
        what = f"{path} {body.get('task', '')}"
        assert answer.status_code == expect, f"{what}: {answer.status_code} {answer.text}"
        found: dict[str, Any] = answer.json()
        return found

    def get(self, path: str) -> Any:
        """Return what the REST interface answers; None for what is no JSON."""
        answer = self.client.get(path)
        assert answer.status_code == httpx.codes.OK, f"{path}: {answer.status_code} {answer.text}"
        return answer.json() if "json" in answer.headers["Content-Type"].partition("; ")[0].split("/") else None

    def drivers(self, risk: str) -> tuple[str, ...]:
        """Return with which drivers a task is run; all of them on one stack: they never see the broker."""
        return DRIVERS[risk] if self.stack.name.endswith("redis") else DRIVERS[risk][:1]

    def sign_in(self, username: str, password: str) -> str:
        """Sign in over REST with a client of its own; return the refresh token."""
        self.client = self.answers.client(f"{self.stack.site.url}/api/v1/")
        body = self.post("auth/login/", {"username": username, "password": password}, expect=200)
        self.take_tokens(username, body)
        return str(body["refresh"])

    def take_tokens(self, name: str, body: dict[str, Any]) -> None:
        """Use the access token just given; from now on both tokens, and what makes the one worth something, are looked
        for.
        """
        self.client.headers["Authorization"] = f"Bearer {body['access']}"
        claims = body["refresh"].split(".")[1]
        nonce = json.loads(base64.urlsafe_b64decode(claims + "=="))["jti"]
        given = {kind: body[kind].rsplit(".")[-1] for kind in ("access", "refresh")} | {"nonce": nonce}
        self.answers.last_gives(*given.values())
        self.secrets |= {f"{kind} of {name}, {len(self.secrets)}": secret for kind, secret in given.items()}

    def leaked(self, heard: str | bytes, *, but: frozenset[str] = frozenset()) -> list[str]:
        """Return the names of the secrets that stand in what was heard."""
        return [name for name, secret in self.secrets.items() if secret not in but and leaks(heard, [secret])]


def make_specs(public_key: str) -> list[DeviceSpec]:
    return [
        DeviceSpec(name="by-password", password=CANARIES["password"], enable=CANARIES["enable_password"]),
        DeviceSpec(name="by-key", public_key=public_key),
        DeviceSpec(name="by-environment", password=CANARIES["environment"]),
        DeviceSpec(name="refuses", password="something else"),
    ]


def fill(run: Run, network: Network) -> None:
    """Put every kind of secret in over REST; what REST has no door for, through Django."""
    run.sign_in("admin", ADMIN)
    run.post("auth/reauthenticate/", {"password": ADMIN}, expect=200)
    customer = run.post("customers/", {"name": "Acme"})["id"]
    assert customer == 1, "the variable of the environment is named so"
    secrets: dict[str, dict[str, str]] = {
        "by-password": {name: CANARIES[name] for name in ("password", "enable_password")},
        "by-key": {"ssh_private_key": run.secrets["ssh_private_key"]},
        "by-environment": {"backend": "env", "reference": "CORE"},
        "refuses": {"password": CANARIES["refused_password"]},
        "further": {"password": CANARIES["further_password"]},
    }
    made = {}
    for name, given in secrets.items():
        body = {"customer_id": customer, "name": f"login {name}", "username": "admin", **given}
        made[name] = run.post("credentials/", body)["id"]
    for name in network:
        address = {"mgmt_ip": "127.0.0.1", "port": network[name].port, "platform": "cisco_ios"}
        body = {"customer_id": customer, "hostname": name, "credential": made[name], **address}
        run.ids[name] = run.post("devices/", body)["id"]
    further = run.client.put(f"devices/{run.ids['refuses']}/credentials/", json={"credentials": [made["further"]]})
    assert further.status_code == httpx.codes.OK, further.text
    kinds = [kind["key"] for kind in run.get("event-types/")["results"]]
    hook = {"customer_id": customer, "name": "siem", "url": run.receiver.url(), "events": kinds}
    run.post("webhooks/", {**hook, "secret": f"whsec_{CANARIES['webhook']}"})
    run.answers.last_gives(CANARIES["webhook"])
    wrong = {"customer_id": customer, "name": "", "username": "x", "password": CANARIES["rejected_body"]}
    run.post("credentials/", {**wrong, "ssh_private_key": f"no key {CANARIES['rejected_body']}"}, expect=400)
    run.post("credentials/", {**wrong, "name": "y", "pasword": CANARIES["rejected_body"]}, expect=400)


def sign_in_and_out(run: Run) -> None:
    """Make an account, go through every door that takes or gives a secret, and stay signed in as that account."""
    account = {"username": "olga", "role": "admin", "customer_ids": [1], "password": CANARIES["first_user_password"]}
    user = run.post("users/", account)["id"]
    run.ids["olga"] = user
    changed = run.client.patch(f"users/{user}/", json={"password": CANARIES["user_password"]})
    assert changed.status_code == httpx.codes.OK, changed.text
    run.stack.site.python(
        "from django.contrib.auth import get_user_model as users; from allauth.mfa.totp.internal.auth import TOTP\n"
        f"TOTP.activate(users().objects.create_user('second'), {CANARIES['authenticator']!r})"
    )
    run.post("auth/login/", {"username": "olga", "password": CANARIES["mistyped_password"]}, expect=401)
    refresh = run.sign_in("olga", CANARIES["user_password"])
    run.take_tokens("olga", run.post("auth/refresh/", {"refresh": refresh}, expect=200))
    run.post("auth/reauthenticate/", {"password": CANARIES["user_password"]}, expect=200)
    made = run.post("api-keys/", {"name": "robot", "scopes": ["view", "devices.repoint"]})
    key = next(value for value in made.values() if re.match(r"webnet_[0-9a-f]+_", str(value)))
    run.secrets["api key"] = key.split("_", 2)[2]
    run.answers.last_gives(run.secrets["api key"])
    with run.answers.client(f"{run.stack.site.url}/api/v1/") as robot:
        assert robot.get("devices/", headers={"X-API-Key": key}).json()["count"] == 4


def run_every_task(run: Run) -> None:
    """Run each task that is registered, with each driver, on all devices; watch every job's topic to its end."""
    targets = {"device_ids": [run.ids[name] for name in ("by-password", "by-key", "by-environment", "refuses")]}
    for task in run.get("tasks/")["results"]:
        for driver in run.drivers(task["risk"]):
            name = task["name"]
            body = {"task": name, "targets": targets, "params": PARAMS.get(name, {}), "options": {"driver": driver}}
            if task["risk"] != "read":
                body["token"] = run.post("tasks/plan/", body, expect=200)["token"]
            run.jobs[name, driver] = run.post("tasks/execute/", body, expect=202)["job_id"]
    _watch(run, _open_browser(run))
    for (name, driver), job in run.jobs.items():
        hosts = {host["name"]: host for host in finished(run.client, job)["hosts"]}
        assert hosts.pop("refuses")["error_category"] == "authentication", (name, driver)
        assert {host["status"] for host in hosts.values()} <= {"ok", "changed"}, (name, driver, hosts)


def _open_browser(run: Run) -> str:
    """Sign in as a browser does, look at the pages that there are already, and return the cookies."""
    browser = run.answers.client(run.stack.site.url)
    browser.get("/login/")
    form = {"username": "admin", "password": CANARIES["mistyped_password"]}
    form |= {"csrfmiddlewaretoken": browser.cookies["csrftoken"], "next": "/jobs/"}
    referer = {"Referer": f"{run.stack.site.url}/login/"}
    browser.post("/login/", data=form, headers=referer)
    form |= {"password": ADMIN, "csrfmiddlewaretoken": browser.cookies["csrftoken"]}
    assert browser.post("/login/", data=form, headers=referer).status_code == httpx.codes.OK
    run.secrets["session"] = browser.cookies["sessionid"]
    return "; ".join(f"{name}={value}" for name, value in browser.cookies.items())


def _watch(run: Run, cookies: str) -> None:
    headers = {"Cookie": cookies, "Origin": run.stack.site.url}
    address = f"ws://{HOST}:{run.stack.site.port}/ws/live/"
    with connect(address, additional_headers=headers, max_size=None, open_timeout=PATIENCE) as socket:
        for job in run.jobs.values():
            socket.send(json.dumps({"subscribe": f"job:{job}", "after": 0}))
            while True:
                run.frames.append(str(socket.recv(timeout=PATIENCE)))
                if json.loads(run.frames[-1]).get("type") in {"finished", "error"}:
                    break
            socket.send(json.dumps({"unsubscribe": f"job:{job}"}))


def look_at_everything(run: Run) -> None:
    """Ask for each list, object, export and page that shows something of what was stored."""
    for path in LISTS:
        run.get(path)
    for row in run.get("credentials/")["results"]:
        run.get(f"credentials/{row['id']}/")
    devices = [run.ids[name] for name in ("by-password", "by-key", "by-environment", "refuses")]
    pages = [*PAGES, f"/admin/accounts/user/{run.ids['olga']}/change/"]
    for device in devices:
        run.get(f"devices/{device}/")
        run.get(f"devices/{device}/jobs/")
        run.get(f"devices/{device}/credentials/")
        snapshots = [row["id"] for row in run.get(f"config/devices/{device}/snapshots/")["results"]]
        for snapshot in snapshots:
            run.get(f"config/snapshots/{snapshot}/?raw=true")
            pages += [f"/config/snapshots/{snapshot}/{part}" for part in ("", "raw/", "download/")]
        pages += [f"/devices/{device}/", f"/devices/{device}/jobs/", f"/admin/webnet_core/device/{device}/change/"]
    for job in run.jobs.values():
        for part in ("", "logs/", "events/", "results/", *(f"results/{device}/" for device in devices)):
            run.get(f"jobs/{job}/{part}")
        pages += [f"/jobs/{job}/", f"/jobs/{job}/events/"]
    pages += [f"/admin/webnet_core/credential/{row['id']}/change/" for row in run.get("credentials/")["results"]]
    browser = run.answers.client(run.stack.site.url)
    browser.cookies.set("sessionid", run.secrets["session"])
    for page in pages:
        answer = browser.get(page)
        assert answer.status_code == httpx.codes.OK, f"{page}: {answer.status_code}"
        assert "/login/" not in answer.url.path, page


def dump_tables(run: Run) -> dict[str, bytes]:
    """Return every row of every table as text, by table."""
    found: dict[str, bytes] = {}
    with psycopg.connect(run.stack.site.environment["WEBNET_DATABASE_URL"]) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        for (table,) in tables:
            rows = connection.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(table))).fetchall()
            values = [value for row in rows for value in row]
            found[table] = b"\n".join(
                bytes(value) if isinstance(value, (bytes, memoryview)) else _text(value) for value in values
            )
    return found


def _text(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False) if isinstance(value, (dict, list)) else str(value)).encode()
