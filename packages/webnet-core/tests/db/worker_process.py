"""A worker as a process of its own: ``python -m tests.db.worker_process '{"SILENT_AFTER_SECONDS": 2}' [queue …]``."""

from __future__ import annotations

import json
import os
import signal
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")


def main(overrides: str, *queues: str) -> None:
    """Work until SIGTERM."""
    django.setup()
    from django.conf import settings
    from django.test import override_settings
    from tests.db import executor

    from webnet_core.jobs.worker import ShardWorker
    from webnet_core.plugins.manager import temporarily

    chosen = json.loads(overrides)
    singleton = chosen.pop("singleton", False)
    core = {**settings.WEBNET["CORE"], **chosen}
    with override_settings(WEBNET={"CORE": core}), temporarily((executor.NAME, executor)):
        worker = ShardWorker(kind="test", queues=queues or ("default",), singleton=singleton)
        signal.signal(signal.SIGTERM, lambda *_: worker.stop())
        sys.stdout.write(f"{worker.name}\n")
        sys.stdout.flush()
        worker.run()


if __name__ == "__main__":
    main(*sys.argv[1:])
