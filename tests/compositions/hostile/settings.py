"""webnet-core alone, with the apps and the WEBNET that the environment names."""

from __future__ import annotations

import json
import os
from typing import Any

from tests.compositions.absence import leave_out

leave_out(
    *("webnet_nornir", "webnet_config", "webnet_compliance", "webnet_ui", "webnet_sim"),
    *("channels", "celery", "jwt", "nornir", "netmiko", "scrapli", "napalm", "paramiko"),
)
from tests.compositions.basis import *  # noqa: E402, F403
from tests.compositions.basis import DJANGO_APPS  # noqa: E402
from tests.compositions.basis import WEBNET as BASIS  # noqa: E402

APPS = [name for name in os.environ.get("HOSTILE_APPS", "").split(",") if name]
INSTALLED_APPS = [*DJANGO_APPS, "webnet_core", *APPS]
GIVEN: dict[str, Any] = json.loads(os.environ.get("HOSTILE_WEBNET", "{}"))
WEBNET = {section: {**BASIS.get(section, {}), **GIVEN.get(section, {})} for section in {**BASIS, **GIVEN}}
WEBNET["CORE"]["PLUGINS_ENABLED"] = APPS
