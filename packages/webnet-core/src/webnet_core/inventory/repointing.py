"""Which changes of a device send a stored secret somewhere else: the privileged act, by whatever door it comes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from webnet_core.access.stepup import require_repoint
from webnet_core.inventory.hostkeys import forget
from webnet_core.inventory.models import Device

KEY_DROPPING = frozenset({"mgmt_ip", "port", "credential"})
REPOINTING = KEY_DROPPING | {"site"}
# Options of drivers that say when and how patiently to read. Any other may say where to go or what to accept there.
TIMING_OPTIONS = frozenset(
    {
        "auth_timeout",
        "banner_timeout",
        "blocking_timeout",
        "fast_cli",
        "global_cmd_verify",
        "global_delay_factor",
        "keepalive",
        "read_timeout_override",
    }
)


def points_elsewhere(device: Device, changed: Mapping[str, Any]) -> bool:
    """Say whether these changes decide where what is sent to a device goes, or which secret it gets.

    Arguments:
        device: as it is stored.
        changed: the new values of the fields that differ.
    """
    options = _differing(device.connection_options, changed.get("connection_options", device.connection_options))
    return not (REPOINTING.isdisjoint(changed) and options <= TIMING_OPTIONS)


def allow(user: Any, customer_id: int, *, repointing: bool) -> dict[str, str]:
    """Go on only if the user may send stored secrets elsewhere, where that is so; return what the audit shall show.

    Raises:
        PermissionDenied: see `stepup.require_repoint`.
    """
    return {"proof": require_repoint(user, customer_id)} if repointing else {}


def drop_keys(user: Any, device: Device, changed: Collection[str]) -> None:
    """Drop the pinned host keys of a device that was pointed elsewhere."""
    if not KEY_DROPPING.isdisjoint(changed):
        forget(user, device)


def _differing(before: Any, after: Any) -> set[str]:
    """Return the names of all options, of whichever driver, that are not the same in both."""
    differing: set[str] = set()
    for driver in {*_object(before), *_object(after)}:
        old, new = _object(_object(before).get(driver)), _object(_object(after).get(driver))
        differing |= {name for name in {*old, *new} if old.get(name, ...) != new.get(name, ...)}
    return differing


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
