"""A rotation that stops after its first batch and waits to be killed: ``python -m tests.db.rotation_process KEYS``."""

from __future__ import annotations

import json
import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")


def main(keys: str) -> None:
    """Rotate in batches of three; after the first full one say so and go on only when standard input ends."""
    django.setup()
    from django.conf import settings
    from django.test import override_settings

    from webnet_core.secrets.rotate import Rotation, rotate_keys

    def wait(done: Rotation) -> None:
        if done.rows < 3:
            return
        sys.stdout.write(f"{done.rows}\n")
        sys.stdout.flush()
        sys.stdin.read()

    with override_settings(WEBNET={"CORE": {**settings.WEBNET["CORE"], "ENCRYPTION_KEYS": json.loads(keys)}}):
        rotate_keys(batch=3, progress=wait)


if __name__ == "__main__":
    main(sys.argv[1])
