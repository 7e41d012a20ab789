"""A simulated device: its configuration, its state, its faults, its transcript."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from hashlib import sha256
from ipaddress import IPv4Interface
from typing import Protocol, TypeVar

from webnet_sim.faults import ClosedPort, Fault
from webnet_sim.shell.files import Files
from webnet_sim.shell.session import Session
from webnet_sim.shell.timers import Timers
from webnet_sim.shell.tree import Line
from webnet_sim.spec import DeviceSpec, LinkEnd
from webnet_sim.transcript import Transcript
from webnet_sim.vendors.catalogue import get_vendor


class Part(Protocol):
    """Something a device has one of."""

    def __init__(self, device: Device, /) -> None:
        """Make it for a device."""


P = TypeVar("P", bound=Part)


@dataclass(frozen=True, slots=True)
class Change:
    """When something was last done to the configuration, and by whom; no name is the local console."""

    at: datetime
    user: str


class Clock:
    """The time a device believes it is.

    Args:
        rate: How many seconds pass in one real second.
    """

    def __init__(self, rate: float = 1.0) -> None:
        self._rate = rate
        self._started = datetime.now(UTC)
        self._ahead = timedelta()

    def __call__(self) -> datetime:
        """The time now."""
        return self._started + (datetime.now(UTC) - self._started) * self._rate + self._ahead

    def advance(self, seconds: float) -> None:
        """Let so much time pass at once."""
        self._ahead += timedelta(seconds=seconds)


class Device:
    """A device's state. It knows nothing of SSH; a `Session` on it is one login.

    Args:
        spec: What it is.
        fabric: All devices of its network by name, itself included; neighbours are looked up there.
        transcript: Where what clients send is noted.
        clock: Gives the time the device believes it is; without one, real time at the rate of the spec.
    """

    def __init__(
        self,
        spec: DeviceSpec,
        *,
        fabric: Mapping[str, Device] | None = None,
        transcript: Transcript | None = None,
        clock: Callable[[], datetime] | None = None,
    ) -> None:
        self.spec = spec
        self.vendor = get_vendor(spec.platform)
        self.fabric: Mapping[str, Device] = fabric if fabric is not None else {spec.name: self}
        self.transcript = transcript or Transcript()
        self.clock: Callable[[], datetime] = clock or Clock(spec.clock_rate)
        self.faults: dict[str, Fault] = {fault.name: fault for fault in spec.faults}
        self.secrets: dict[str, str] = {}
        self.timers = Timers(self.clock)
        self.files = Files(self.vendor.file_prefixes, self.vendor.file_home)
        self.booted = self.clock() - timedelta(minutes=self.draw("uptime", 300 * 24 * 60))
        self.changed: Change | None = None
        self.saved: Change | None = None
        self._tree: Line | None = None
        self._parts: dict[type[object], object] = {}
        self._rendered: list[str] | None = None
        self._startup: list[str] | None = None

    @property
    def tree(self) -> Line:
        """The running configuration, as it is at this moment."""
        self.timers.ring_due()
        if self._tree is None:
            text = self.spec.config or self.vendor.base_config(self.spec)
            self._tree = self.vendor.dialect.load(f"{text}\n{self.spec.extra_config}")
        return self._tree

    def replace_tree(self, tree: Line, user: str, *, at: datetime | None = None) -> None:
        """Give the device another running configuration.

        Args:
            tree: The configuration.
            user: Who did it.
            at: When; now, unless a timer did it that was due before.
        """
        self.keep_startup()
        self._tree = tree
        self._rendered = None
        self.changed = Change(at or self.clock(), user)

    @contextmanager
    def seen_as(self, tree: Line) -> Iterator[None]:
        """Look at the device as if this were its configuration: what checks of a candidate need."""
        before, self._tree = self.tree, tree
        try:
            yield
        finally:
            self._tree = before

    def part(self, kind: type[P]) -> P:
        """Something this device has one of, made when first asked for: its candidate, its archive.

        Args:
            kind: A class whose objects are made from the device alone.
        """
        if kind not in self._parts:
            self._parts[kind] = kind(self)
        found = self._parts[kind]
        assert isinstance(found, kind)  # noqa: S101 - it was made two lines above
        return found

    @cached_property
    def ports(self) -> tuple[str, ...]:
        """Physical interfaces, in order."""
        names = self.spec.interfaces or self.vendor.default_interfaces(self.model)
        linked = [end.interface for end in self.spec.links]
        return tuple(sorted({*names, *linked}, key=self.vendor.names.sort_key))

    @property
    def model(self) -> str:
        """Hardware model."""
        return self.spec.model or self.vendor.model

    @property
    def version(self) -> str:
        """Operating system version."""
        return self.spec.version or self.vendor.version

    @property
    def serial(self) -> str:
        """Serial number."""
        return self.spec.serial or self.vendor.serial_form.format(self.draw("serial", 10**7))

    @property
    def hostname(self) -> str:
        """The configured host name."""
        return self.vendor.dialect.hostname(self.tree) or self.spec.name

    @property
    def prompt_name(self) -> str:
        """The host name as far as the prompt shows it."""
        return self.hostname[: self.vendor.name_limit]

    def draw(self, what: str, limit: int) -> int:
        """A number below the limit that is always the same for this device and purpose."""
        return int.from_bytes(sha256(f"{self.spec.name}/{what}".encode()).digest()[:8]) % limit

    def mac(self, interface: str) -> str:
        """Twelve hexadecimal digits: the hardware address of an interface."""
        return f"0050{self.draw('mac', 1 << 20):05x}{self.draw(interface, 1 << 12):03x}"

    # -- configuration

    def body(self) -> list[str]:
        """The running configuration's top sections, each a text of one or more lines, in order."""
        tree = self.tree
        if self._rendered is None:
            self._rendered = self.vendor.dialect.render(tree)
        return self._rendered

    def note_change(self, user: str, *, changed: bool = False) -> None:
        """Remember who configured, and that the text has to be rendered anew where it changed."""
        self.changed = Change(self.clock(), user)
        if changed:
            self._rendered = None

    def running_config(self) -> str:
        """What the device prints for its running configuration."""
        return self.vendor.show_running(self)

    def keep_startup(self) -> None:
        """Remember the configuration the device booted from, before the first change to it."""
        if self._startup is None:
            self._startup = list(self.body())

    def startup(self) -> list[str]:
        """The saved configuration's top sections; a device that never saved has those it booted from."""
        self.keep_startup()
        return self._startup or []

    def save(self, user: str) -> None:
        """Make the running configuration the one to boot from."""
        self.saved = Change(self.clock(), user)
        self._startup = list(self.body())

    # -- interfaces and neighbours

    def interface(self, name: str) -> Line | None:
        """An interface's section of the configuration."""
        return self.vendor.dialect.interface(self.tree, name)

    def interfaces(self) -> Iterator[tuple[str, Line]]:
        """All interfaces with their configuration: those configured and the physical ones without any."""
        configured = self.vendor.dialect.interfaces(self.tree)
        names = {*configured, *self.ports}
        for name in sorted(names, key=self.vendor.names.sort_key):
            yield name, configured.get(name) or Line(f"interface {name}")

    def link(self, interface: str) -> LinkEnd | None:
        """The cable in an interface."""
        return next((end for end in self.spec.links if end.interface == interface), None)

    def switched_on(self) -> bool:
        """Whether the device runs at all."""
        return ClosedPort.name not in self.faults

    def enabled(self, interface: str) -> bool:
        """Whether an interface is not shut down by configuration."""
        section = self.interface(interface)
        return section is None or self.vendor.dialect.enabled(section)

    def up(self, interface: str) -> bool:
        """Whether an interface has a link: virtual, management, or cabled to an enabled one that runs."""
        if not self.enabled(interface):
            return False
        end = self.link(interface)
        if end is None:
            return interface not in self.ports or interface in self._managed()
        peer = self.fabric.get(end.peer)
        return peer is not None and peer.switched_on() and peer.enabled(end.peer_interface)

    def _managed(self) -> set[str]:
        return {
            name
            for name in self.ports
            if name.startswith(("Management", "GigabitEthernet0", "mgmt", "fxp", "em", "me")) and "/" not in name
        }

    def neighbours(self) -> Iterator[tuple[LinkEnd, Device]]:
        """The devices at the other end of each link that is up, by local interface."""
        for end in sorted(self.spec.links, key=lambda end: self.vendor.names.sort_key(end.interface)):
            peer = self.fabric.get(end.peer)
            if peer and self.up(end.interface) and peer.speaks_lldp():
                yield end, peer

    def address(self, interface: str) -> IPv4Interface | None:
        """The IPv4 address of an interface."""
        section = self.interface(interface)
        return self.vendor.dialect.address(section) if section else None

    def speaks_lldp(self) -> bool:
        """Whether LLDP is switched on."""
        return self.vendor.speaks_lldp(self)

    def management_address(self) -> str:
        """The address neighbours are told to manage the device by; empty when it has none."""
        return self.spec.management.partition("/")[0] or self.spec.loopback

    def pass_time(self, seconds: float) -> None:
        """Let so much time pass on the device at once; what was due by then has happened.

        Raises:
            TypeError: The device was given a clock that cannot be moved.
        """
        if not isinstance(self.clock, Clock):
            msg = "this device was given a clock of its own; move that one"
            raise TypeError(msg)
        self.clock.advance(seconds)
        self.timers.ring_due()

    # -- sessions

    @property
    def enable_secret(self) -> str:
        """What `enable` asks for; empty when nothing was set."""
        return self.secrets.get("enable", self.spec.enable)

    def accepts_login(self, user: str, password: str) -> bool:
        """Whether this name and password are let in."""
        known = self.secrets.get(f"username {user}", self.spec.password if user == self.spec.username else "")
        return bool(known) and password == known

    def accepts_key(self, user: str, key: str) -> bool:
        """Whether this name is let in by a public key, written as ``<type> <base64>``."""
        return user == self.spec.username and bool(key) and self.spec.public_key.split()[:2] == key.split()[:2]

    def login(self, user: str) -> Session:
        """A new session for somebody who logged in over the network."""
        level = self.spec.level if self.vendor.asks_enable else 15
        return Session(self, user=user, level=level)

    def console(self, *lines: str, user: str = "") -> str:
        """Type lines at the local console, privileged, without a transcript; gives all that was printed."""
        session = Session(self, user=user)
        printed = "".join(session.execute(line) for line in lines)
        session.leave_configuration()
        return printed
