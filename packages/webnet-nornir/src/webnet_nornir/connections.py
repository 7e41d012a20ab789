"""Opens, keeps and closes sessions: one owner at a time, none left over."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from nornir.core.inventory import Host
from nornir.core.plugins.connections import ConnectionPlugin

from webnet_core.plugins.items import Attempt, ErrorCategory
from webnet_nornir import hostkeys
from webnet_nornir.context import HostContext, Login, context_of
from webnet_nornir.dial import dial_device
from webnet_nornir.drivers.base import Driver
from webnet_nornir.exceptions import AuthenticationRefused, DriverMissing, HostError, NoCredential
from webnet_nornir.outbox import LogLine

SessionKind: TypeAlias = Literal["pooled", "fresh"]


@dataclass(frozen=True, slots=True)
class PoolKey:
    """What two jobs must agree on to use one session after the other."""

    customer_id: int
    device_id: int
    driver: str
    address: str
    port: int
    credential: tuple[int | None, int]
    options: str


@dataclass(slots=True)
class _Idle:
    driver: Driver
    connection: ConnectionPlugin
    since: float = field(default_factory=time.monotonic)


class ConnectionPool:
    """Sessions of one process that nobody uses just now.

    Args:
        idle_seconds: How long an unused session is kept; 0 closes it at once.
        cap: How many are kept at most; the one unused longest goes first.
    """

    def __init__(self, *, idle_seconds: float = 0.0, cap: int = 100) -> None:
        self._idle_seconds = idle_seconds
        self._cap = cap
        self._idle: dict[PoolKey, _Idle] = {}
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._idle)

    def take(self, key: PoolKey) -> ConnectionPlugin | None:
        """Return a live session for `key` and forget it, or None."""
        with self._lock:
            found = self._idle.pop(key, None)
        if found is None:
            return None
        if time.monotonic() - found.since <= self._idle_seconds and found.driver.alive(found.connection):
            return found.connection
        found.connection.close()
        return None

    def give_back(self, key: PoolKey, driver: Driver, connection: ConnectionPlugin) -> None:
        """Keep a session that is fit for another job; close it where it is not, or where nothing is kept."""
        if self._idle_seconds <= 0 or not driver.alive(connection):
            connection.close()
            return
        with self._lock:
            displaced = [self._idle.pop(key, None)]
            self._idle[key] = _Idle(driver, connection)
            while len(self._idle) > self._cap:
                displaced.append(self._idle.pop(min(self._idle, key=lambda one: self._idle[one].since)))
        for one in displaced:
            if one is not None:
                one.connection.close()

    def drop(self, *, device_id: int | None = None, older_than: float | None = None) -> int:
        """Close idle sessions: all, those of one device, or those unused for `older_than` seconds; return how many."""
        now = time.monotonic()
        with self._lock:
            keys = [
                key
                for key, idle in self._idle.items()
                if device_id in (None, key.device_id) and (older_than is None or now - idle.since >= older_than)
            ]
            dropped = [self._idle.pop(key) for key in keys]
        for one in dropped:
            one.connection.close()
        return len(dropped)


pool = ConnectionPool()


def pool_key(context: HostContext, driver: str, login: Login | None = None) -> PoolKey:
    """Return the key under which a session of `driver` on this host, opened by `login`, may be kept."""
    device = context.device
    credential = (device.credential_id, device.credential_version)
    options = json.dumps(device.connection_options.get(driver, {}), sort_keys=True, default=str)
    return PoolKey(
        customer_id=device.customer_id,
        device_id=device.id,
        driver=driver,
        address=device.address,
        port=device.port,
        credential=credential if login is None else (login.credential_id, login.version),
        options=hashlib.sha256(options.encode()).hexdigest()[:16],
    )


def connect(host: Host, driver_name: str) -> ConnectionPlugin:
    """Return the host's session of a driver, opening one where it has none yet.

    Real Nornir tasks find it as ``host.connections[driver_name]``.

    Raises:
        HostError: The session cannot be opened; the error tells why.
    """
    held = host.connections.get(driver_name)
    if held is not None:
        return held
    context = context_of(host)
    driver = installed_driver(context, driver_name)
    connection = _kept(context, driver) or open_session(context, driver, host.name)
    context.used_driver = driver_name
    host.connections[driver_name] = connection
    return connection


def open_session(context: HostContext, driver: Driver, host: str) -> ConnectionPlugin:
    """Open a new session: host key first, then TCP, then the login, all of it within the host's deadline.

    Where the device refuses a login, the next one is tried on a connection of its own. Nothing else makes it try
    another, and what was refused once is not sent again in this run.

    Raises:
        HostError: The session cannot be opened, or the device refused the last login there is.
    """
    context.activity = "being asked for its host key"
    hostkeys.known_hosts(context, driver, host)
    logins = context.open_logins
    if not logins:
        if not context.logins:
            raise NoCredential
        raise AuthenticationRefused("The device refused every credential it may be opened with.")
    for place, login in enumerate(logins, start=1):
        started = time.monotonic()
        try:
            return _log_in(context, driver, login)
        except Exception as error:
            refusal = _refusal(context, driver, error)
            if refusal is None:
                raise
            context.refused.add(login)
            if place == len(logins):
                raise _refused_all(context, refusal) from error
            _tell_refusal(context, driver, host, (login, logins[place]), started)
    raise NoCredential  # pragma: no cover - the loop ends by itself


def _log_in(context: HostContext, driver: Driver, login: Login) -> ConnectionPlugin:
    context.activity = "being connected to"
    sock = dial_device(context)
    context.activity = f"logging in through {driver.name}"
    target = context.target(driver.name, login)
    connection = driver.open(target, sock, lambda opened: context.wire.hold(driver, opened))
    context.wire.release(None, sock)
    context.opened[driver.name] = login
    return connection


def _refusal(context: HostContext, driver: Driver, error: Exception) -> AuthenticationRefused | None:
    """Return what the device said to a login it refused; None for whatever else went wrong."""
    failure = error if isinstance(error, HostError) else driver.failure(error)
    if context.wire.is_cut or not isinstance(failure, AuthenticationRefused) or failure.what:
        return None
    return failure


def _refused_all(context: HostContext, refusal: AuthenticationRefused) -> AuthenticationRefused:
    if len(context.logins) == 1:
        return refusal
    names = ", ".join(login.name for login in context.logins)
    return AuthenticationRefused(f"{refusal.message} Tried: {names}.")


def _tell_refusal(context: HostContext, driver: Driver, host: str, logins: tuple[Login, Login], started: float) -> None:
    refused, following = logins
    message = f"The device refused the credential {refused.name}."
    context.attempts.append(
        Attempt(
            driver=driver.name,
            operation="login",
            seconds=round(time.monotonic() - started, 3),
            error=ErrorCategory.AUTHENTICATION,
            message=message,
        )
    )
    if context.outbox is not None:
        line = f"{driver.name}: {message} Trying {following.name}."
        context.outbox.put(LogLine(host=host, message=line, level="warning"), context.wire)


def _kept(context: HostContext, driver: Driver) -> ConnectionPlugin | None:
    """Take a session out of the pool that one of the host's logins opened."""
    for login in context.open_logins:
        connection = pool.take(pool_key(context, driver.name, login))
        if connection is not None:
            context.wire.hold(driver, connection)
            context.opened[driver.name] = login
            return connection
    return None


@contextmanager
def fresh_session(host: Host, driver_name: str) -> Iterator[ConnectionPlugin]:
    """Stand a new session beside the one the host has, and close it afterwards; the old one stays open meanwhile."""
    context = context_of(host)
    driver = installed_driver(context, driver_name)
    before = host.connections.pop(driver_name, None)
    try:
        connection = host.connections[driver_name] = open_session(context, driver, host.name)
        context.used_driver = driver_name
        yield connection
    finally:
        opened = host.connections.pop(driver_name, None)
        if opened is not None:
            opened.close()
            context.wire.release(opened)
        if before is not None:
            host.connections[driver_name] = before


def settle(host: Host, *, reusable: bool) -> None:
    """Give back or close every session of a host whose task has ended."""
    context = context_of(host)
    for name in list(host.connections):
        connection = host.connections.pop(name)
        driver = context.drivers[name]
        if reusable and not context.wire.is_cut:
            pool.give_back(pool_key(context, name, context.opened.get(name)), driver, connection)
        else:
            connection.close()
        context.wire.release(connection)


def discard(host: Host, driver_name: str, *, politely: bool) -> None:
    """Close a session that something went wrong in; not `politely` where nobody may be listening any more."""
    connection = host.connections.pop(driver_name, None)
    if connection is not None:
        if not politely:
            context_of(host).drivers[driver_name].abort(connection)
        connection.close()
        context_of(host).wire.release(connection)


def installed_driver(context: HostContext, name: str) -> Driver:
    """Return the driver called `name`.

    Raises:
        DriverMissing: No plugin registers it, or its library is not installed; the error says what to install.
    """
    driver = context.drivers.get(name, None)
    if driver is None:
        known = ", ".join(context.drivers) or "none"
        raise DriverMissing(f"No plugin registers a driver {name!r}; registered: {known}.", driver=name)
    missing = driver.missing()
    if missing:
        raise DriverMissing(f"The driver {name} needs more: pip install '{missing}'.", driver=name, requires=missing)
    return driver
