"""From a platform and a device to scrapli's own arguments."""

from __future__ import annotations

from typing import Any, Final

from scrapli import Scrapli
from scrapli.exceptions import ScrapliModuleNotFound

from webnet_nornir.drivers.base import Target
from webnet_nornir.exceptions import InvalidConnectionOption, OperationNotSupported

NAME = "scrapli"

# What a device's own options may set: dialect. Nothing that names another address, credential, host-key rule or file.
ALLOWED_OPTIONS: Final = frozenset({"comms_return_char", "comms_roughly_match_inputs", "variant"})


def new_connection(target: Target) -> Any:
    """Return scrapli's object for `target`, which has opened nothing yet.

    Raises:
        InvalidConnectionOption: The device's options hold one that is not allowed.
        OperationNotSupported: scrapli has no such platform.
    """
    unknown = sorted(set(target.options) - ALLOWED_OPTIONS)
    if unknown:
        allowed = sorted(ALLOWED_OPTIONS)
        raise InvalidConnectionOption(
            f"The device's scrapli options hold {', '.join(unknown)}; allowed are {', '.join(allowed)}.",
            allowed=allowed,
        )
    name = target.platform.names.get(NAME, "")
    try:
        return Scrapli(platform=name, **_arguments(target), **target.options)
    except ScrapliModuleNotFound:
        raise OperationNotSupported(
            f"scrapli knows no platform {name!r}, which platform {target.platform.slug} names; correct the platform's "
            "names or update scrapli."
        ) from None


def _arguments(target: Target) -> dict[str, Any]:
    return {
        "host": target.address,
        "port": target.port,
        "auth_username": target.secrets.username,
        "auth_password": target.secrets.password,
        "auth_secondary": target.secrets.enable_password,
        "auth_strict_key": True,
        "transport": "ssh2",
        # Zero: scrapli starts a thread for each timeout of its own. `CheckedTransport` keeps the time.
        "timeout_ops": 0,
        "timeout_transport": 0,
    }
