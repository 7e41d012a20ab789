"""webnet-core and none of its extras: an inventory with an API for those signed in to the site."""

from __future__ import annotations

from tests.compositions.absence import leave_out

leave_out(
    *("webnet_nornir", "webnet_config", "webnet_compliance", "webnet_ui", "webnet_sim"),
    *("channels", "celery", "jwt", "nornir", "netmiko", "scrapli", "napalm", "paramiko"),
)
from tests.compositions.basis import *  # noqa: E402, F403
from tests.compositions.basis import DJANGO_APPS  # noqa: E402

INSTALLED_APPS = [*DJANGO_APPS, "webnet_core"]
