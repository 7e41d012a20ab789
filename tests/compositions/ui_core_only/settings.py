"""Pages over core alone; without Channels they poll."""

from __future__ import annotations

from tests.compositions.absence import leave_out

leave_out(
    *("webnet_nornir", "webnet_config", "webnet_compliance", "webnet_sim"),
    *("channels", "celery", "nornir", "netmiko", "scrapli", "napalm", "paramiko"),
)
from tests.compositions.basis import *  # noqa: E402, F403
from tests.compositions.basis import DJANGO_APPS  # noqa: E402

INSTALLED_APPS = [*DJANGO_APPS, "webnet_core", "webnet_ui"]
