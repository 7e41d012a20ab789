"""A POST to an address that somebody typed: to nowhere but where it may go, within a time, and telling nothing back.

The name is resolved once, every address it has is checked, and the connection goes to one of those very addresses.
Redirects are refused, proxies of the environment are not looked at, and of the answer only its status is kept.
"""

from __future__ import annotations

import ipaddress
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPException
from typing import Final, TypeAlias
from urllib.parse import urlsplit

from urllib3.connection import HTTPConnection
from urllib3.exceptions import HTTPError

from webnet_core.conf import settings
from webnet_core.events.networks import Address, refusal
from webnet_core.events.types import DeliveryFailed

Resolver: TypeAlias = Callable[[str, int], Sequence[str]]

ANSWER_LIMIT: Final = 64 * 1024
LONGEST_URL: Final = 1000
_PLAIN = re.compile(r"[\x21-\x7e]+")
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,252})\Z|[0-9A-Fa-f:.]{2,45}\Z")
_HEADER = re.compile(r"[\x20-\x7e]*\Z")


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where a URL leads: `host` is a name or an address, `path` has the query."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """What the Host header says."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


_PORTS: Final = {"https": 443, "http": 80}


def parse(url: str) -> Place:
    """Read a URL that somebody typed.

    Raises:
        ValueError: with a sentence on what is wrong with it.
    """
    if len(url) > LONGEST_URL or not _PLAIN.fullmatch(url) or "\\" in url:
        raise ValueError(f"A URL is at most {LONGEST_URL} visible ASCII characters; escape others, write xn-- names.")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise ValueError("This is no URL.") from error
    allowed = ("https", "http") if settings.CORE.WEBHOOK_HTTP else ("https",)
    if parts.scheme not in allowed:
        needed = f"The URL begins with {' or '.join(f'{name}://' for name in allowed)}."
        closed = " This site sends nothing over plain HTTP: the setting WEBHOOK_HTTP is off."
        raise ValueError(needed + (closed if parts.scheme == "http" else ""))
    if "@" in parts.netloc:
        raise ValueError("A URL with a name or a password in it is not taken: it would stand in logs.")
    if "#" in url:
        raise ValueError("What follows a # is not sent; leave it out.")
    host = parts.hostname or ""
    if not _HOST.match(host) or port == 0:
        raise ValueError("The URL names no host that can be reached.")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Place(scheme=parts.scheme, host=host, port=port or _PORTS[parts.scheme], path=path)


def check(url: str, *, resolver: Resolver | None = None, seconds: float = 2.0) -> Place:
    """Refuse a URL that could not be delivered to now; a name that does not resolve may do so one day.

    Raises:
        ValueError: as `parse`, or it leads where nothing may be sent; which addresses those are is not told.
    """
    place = parse(url)
    try:
        addresses = _resolved(place, resolver or system_resolver, seconds)
    except DeliveryFailed:
        return place
    for address in addresses:
        if why := refusal(address):
            raise ValueError(why)
    return place


def system_resolver(host: str, port: int) -> Sequence[str]:
    """Return the addresses of a name as the machine knows them."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(item[4][0]) for item in found))


def post(url: str, body: bytes, headers: Mapping[str, str], *, seconds: float, resolver: Resolver | None = None) -> int:
    """Send a POST and return the status of the answer, which is 2xx.

    Args:
        url: Where to.
        body: What to send.
        headers: Beside those of HTTP itself; nothing in them may break a line.
        seconds: All the time there is, from the look-up of the name to the end of the answer.
        resolver: Finds the addresses of a name; the system's where left out.

    Raises:
        DeliveryFailed: it did not get there; the message says why and quotes nothing of the answer.
    """
    until = time.monotonic() + seconds
    try:
        place = parse(url)
    except ValueError as error:
        raise DeliveryFailed(str(error), final=True) from error
    if not all(_HEADER.match(name) and _HEADER.match(value) for name, value in headers.items()):
        raise DeliveryFailed("A header holds what would break a line; it was not sent.", final=True)
    addresses = _resolved(place, resolver or system_resolver, _left(until))
    for address in addresses:
        if why := refusal(address):
            raise DeliveryFailed(why, final=True)
    return _judged(_exchange(place, addresses, body, headers, until))


def _resolved(place: Place, resolver: Resolver, seconds: float) -> list[Address]:
    """Look the name up in a thread of its own: the system's resolver knows no time limit."""
    try:
        return [ipaddress.ip_address(place.host)]
    except ValueError:
        pass
    answer: list[Sequence[str]] = []
    failure: list[Exception] = []

    def look_up() -> None:
        try:
            answer.append(resolver(place.host, place.port))
        except (OSError, UnicodeError) as error:
            failure.append(error)

    thread = threading.Thread(target=look_up, name="webnet-resolve", daemon=True)
    thread.start()
    thread.join(seconds)
    if not answer or not answer[0]:
        slow = not failure and thread.is_alive()
        raise DeliveryFailed(f"The name in the URL could not be resolved{' in time' if slow else ''}.")
    # Whoever gives a scope to an address means one on a link; `refusal` says no to those.
    return [ipaddress.ip_address(text.partition("%")[0]) for text in answer[0]]


def _exchange(place: Place, addresses: Sequence[Address], body: bytes, headers: Mapping[str, str], until: float) -> int:
    expired = threading.Event()
    try:
        with _connected(place, addresses, until, expired) as sock:
            connection = HTTPConnection(place.host, place.port, timeout=_left(until))
            connection.sock = sock
            connection.request(
                "POST",
                place.path,
                body=body,
                headers={"Host": place.authority, "Accept-Encoding": "identity", "Connection": "close", **headers},
                preload_content=False,
                decode_content=False,
            )
            response = connection.getresponse()
            _drain(response)
            if expired.is_set():  # what was cut off looks like an answer that ended early
                raise TimeoutError
            return int(response.status)
    except ssl.SSLCertVerificationError as error:
        raise DeliveryFailed("The receiver's certificate is not valid for its name.") from error
    except (OSError, HTTPException, HTTPError, ValueError) as error:
        if expired.is_set() or isinstance(error, TimeoutError) or time.monotonic() >= until:
            raise DeliveryFailed("The receiver did not answer in time.") from error
        if isinstance(error, HTTPException) and not isinstance(error, OSError):
            raise DeliveryFailed("What the receiver answered is no HTTP.") from error
        raise DeliveryFailed(_WHY.get(type(error), "The connection to the receiver failed.")) from error


_WHY: Final[Mapping[type[Exception], str]] = {
    ConnectionRefusedError: "The receiver refused the connection.",
    ConnectionResetError: "The receiver broke the connection off.",
    BrokenPipeError: "The receiver broke the connection off.",
    ssl.SSLError: "No TLS connection to the receiver came about.",
}


@contextmanager
def _connected(
    place: Place, addresses: Sequence[Address], until: float, expired: threading.Event
) -> Iterator[socket.socket]:
    """Connect to one of the addresses and no other; the connection is cut when the time is over, whatever it does."""
    plain = _dial(addresses, place.port, until)
    # A second handle on the same connection: TLS takes the first one over, and shutting down works on either.
    handle = plain.dup()

    def cut() -> None:
        expired.set()
        with suppress(OSError):  # it may be over already
            handle.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(_left(until), cut)
    timer.daemon = True
    timer.start()
    try:
        if place.scheme == "https":
            plain = _trusted_certificates().wrap_socket(plain, server_hostname=place.host)
        yield plain
    finally:
        timer.cancel()
        plain.close()
        handle.close()


def _dial(addresses: Sequence[Address], port: int, until: float) -> socket.socket:
    problem: OSError = OSError("no address")
    for address in addresses:
        family = socket.AF_INET6 if address.version == 6 else socket.AF_INET
        sock = socket.socket(family, socket.SOCK_STREAM)
        try:
            sock.settimeout(_left(until))
            sock.connect((str(address), port))
        except OSError as error:
            sock.close()
            problem = error
            continue
        return sock
    raise problem


def _trusted_certificates() -> ssl.SSLContext:
    return ssl.create_default_context(cafile=settings.CORE.WEBHOOK_CA_FILE)


def _drain(response: object) -> None:
    """Read the answer as far as it is looked at; what is in it goes nowhere."""
    read = 0
    while read < ANSWER_LIMIT:
        chunk = response.read(8192)  # type: ignore[attr-defined]
        if not chunk:
            return
        read += len(chunk)


def _judged(status: int) -> int:
    if 200 <= status < 300:
        return status
    if 300 <= status < 400:
        message = f"The receiver answered {status}: redirects are refused; enter the address where it really is."
        raise DeliveryFailed(message, final=True, status=status)
    kind = "refuses it" if status < 500 else "is not well"
    raise DeliveryFailed(f"The receiver answered {status}: it {kind}.", status=status)


def _left(until: float) -> float:
    return max(0.001, until - time.monotonic())
