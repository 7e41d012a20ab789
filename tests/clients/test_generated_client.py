"""A client that a stock generator makes from the description works a site with a simulated network behind it."""

from __future__ import annotations

import importlib
import io
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.e2e.site import Site, running
from webnet_core.api.schema import build_schema
from webnet_sim.fleet import generate
from webnet_sim.network import Network

PACKAGE = "webnet_generated_client"
PASSWORD = "a-long-password"
DEVICES = 3


@pytest.fixture(scope="module")
def client_package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The client's package, made from the description of the whole site; a warning of the generator is a failure."""
    folder = tmp_path_factory.mktemp("client")
    (folder / "openapi.json").write_text(json.dumps(build_schema()))
    tools = Path(sys.executable).parent
    command = [str(tools / "openapi-python-client"), "generate", "--path", "openapi.json", "--meta", "none"]
    command += ["--output-path", PACKAGE, "--fail-on-warning"]
    environment = {"PATH": f"{tools}:/usr/bin:/bin", "HOME": str(folder), "TERM": "dumb"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    sys.path.insert(0, str(folder))
    yield PACKAGE
    sys.path.remove(str(folder))


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with running(Site(state=tmp_path / "site")) as found:
        yield found


class Client:
    """Calls operations of the generated client by their names, each in the module that the generator gave it."""

    def __init__(self, url: str) -> None:
        self.connection: Any = module("client").Client(base_url=url, raise_on_unexpected_status=True, timeout=120)

    def sign_in(self, url: str, username: str, password: str) -> None:
        tokens = self("auth", "auth_login", body=model("LoginBody", username=username, password=password))
        kind = module("client").AuthenticatedClient
        self.connection = kind(base_url=url, token=tokens.access, raise_on_unexpected_status=True, timeout=120)

    def __call__(self, tag: str, operation: str, *args: Any, **kwargs: Any) -> Any:
        answer = module(f"api.{tag}.{operation}").sync(*args, client=self.connection, **kwargs)
        assert type(answer).__name__ != "Error", answer
        return answer


def module(name: str) -> ModuleType:
    return importlib.import_module(f"{PACKAGE}.{name}")


def model(kind: str, /, **values: Any) -> Any:
    """One of the generated models; the fields of inner objects are as JSON has them."""
    return getattr(module("models"), kind).from_dict(values)


def test_it_imports_every_module_of_the_client(client_package: str) -> None:
    root = Path(importlib.import_module(client_package).__file__ or "").parent
    found = [path.relative_to(root).with_suffix("") for path in sorted(root.rglob("*.py")) if path.stem != "__init__"]
    assert len(found) > 200
    for path in found:
        importlib.import_module(f"{client_package}.{'.'.join(path.parts)}")


def test_it_signs_in_imports_devices_runs_a_job_and_reads_what_they_answered(client_package: str, site: Site) -> None:
    client = Client(site.url)
    client.sign_in(site.url, "admin", PASSWORD)
    assert client("auth", "auth_me").username == "admin"
    customer = client("customers", "customers_create", body=model("CustomerBody", name="Acme"))
    login = model("CredentialBody", name="lab", username="admin", password="admin", customer_id=customer.id)
    client("credentials", "credentials_create", body=login)
    client("auth", "auth_reauthenticate", body=model("ReauthenticateBody", password=PASSWORD))
    with Network(generate(DEVICES, platforms=("cisco_ios",)).devices) as network:
        imported = client("devices", "devices_import", body=table(network), x_customer_id=customer.id)
        assert (imported.created, imported.errors) == (DEVICES, [])
        listed = client("devices", "devices_list", platform="cisco_ios", limit=2)
        assert (listed.count, len(listed.results)) == (DEVICES, 2)
        run = model("ExecuteBody", task="run_commands", targets={"all": True}, params={"commands": ["show version"]})
        job = client("tasks", "tasks_execute", body=run, idempotency_key="once")
        assert client("tasks", "tasks_execute", body=run, idempotency_key="once").job_id == job.job_id
        status = ended(client, job.job_id)
    assert (status.state.value, status.status.value) == ("completed", "success")
    found = client("results", "results_list", job_id=job.job_id)
    assert {row.hostname for row in found.results} == set(network)
    one = client("jobs", "jobs_result", job.job_id, found.results[0].device_id)
    assert "Cisco IOS" in one.output


def table(network: Network) -> Any:
    rows = "".join(f"{name},127.0.0.1,{network[name].port},cisco_ios,lab\n" for name in network)
    content = io.BytesIO(f"hostname,mgmt_ip,port,platform,credential\n{rows}".encode())
    file = module("types").File(payload=content, file_name="devices.csv", mime_type="text/csv")
    return module("models").ImportBody(file=file)


def ended(client: Client, job_id: int) -> Any:
    limit = time.monotonic() + 300
    while time.monotonic() < limit:
        status = client("tasks", "tasks_status", job_id)
        if status.state.value in {"completed", "failed"}:
            return status
        time.sleep(0.2)
    raise AssertionError(f"job {job_id} did not end: {status}")
