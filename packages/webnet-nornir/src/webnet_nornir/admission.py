"""May this host start? If so, it gets driver, deadline and secrets: in the control thread, and not before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from nornir.core.inventory import Host

from webnet_core.blobs.keys import digest_key
from webnet_core.exceptions import CredentialUnreadable
from webnet_core.inventory.logins import credentials_to_try
from webnet_core.inventory.models import Device
from webnet_core.plugins.items import TaskSpec
from webnet_core.redact import current
from webnet_core.secrets.models import Credential, Secrets
from webnet_nornir.addresses import require_allowed
from webnet_nornir.choosing import choose_all, platform_of
from webnet_nornir.conf import NornirConfig
from webnet_nornir.context import HostContext, Login
from webnet_nornir.control import optional_context
from webnet_nornir.exceptions import HostError, NoCredential, SecretUnreadable


class Gate:
    """Admits the hosts of one run.

    Args:
        devices: Rows of the run's devices, with site and credential loaded.
        spec: What will run.
        config: Deadline, driver and timeouts of the run.
    """

    def __init__(self, devices: Iterable[Device], spec: TaskSpec[Any], config: NornirConfig) -> None:
        self._devices = {str(device.pk): device for device in devices}
        self._spec = spec
        self._config = config
        self._masked: list[str] = []
        self._candidates: Mapping[int, Sequence[Credential]] | None = None
        self._opened: dict[int, Secrets | CredentialUnreadable] = {}

    def device(self, host: Host) -> Device:
        """Return the host's row."""
        return self._devices[host.name]

    def open(self, host: Host) -> HostContext:
        """Fill the host's context with what it needs to start, secrets last; its deadline counts from here.

        Raises:
            HostError: The host cannot start; the error says why.
        """
        device = self.device(host)
        context = optional_context(host)
        if context is None:
            platform_of(device.platform)
            raise HostError("The host was built without a context; build the inventory with DjangoInventory.")
        if not device.enabled:
            raise HostError("The device is disabled.")
        _load_digest_key()
        require_allowed(context.device.address, context.allowed_networks, context.ranges)
        context.choices = choose_all(context.device, context.platform, self._spec.needs, self._config.options)
        context.begin(seconds=self._config.deadline(self._spec), risk=self._spec.risk)
        context.logins = self._logins(device)
        return context

    def close(self) -> None:
        """Forget the run's secrets."""
        current().discard(*self._masked)
        self._masked.clear()
        self._opened.clear()

    def _logins(self, device: Device) -> list[Login]:
        """Lay open what may be tried on a device: at most as many as the site allows, for accounts get locked."""
        if self._candidates is None:
            self._candidates = credentials_to_try(self._devices.values())
        credentials = self._candidates[device.pk][: self._config.section.LOGIN_TRIES]
        if not credentials:
            raise NoCredential
        opened = [(one, self._open_once(one)) for one in credentials]
        logins = [
            Login(name=one.name, secrets=found, credential_id=one.pk, version=one.version)
            for one, found in opened
            if isinstance(found, Secrets)
        ]
        unreadable = next((found for _, found in opened if isinstance(found, CredentialUnreadable)), None)
        if not logins and unreadable is not None:
            raise SecretUnreadable(unreadable.message) from unreadable
        return logins

    def _open_once(self, credential: Credential) -> Secrets | CredentialUnreadable:
        """Ask for a credential's secrets once a run, whatever becomes of it: a backend may be slow, or away."""
        if credential.pk not in self._opened:
            try:
                secrets = credential.reveal()
            except CredentialUnreadable as error:
                self._opened[credential.pk] = error
            else:
                current().add(*secrets.values())
                self._masked.extend(secrets.values())
                self._opened[credential.pk] = secrets
        return self._opened[credential.pk]


def _load_digest_key() -> None:
    """Have the key of digests in memory: host threads digest what they read and may not ask the database for it."""
    try:
        digest_key()
    except CredentialUnreadable as error:
        raise SecretUnreadable(error.message) from error
