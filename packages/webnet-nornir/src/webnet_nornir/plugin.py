"""The public door of webnet-nornir: everything a plugin may import. All else may change without notice."""

from __future__ import annotations

from webnet_nornir.connections import SessionKind
from webnet_nornir.context import DeviceFacts
from webnet_nornir.drivers.base import Announce, Driver, NornirTask, Target, Timeouts
from webnet_nornir.exceptions import (
    AuthenticationRefused,
    CliRejected,
    ConnectionLost,
    DriverMissing,
    HostError,
    IncompleteOutput,
    NornirError,
    OperationNotSupported,
    ProtocolFailure,
    TimedOut,
    Unreachable,
)
from webnet_nornir.inventory import DjangoInventory, inventory_changed
from webnet_nornir.manager import NornirManager
from webnet_nornir.operations import Facts
from webnet_nornir.perform import checkpoint, log, perform
from webnet_nornir.runner import WebnetRunner
from webnet_nornir.selection import DriverChoice

__all__ = [
    "Announce",
    "AuthenticationRefused",
    "CliRejected",
    "ConnectionLost",
    "DeviceFacts",
    "DjangoInventory",
    "Driver",
    "DriverChoice",
    "DriverMissing",
    "Facts",
    "HostError",
    "IncompleteOutput",
    "NornirError",
    "NornirManager",
    "NornirTask",
    "OperationNotSupported",
    "ProtocolFailure",
    "SessionKind",
    "Target",
    "TimedOut",
    "Timeouts",
    "Unreachable",
    "WebnetRunner",
    "checkpoint",
    "inventory_changed",
    "log",
    "perform",
]
