"""The example project does not start, by any of its doors, while strangers could walk in."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.compositions.processes import run_python

SETTINGS = "example_project.settings"
UVICORN = ("-m", "uvicorn", "--port", "0", "example_project.asgi:application")
CELERY = ("-m", "celery", "-A", "example_project", "worker", "--pool", "solo")
WORKER = ("-m", "django", "webnet", "worker", "--once")


@pytest.mark.parametrize(
    ("command", "environment", "told"),
    [
        (UVICORN, {"WEBNET_ALLOWED_HOSTS": "*"}, "webnet.E022"),
        (UVICORN, {"WEBNET_SECRET_KEY": "change-me"}, "webnet.E021"),
        (WORKER, {"WEBNET_ENCRYPTION_KEYS": "short"}, "webnet.E003"),
        (CELERY, {"WEBNET_BROKER_URL": "redis://192.0.2.1:6379/0"}, "webnet.E023"),
    ],
    ids=["served", "a-known-key", "a-worker", "celery"],
)
def test_an_unsafe_site_does_not_start(
    command: tuple[str, ...], environment: dict[str, str], told: str, tmp_path: Path
) -> None:
    done = run_python(*command, DJANGO_SETTINGS_MODULE=SETTINGS, WEBNET_STATE_DIR=str(tmp_path), **environment)
    assert done.returncode != 0
    assert told in done.stdout + done.stderr
