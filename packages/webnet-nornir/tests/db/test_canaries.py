"""Every secret field holds a canary; after every task with every driver none of them is found where it may not be."""

from __future__ import annotations

import base64
import io
import json
import logging
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

from webnet_core.inventory.models import Device
from webnet_core.jobs.models import HostResult, JobEvent
from webnet_core.jobs.submit import submit
from webnet_core.plugins.registry import registry
from webnet_core.testing.canaries import dump, leaks
from webnet_core.testing.factories import make_user
from webnet_core.testing.jobs import run_jobs_inline
from webnet_core.testing.sshkeys import make_key_pair

DRIVERS = ["netmiko", "scrapli", "napalm"]
PASSWORD = 'canary-pässwörd "quoted" & 77c1'
ENABLE = "canary-enable-\\back-5b2e"
LOGGERS = (
    "",
    "webnet",
    "nornir",
    "netmiko",
    "paramiko",
    "paramiko.transport",
    "napalm",
    "scrapli",
    "asyncssh",
    "django",
)


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """All that is logged, at DEBUG, by everything that speaks with devices."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("%(name)s %(levelname)s %(message)s %(args)s"))
    before = {name: logging.getLogger(name).level for name in LOGGERS}
    for name in LOGGERS:
        logging.getLogger(name).setLevel(logging.DEBUG)
    logging.getLogger().addHandler(handler)
    yield stream
    logging.getLogger().removeHandler(handler)
    for name, level in before.items():
        logging.getLogger(name).setLevel(level)


@pytest.fixture(autouse=True)
def _commits(transactional_db: None) -> None:
    """Jobs run on connections of their own."""


def reading_tasks() -> dict[str, dict[str, Any]]:
    """Every task of the catalogue that reads, with parameters."""
    given = {"run_commands": {"commands": ["show version"]}}
    return {name: given.get(name, {}) for name, spec in registry("tasks").items() if spec.risk == "read"}


@pytest.mark.parametrize("by", ["password", "key", "nothing"])
def test_no_secret_is_found_anywhere_after_a_run(
    sim_device: Any, device_row: Any, logged: io.StringIO, by: str
) -> None:
    key = make_key_pair()
    secrets = [PASSWORD, ENABLE, key.private]
    sim = sim_device(
        password=PASSWORD if by == "password" else "another",
        enable=ENABLE,
        public_key=key.public if by == "key" else "",
    )
    row: Device = device_row(sim, password=PASSWORD, enable_password=ENABLE)
    if by == "key":
        row.credential.ssh_private_key = key.private
        row.credential.save()
    operator = make_user(role="operator", customer=row.customer, password=f"{PASSWORD} of a user")
    for driver in DRIVERS:
        for task, params in reading_tasks().items():
            submit(
                operator,
                task=task,
                targets={"device_ids": [row.pk]},
                params=params,
                options={"driver": driver},
            )
    run_jobs_inline()
    statuses = set(HostResult.objects.values_list("status", flat=True))
    assert statuses == ({"failed"} if by == "nothing" else {"ok"})
    text = logged.getvalue()
    assert "paramiko.transport DEBUG" in text, "the libraries did log"
    assert sim.transcript.auth_attempts(), "the secrets were used"
    assert leaks(dump(), secrets) == []
    assert leaks(text, secrets) == []
    assert leaks(json.dumps(list(JobEvent.objects.values("message", "data")), default=str), secrets) == []


class TestTheSearchItself:
    """What finds nothing must be able to find something."""

    @pytest.mark.parametrize(
        "spell",
        [
            str,
            json.dumps,
            repr,
            quote,
            lambda text: base64.b64encode(text.encode()).decode(),
            lambda text: base64.b64encode(b"user:" + text.encode() + b";").decode(),
            lambda text: base64.urlsafe_b64encode(b"\0u\0" + text.encode() + b"xx").decode(),
            lambda text: text.encode().hex(),
        ],
        ids=["plain", "json", "repr", "url", "base64", "base64-inside", "base64-url", "hex"],
    )
    @pytest.mark.parametrize("secret", [PASSWORD, ENABLE])
    def test_it_finds_every_spelling(self, spell: Any, secret: str) -> None:
        assert leaks(f"… {spell(secret)} …", [secret, "something else"]) == [secret[:12]]

    def test_it_finds_one_line_of_a_key(self) -> None:
        key = make_key_pair().private
        assert leaks(f"log: {key.splitlines()[2]}", [key])
        assert not leaks("-----BEGIN OPENSSH PRIVATE KEY-----", [key])

    def test_it_finds_what_was_put_into_a_row_and_into_a_log(
        self, sim_device: Any, device_row: Any, logged: io.StringIO
    ) -> None:
        row = device_row(sim_device())
        Device.objects.filter(pk=row.pk).update(last_error=f"refused {PASSWORD}")
        logging.getLogger("scrapli").debug("sent %s", ENABLE)
        assert leaks(dump(), [PASSWORD, ENABLE]) == [PASSWORD[:12]]
        assert leaks(logged.getvalue(), [PASSWORD, ENABLE]) == [ENABLE[:12]]
