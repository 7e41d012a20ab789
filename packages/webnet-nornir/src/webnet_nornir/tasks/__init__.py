"""The tasks webnet-nornir ships."""

from __future__ import annotations

from typing import Any, Final

from webnet_core.plugins.items import TaskSpec
from webnet_nornir.tasks import configuration, information

TASKS: Final[tuple[TaskSpec[Any], ...]] = (*information.TASKS, *configuration.TASKS)
