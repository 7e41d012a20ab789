"""The harbour before webnet came."""

from __future__ import annotations

from tests.compositions.embedded.settings import *  # noqa: F403
from tests.compositions.embedded.settings import INSTALLED_APPS as WITH_WEBNET
from tests.compositions.embedded.settings import WEBNET_APPS

INSTALLED_APPS = [name for name in WITH_WEBNET if name not in WEBNET_APPS]
del WEBNET  # noqa: F821
