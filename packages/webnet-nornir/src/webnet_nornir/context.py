"""What a Nornir host carries in `host.data["webnet"]` while its task runs."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from nornir.core.inventory import Host

from webnet_core.inventory.ranges import Network
from webnet_core.plugins.items import Attempt, Phase, Platform, Risk
from webnet_nornir.drivers.base import Driver, Target, Timeouts
from webnet_nornir.exceptions import CheckpointMissing, HostError, LeaseLost, NoCredential
from webnet_nornir.wire import Wire

if TYPE_CHECKING:
    from webnet_core.secrets.models import Secrets
    from webnet_nornir.outbox import Outbox
    from webnet_nornir.selection import DriverChoice

KEY: Final = "webnet"
_WRITE_PHASES: Final = frozenset({Phase.SAVED, Phase.SENDING})


@dataclass(frozen=True, kw_only=True, slots=True)
class Login:
    """A credential laid open for one run. People see its name, never more."""

    name: str
    secrets: Secrets = field(repr=False)
    credential_id: int | None = None
    version: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class DeviceFacts:
    """A device's row as host threads may read it: plain values, no model instance."""

    id: int
    customer_id: int
    hostname: str
    address: str
    port: int = 22
    platform: str = ""
    driver: str = ""
    site: str = ""
    role: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    groups: Sequence[str] = ()
    credential_id: int | None = None
    credential_version: int = 0
    connection_options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(kw_only=True, slots=True)
class HostContext:
    """One host's part in one run. The control thread fills it at admission; the host thread reads it and `attempts`."""

    device: DeviceFacts
    platform: Platform
    drivers: Mapping[str, Driver]
    choices: Mapping[str, DriverChoice] = field(default_factory=dict)
    risk: Risk = "read"
    trust_first_use: bool = False
    repinning_required: bool = False
    known_hosts: Sequence[tuple[str, str]] = ()
    allowed_networks: Sequence[str] = ()
    ranges: Sequence[Network] = ()
    timeouts: Timeouts = field(default_factory=Timeouts)
    output_limit: int = 50 * 1024 * 1024
    logins: Sequence[Login] = field(default=(), repr=False)
    refused: set[Login] = field(default_factory=set, repr=False)
    opened: dict[str, Login] = field(default_factory=dict, repr=False)
    outbox: Outbox | None = None
    deadline: float = field(default_factory=lambda: time.monotonic() + 300)
    wire: Wire = field(default_factory=Wire)
    attempts: list[Attempt] = field(default_factory=list)
    phases: set[Phase] = field(default_factory=set)
    lease_lost: threading.Event = field(default_factory=threading.Event)
    wrote: bool = False
    used_driver: str = ""
    activity: str = "waiting to start"

    @property
    def remaining(self) -> float:
        """Seconds until the host's deadline, at least a tenth."""
        return max(0.1, self.deadline - time.monotonic())

    @property
    def sending(self) -> bool:
        """Whether bytes that write may have left: whatever ends the host now leaves its state unknown."""
        return self.wrote or Phase.SENDING in self.phases

    @property
    def open_logins(self) -> Sequence[Login]:
        """The logins that the device has not refused in this run, in the order to try them."""
        return [login for login in self.logins if login not in self.refused]

    @property
    def opened_with(self) -> Login | None:
        """The login that opened the session used last."""
        return self.opened.get(self.used_driver)

    @property
    def opened_by(self) -> int | None:
        """The id of the credential that opened the device, where there were several."""
        return self.opened_with.credential_id if self.opened_with is not None and len(self.logins) > 1 else None

    def forget_secrets(self) -> None:
        """Let go of what was laid open."""
        self.logins, self.refused, self.opened = (), set(), {}

    def begin(self, *, seconds: float, risk: Risk) -> None:
        """Start anew: one Nornir object may run several tasks on a host, one after the other."""
        self.deadline = time.monotonic() + seconds
        self.risk = risk
        self.wire = Wire()
        self.lease_lost = threading.Event()
        self.attempts, self.phases = [], set()
        self.refused, self.opened = set(), {}
        self.wrote = False
        self.used_driver = ""

    def target(self, driver: str, login: Login | None = None) -> Target:
        """Return what `driver` needs to open this device with `login`, or with the first where none is given.

        Raises:
            NoCredential: The host was not admitted with a credential.
        """
        chosen = login or next(iter(self.logins), None)
        if chosen is None:
            raise NoCredential
        return Target(
            address=self.device.address,
            port=self.device.port,
            platform=self.platform,
            secrets=chosen.secrets,
            known_hosts=self.known_hosts,
            options=self.device.connection_options.get(driver, {}),
            timeouts=self.timeouts,
            output_limit=self.output_limit,
        )

    def require_write_permission(self) -> None:
        """Make sure that a byte that writes may leave now.

        Raises:
            CheckpointMissing: `saved` and `sending` are not stored.
            LeaseLost: The device's lease is no longer ours.
        """
        if not self.phases >= _WRITE_PHASES:
            missing = ", ".join(sorted(phase.value for phase in _WRITE_PHASES - self.phases))
            raise CheckpointMissing(
                f"The task writes before its checkpoints are stored: call checkpoint() for {missing} first."
            )
        if self.lease_lost.is_set():
            raise LeaseLost


def context_of(host: Host) -> HostContext:
    """Return what `host` carries.

    Raises:
        HostError: The host does not come from DjangoInventory, or its run was not prepared by NornirManager.
    """
    context = host.data.get(KEY)
    if not isinstance(context, HostContext):
        raise HostError(
            f"Host {host.name} carries no webnet context; build the inventory with DjangoInventory and run tasks "
            "through NornirManager."
        )
    return context
