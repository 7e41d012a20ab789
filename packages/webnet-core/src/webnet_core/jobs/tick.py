"""The one tick: everything that must not be missed. Any number of drivers may call it at once."""

from __future__ import annotations

import logging

from django.db import Error

from webnet_core.plugins.registry import registry

log = logging.getLogger(__name__)


def tick() -> dict[str, int]:
    """Run every registered step once, each on its own; return what each of them did.

    A step that fails is logged with its key and does not keep the others from running.
    """
    done: dict[str, int] = {}
    for step in sorted(registry("tick_steps").values(), key=lambda item: (item.weight, item.key)):
        try:
            done[step.key] = step.run()
        except Error as error:
            log.warning("Tick step %s could not reach the database: %s", step.key, error)
        except Exception:
            log.exception("Tick step %s failed.", step.key)
    return done
