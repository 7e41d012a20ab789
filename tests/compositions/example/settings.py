"""The example project's settings for an environment as production has it."""

from __future__ import annotations

import os
import tempfile

from tests.compositions.absence import leave_out

leave_out("webnet_sim")
os.environ |= {
    "WEBNET_STATE_DIR": tempfile.mkdtemp(prefix="webnet-example-"),
    "WEBNET_HTTPS": "1",
    "WEBNET_ALLOWED_HOSTS": "testserver,netops.example.org",
    "WEBNET_CORS_ORIGINS": "https://dashboard.example.org",
    "WEBNET_PLUGINS": "",
}
from example_project.settings import *  # noqa: E402, F403
from example_project.settings import SECURE_SSL_REDIRECT  # noqa: E402

REDIRECT = SECURE_SSL_REDIRECT
SECURE_SSL_REDIRECT = False  # what holds on every site is asked without TLS
