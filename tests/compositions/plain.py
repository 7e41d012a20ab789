"""The packages that the harbour has, in a site without any ideas of its own."""

from __future__ import annotations

from tests.compositions.absence import leave_out

leave_out("webnet_compliance", "webnet_sim")
from tests.compositions.basis import *  # noqa: E402, F403
from tests.compositions.basis import DJANGO_APPS  # noqa: E402

INSTALLED_APPS = [*DJANGO_APPS, "webnet_core", "webnet_nornir", "webnet_config", "webnet_ui"]
