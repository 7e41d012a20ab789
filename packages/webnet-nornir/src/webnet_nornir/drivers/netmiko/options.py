"""From a platform and a device to netmiko's own arguments."""

from __future__ import annotations

import importlib
import io
from typing import Any, Final

import paramiko
from netmiko.ssh_dispatcher import CLASS_MAPPER

from webnet_core.plugins.items import Platform
from webnet_nornir.drivers.base import Target
from webnet_nornir.drivers.privatekeys import UNREADABLE, openssh_form
from webnet_nornir.exceptions import AuthenticationRefused, InvalidConnectionOption, OperationNotSupported

NAME = "netmiko"

# What a device's own options may set: timing and dialect. Nothing that names another address, credential, host-key rule
# or file.
ALLOWED_OPTIONS: Final = frozenset(
    {
        "allow_auto_change",
        "auth_timeout",
        "banner_timeout",
        "blocking_timeout",
        "default_enter",
        "disable_lf_normalization",
        "disable_sha2_fix",
        "disabled_algorithms",
        "encoding",
        "fast_cli",
        "global_cmd_verify",
        "global_delay_factor",
        "keepalive",
        "read_timeout_override",
        "response_return",
    }
)


def connection_class(platform: Platform) -> Any:
    """Return netmiko's class for a platform: one netmiko ships, or a dotted path (``acme.netmiko:AcmeSSH``).

    Raises:
        OperationNotSupported: The platform has no name for netmiko, or netmiko has no such class.
    """
    name = platform.names.get(NAME, "")
    if ":" in name:
        module, _, attribute = name.partition(":")
        return getattr(importlib.import_module(module), attribute)
    try:
        return CLASS_MAPPER[name]
    except KeyError:
        raise OperationNotSupported(
            f"netmiko knows no device type {name!r}, which platform {platform.slug} names; correct the platform's "
            "names or update netmiko."
        ) from None


def netmiko_arguments(target: Target) -> dict[str, Any]:
    """Return the keyword arguments netmiko's class is made with for `target`.

    Raises:
        InvalidConnectionOption: The device's options hold one that is not allowed.
        AuthenticationRefused: The credential's private key cannot be read.
    """
    unknown = sorted(set(target.options) - ALLOWED_OPTIONS)
    if unknown:
        allowed = sorted(ALLOWED_OPTIONS)
        raise InvalidConnectionOption(
            f"The device's netmiko options hold {', '.join(unknown)}; allowed are {', '.join(allowed)}.",
            allowed=allowed,
        )
    secrets, timeouts = target.secrets, target.timeouts
    return {
        "device_type": target.platform.slug,
        "host": target.address,
        "port": target.port,
        "username": secrets.username,
        "password": secrets.password,
        "secret": secrets.enable_password,
        "pkey": private_key(secrets.ssh_private_key) if secrets.ssh_private_key else None,
        "use_keys": False,
        "allow_agent": False,
        "ssh_strict": True,
        "session_log": None,
        # The TCP connection stands already: to paramiko this is the time for the whole negotiation.
        "conn_timeout": timeouts.banner + 1,
        "banner_timeout": timeouts.banner,
        "auth_timeout": timeouts.auth,
        "auto_connect": False,
        **target.options,
    }


def private_key(text: str) -> paramiko.PKey:
    """Read an OpenSSH or PEM private key without a passphrase.

    Raises:
        AuthenticationRefused: It is none, or it has a passphrase.
    """
    readable = io.StringIO(openssh_form(text))
    for kind in (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey):
        readable.seek(0)
        try:
            return kind.from_private_key(readable)
        except (paramiko.SSHException, ValueError, IndexError):
            continue
    raise AuthenticationRefused(UNREADABLE, what="key")
