"""The example project with everything in it, a database of its own in a file, and pages that only development shows."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

SCRATCH = Path(tempfile.mkdtemp(prefix="webnet-tenancy-"))
os.environ["WEBNET_STATE_DIR"] = str(SCRATCH)
from example_project.settings import *  # noqa: E402, F403
from example_project.settings import DATABASES, WEBNET  # noqa: E402

ALLOWED_HOSTS = ["testserver"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# A file, for sockets look at it from other threads.
DATABASES = {"default": {**DATABASES["default"], "TEST": {"NAME": str(SCRATCH / "test.sqlite3")}}}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
WEBNET = {
    **WEBNET,
    "CORE": {
        **WEBNET["CORE"],
        "DISPATCHER": "embedded",
        "PLUGINS_ENABLED": [],
        "WEBHOOK_NETWORKS": ["127.0.0.0/8"],
    },
    "UI": {**WEBNET["UI"], "STYLEGUIDE": True},
}
