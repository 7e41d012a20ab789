"""The app of webnet-nornir."""

from __future__ import annotations

import logging
from typing import Final

from django.db.backends.signals import connection_created

from webnet_core.apps import WebnetAppConfig

# These log what devices say, or say themselves what webnet tells with the device's result.
_QUIET: Final = {
    "netmiko": logging.WARNING,
    "paramiko": logging.CRITICAL,
    "scrapli": logging.CRITICAL,
}


class WebnetNornirConfig(WebnetAppConfig):
    """Registers webnet with Nornir and keeps host threads off the database."""

    name = "webnet_nornir"
    label = "webnet_nornir"
    verbose_name = "webnet: Nornir"

    def ready(self) -> None:
        """Register the inventory and the runner under their names; quieten what would log a device's text."""
        from webnet_nornir.registration import register  # noqa: PLC0415 - needs the apps
        from webnet_nornir.threads import refuse_database  # noqa: PLC0415 - needs the apps

        register()
        connection_created.connect(refuse_database, dispatch_uid="webnet_nornir.threads")
        for name, level in _QUIET.items():
            if logging.getLogger(name).level == logging.NOTSET:
                logging.getLogger(name).setLevel(level)
