"""Core and the executor: jobs on devices, no pages."""

from __future__ import annotations

from tests.compositions.absence import leave_out

leave_out("webnet_config", "webnet_compliance", "webnet_ui", "webnet_sim", "celery")
from tests.compositions.basis import *  # noqa: E402, F403
from tests.compositions.basis import DJANGO_APPS  # noqa: E402

INSTALLED_APPS = [*DJANGO_APPS, "webnet_core", "webnet_nornir"]
