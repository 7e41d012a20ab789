"""The example project with a few more tasks to run; what speaks with devices is heard if a test wants to hear it."""

from __future__ import annotations

import os

from example_project.settings import *  # noqa: F403
from example_project.settings import INSTALLED_APPS, LOGGING, WEBNET

INSTALLED_APPS = [*INSTALLED_APPS, "tests.e2e.testapp"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # the real one takes half a second of a processor

CELERY_WORKER_LOG_FORMAT = "[%(asctime)s: %(levelname)s/%(processName)s] %(name)s: %(message)s"
# webnet quietens these libraries unless the site itself says how loud they are.
LOUD = [name for name in os.environ.get("TESTS_LOUD_LOGGERS", "").split(",") if name]
LOGGING = {**LOGGING, "loggers": {name: {"level": "DEBUG"} for name in LOUD}}
# Receivers of webhooks are on this machine, and tests submit as often as they can.
WEBNET = {
    **WEBNET,
    "CORE": {**WEBNET["CORE"], "WEBHOOK_NETWORKS": ["127.0.0.0/8"], "WEBHOOK_HTTP": True, "RATES": {"RUNS": 0}},
}
