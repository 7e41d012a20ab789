"""From a platform and a device to NAPALM's own arguments."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, Final

from webnet_nornir.drivers.base import Target

NAME = "napalm"

# NAPALM's drivers that work over a command line webnet opened, by NAPALM's own names, with the arguments each needs for
# that. The others speak HTTPS, NETCONF or an XML agent.
OVER_SSH: Final[Mapping[str, Mapping[str, Any]]] = {
    # Files go through the session at hand: SCP would open a second one, past the host-key check.
    "ios": {"transport": "ssh", "inline_transfer": True},
    "eos": {"transport": "ssh"},
    "nxos_ssh": {},
}

# What NAPALM's other drivers of our platforms speak, where it is not their vendor's own interface over HTTPS.
OTHER_WAYS: Final[Mapping[str, str]] = {"junos": "NETCONF", "iosxr_netconf": "NETCONF", "sros": "NETCONF"}

# NAPALM's drivers that send a whole configuration through a session they open themselves, past the host-key check.
OWN_SESSION_TO_REPLACE: Final = frozenset({"nxos_ssh"})

# What a device's own options may set beside netmiko's: where files go and how locks are taken, no address or secret.
OWN_OPTIONS: Final = frozenset(
    {"auto_file_prompt", "auto_rollback_on_error", "canonical_int", "dest_file_system", "lock_disable"}
)


def split_options(target: Target) -> tuple[dict[str, Any], Target]:
    """Return NAPALM's optional arguments for a device, and the target with what is left for netmiko."""
    own = {name: value for name, value in target.options.items() if name in OWN_OPTIONS}
    rest = {name: value for name, value in target.options.items() if name not in OWN_OPTIONS}
    fixed = OVER_SSH[target.platform.names[NAME]]
    return {**own, **fixed}, dataclasses.replace(target, options=rest)
