"""A customer with an operator, devices and an executor that answers without any device, for verbs."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from tests.db import executor

from webnet_core.testing.factories import make_customer, make_devices, make_user

Webnet = Callable[..., tuple[int, Any]]


def run_verb(*arguments: str) -> tuple[int, str]:
    """Run `manage.py webnet …`; return its exit code and what it printed."""
    out = io.StringIO()
    try:
        call_command("webnet", *arguments, stdout=out)
    except SystemExit as ended:
        return int(ended.code or 0), out.getvalue()
    except CommandError as error:
        return error.returncode, str(error)
    return 0, out.getvalue()


@pytest.fixture
def webnet(db: None, webnet_plugins: Any) -> Webnet:
    """Run a verb as olga; with ``--json`` what it printed comes parsed."""
    webnet_plugins.load(proof=executor)
    customer = make_customer("Acme")
    make_user("olga", role="operator", customer=customer)
    make_user("vera", role="viewer", customer=customer)
    make_devices(1, customer, hostname="r1", role="core", last_error="\x1b[2J owned")
    make_devices(1, customer, hostname="r2", role="access")
    make_devices(1, make_customer("Other"), hostname="foreign")

    def run(*arguments: str, user: str = "olga") -> tuple[int, Any]:
        code, printed = run_verb(*arguments, "--user", user)
        return code, json.loads(printed) if "--json" in arguments else printed

    return run
