"""What Nornir's own registers know webnet by, for host code that builds its Nornir with `InitNornir`."""

from __future__ import annotations

from nornir.core.plugins.inventory import InventoryPluginRegister
from nornir.core.plugins.runners import RunnersPluginRegister

from webnet_nornir.inventory import DjangoInventory
from webnet_nornir.runner import WebnetRunner


def register() -> None:
    """Register ``WebnetInventory`` and ``WebnetRunner``; again is no error.

    Nornir keeps plugins of every kind in one dictionary, so the names say whose they are. No connection is registered:
    sessions are opened by `webnet_nornir.connections`, after the host key is known.
    """
    InventoryPluginRegister.register("WebnetInventory", DjangoInventory)
    RunnersPluginRegister.register("WebnetRunner", WebnetRunner)
