"""The example project with everything in it, as the tests between customers have it, and a token for its metrics."""

from __future__ import annotations

from tests.tenancy.settings import *  # noqa: F403
from tests.tenancy.settings import WEBNET

METRICS_TOKEN = "m" * 40
ALLOWED_HOSTS = ["testserver", "localhost"]
# Simulated devices are on this machine, and nobody knows their keys beforehand.
_SIMULATED = {"DEVICE_NETWORKS": ["127.0.0.0/8"], "HOST_KEYS": "tofu"}
WEBNET = {**WEBNET, "CORE": {**WEBNET["CORE"], "METRICS_TOKEN": METRICS_TOKEN, **_SIMULATED}}
