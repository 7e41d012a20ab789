"""The harbour where Channels is not installed."""

from __future__ import annotations

from tests.compositions.absence import leave_out

leave_out("channels")
from tests.compositions.embedded.settings import *  # noqa: E402, F403

del CHANNEL_LAYERS  # noqa: F821
