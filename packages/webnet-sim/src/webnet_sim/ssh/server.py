"""One SSH connection to a device: login and the terminals opened on it."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence
from typing import TYPE_CHECKING

import asyncssh

from webnet_sim.faults import ChangedHostKey, HangsAuth, RefusesAuth
from webnet_sim.ssh.channel import Channel
from webnet_sim.ssh.hostkeys import fingerprints, host_keys
from webnet_sim.transcript import digest

if TYPE_CHECKING:
    from webnet_sim.device import Device

_Challenge = tuple[str, str, str, list[tuple[str, bool]]]
_CHALLENGE: _Challenge = ("", "", "", [("Password: ", False)])


class Login(asyncssh.SSHServer):
    """Decides who is let in and notes every attempt.

    Args:
        device: The device.
        number: Number of the connection.
    """

    def __init__(self, device: Device, number: int) -> None:
        self._device = device
        self._number = number
        self._user = ""

    def begin_auth(self, username: str) -> bool:
        """Everybody needs a password."""
        self._user = username
        return True

    def password_auth_supported(self) -> bool:
        """Passwords are taken."""
        return True

    async def validate_password(self, username: str, password: str) -> bool:
        """Check a password."""
        return await self._check(username, password, "password")

    def kbdint_auth_supported(self) -> bool:
        """Passwords are also taken as the answer to a question."""
        return True

    def get_kbdint_challenge(self, username: str, lang: str, submethods: str) -> _Challenge:
        """Ask for the password."""
        return _CHALLENGE

    async def validate_kbdint_response(self, username: str, responses: Sequence[str]) -> bool:
        """Check the answer."""
        return await self._check(username, responses[0] if responses else "", "keyboard-interactive")

    def public_key_auth_supported(self) -> bool:
        """Keys are taken where the device has one."""
        return bool(self._device.spec.public_key)

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        """Check a key; asyncssh asks once for the key and once for its signature."""
        right = self._device.accepts_key(username, key.export_public_key().decode())
        right = right and RefusesAuth.name not in self._device.faults
        self._device.transcript.add(
            self._number, "auth", user=username, method="publickey", accepted=right, digest=key.get_fingerprint()
        )
        return right

    def session_requested(self) -> Channel:
        """Open a channel."""
        return Channel(self._device, self._user, self._number)

    async def _check(self, user: str, password: str, method: str) -> bool:
        faults = self._device.faults
        hangs = HangsAuth.name in faults
        right = self._device.accepts_login(user, password) and RefusesAuth.name not in faults
        self._device.transcript.add(
            self._number,
            "auth",
            user=user,
            method=method,
            accepted=None if hangs else right,
            digest=digest(password),
        )
        if hangs:
            await asyncio.Event().wait()
        return right


def make_options(device: Device) -> asyncssh.SSHServerConnectionOptions:
    """What all connections to a device have in common."""
    changed = ChangedHostKey.name in device.faults
    return asyncssh.SSHServerConnectionOptions(
        server_host_keys=list(host_keys(device.spec.name, changed=changed)),
        server_version=device.vendor.ssh_version,
        line_editor=False,
        encoding=None,
        login_timeout=0,
        compression_algs=["none"],
        gss_host=None,
        x11_forwarding=False,
        agent_forwarding=False,
    )


async def serve_connection(
    device: Device, sock: socket.socket, number: int, options: asyncssh.SSHServerConnectionOptions
) -> None:
    """Speak SSH on an accepted socket until the connection is closed; cancelling breaks it."""
    changed = ChangedHostKey.name in device.faults
    for fingerprint in fingerprints(device.spec.name, changed=changed):
        device.transcript.add(number, "host_key", fingerprint)
    connection = await asyncssh.run_server(sock, options=options, server_factory=lambda: Login(device, number))
    try:
        await connection.wait_closed()
    finally:
        connection.abort()
