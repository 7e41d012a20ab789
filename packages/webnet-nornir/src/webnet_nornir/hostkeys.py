"""The one place that decides whether a device's host key is trusted, before anything secret is sent to it."""

from __future__ import annotations

from collections.abc import Sequence

from webnet_core.inventory.hostkeys import fingerprint
from webnet_nornir.context import HostContext
from webnet_nornir.dial import dial_device
from webnet_nornir.drivers.base import Driver
from webnet_nornir.exceptions import HostKeyChanged, HostKeyUnknown, RepinningRequired
from webnet_nornir.outbox import KeyShown


def known_hosts(context: HostContext, driver: Driver, host: str) -> Sequence[tuple[str, str]]:
    """Return the only keys the device may show, asking it for its key on first contact.

    The driver checks them again in the session that logs in, so what is shown here and used there cannot differ.

    Args:
        context: The host's; what is pinned here is remembered in it.
        driver: The one about to log in; it asks for the key, so that the type it will be shown is the type pinned.
        host: Nornir's name of the host.

    Raises:
        HostKeyUnknown: Nothing is pinned and first use is not trusted; the error names the fingerprint shown.
        RepinningRequired: Its key was dropped when it was pointed elsewhere, and none was accepted since.
        HostError: The device could not be asked.
    """
    if context.known_hosts:
        return context.known_hosts
    key_type, key = _ask_device(context, driver)
    if context.repinning_required:
        raise RepinningRequired(
            f"{context.device.hostname} was pointed elsewhere since its host key was pinned, so the key it shows now, "
            f"{fingerprint(key)} ({key_type}), is not trusted by itself. Compare it with the device's own and accept "
            "it for the device. No password was sent.",
            shown=fingerprint(key),
            key_type=key_type,
            key=key,
        )
    if not context.trust_first_use or context.outbox is None:
        raise HostKeyUnknown(
            f"No host key is pinned for {context.device.hostname}, and first use is not trusted here. It shows "
            f"{fingerprint(key)} ({key_type}). Compare that with the device's own and accept it on the device's page. "
            "No password was sent.",
            shown=fingerprint(key),
            key_type=key_type,
            key=key,
        )
    context.outbox.ask(KeyShown(host=host, key_type=key_type, key=key), context.wire)
    context.known_hosts = ((key_type, key),)
    return context.known_hosts


def require_pinned(known: Sequence[tuple[str, str]], key_type: str, key: str) -> None:
    """Make sure that a key a device shows is one of those pinned for it.

    Args:
        known: The (key type, base64 key) pairs pinned.
        key_type: Type of the key shown.
        key: The key shown, base64.

    Raises:
        HostKeyUnknown: Nothing is pinned.
        HostKeyChanged: Others are pinned.
    """
    if (key_type, key) in known:
        return
    if not known:
        raise HostKeyUnknown(shown=fingerprint(key))
    pinned = next(((kind, text) for kind, text in known if kind == key_type), known[0])
    raise changed_key((key_type, key), pinned)


def changed_key(shown: tuple[str, str], pinned: tuple[str, str]) -> HostKeyChanged:
    """Return the error for a device that shows the (type, base64 key) `shown` where `pinned` is expected."""
    new, old = fingerprint(shown[1]), fingerprint(pinned[1])
    return HostKeyChanged(
        f"The device shows the host key {new} ({shown[0]}) where {old} ({pinned[0]}) is pinned. No password was sent. "
        "If the device was replaced or re-keyed, accept its new key on the device's page; if not, somebody may be in "
        "between.",
        shown=new,
        pinned=old,
        key_type=shown[0],
        key=shown[1],
    )


def _ask_device(context: HostContext, driver: Driver) -> tuple[str, str]:
    sock = dial_device(context)
    try:
        return driver.show_key(context.target(driver.name), sock)
    finally:
        context.wire.release(None, sock)
