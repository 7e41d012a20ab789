"""All devices of a network on the running event loop."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from ipaddress import AddressValueError, IPv4Address
from pathlib import Path
from typing import TYPE_CHECKING, Any

from webnet_sim.device import Device
from webnet_sim.exceptions import NotLoopback, UnknownDevice
from webnet_sim.faults import Fault, make_fault
from webnet_sim.spec import DeviceSpec
from webnet_sim.transcript import Transcript

if TYPE_CHECKING:
    from webnet_sim.ssh.listener import Listener

LOOPBACK = "127.0.0.1"


class Servers(Mapping[str, Device]):
    """The devices of a network and their ports. All methods belong on the event loop's thread.

    Args:
        specs: The devices.
        host: Loopback address they listen on.
        port_base: Port of the first device, the next ones follow; None to use each device's own, or a free one.
        transcripts: Directory for a transcript file per device.

    Raises:
        NotLoopback: The host is not of 127.0.0.0/8.
    """

    def __init__(
        self,
        specs: Iterable[DeviceSpec],
        *,
        host: str = LOOPBACK,
        port_base: int | None = None,
        transcripts: Path | None = None,
    ) -> None:
        self.host = require_loopback(host)
        self._port_base = port_base
        self._devices: dict[str, Device] = {}
        self._listeners: dict[str, Listener] = {}
        for spec in specs:
            path = transcripts / f"{spec.name}.jsonl" if transcripts else None
            self._devices[spec.name] = Device(spec, fabric=self._devices, transcript=Transcript(path))

    def __getitem__(self, name: str) -> Device:
        if name not in self._devices:
            raise UnknownDevice(name, self._devices)
        return self._devices[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._devices)

    def __len__(self) -> int:
        return len(self._devices)

    async def open(self) -> None:
        """Open every port.

        Raises:
            PortTaken: Somebody else has one of them; none stays open then.
        """
        from webnet_sim.ssh.listener import Listener  # noqa: PLC0415 - asyncssh is loaded only when it is needed

        try:
            for index, device in enumerate(self._devices.values()):
                port = device.spec.port if self._port_base is None else self._port_base + index
                self._listeners[device.spec.name] = Listener(device, self.host, port)
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """Close every port and connection."""
        for listener in self._listeners.values():
            await listener.close()
        self._listeners.clear()
        for device in self._devices.values():
            device.transcript.close()

    def port(self, name: str) -> int:
        """The TCP port of a device, known while it is open."""
        self[name]
        return self._listeners[name].port

    def set_fault(self, name: str, fault: str | Fault, **parameters: Any) -> None:
        """Make something wrong with a device, from the next connection or command on.

        Raises:
            UnknownFault: There is no such fault.
            BadFaultParameter: It does not take these parameters.
        """
        made = make_fault(fault, **parameters)
        self[name].faults[made.name] = made
        self._follow(name)

    def clear_fault(self, name: str, fault: str | None = None) -> None:
        """Mend one fault of a device, or all of them."""
        faults = self[name].faults
        for key in [fault] if fault else list(faults):
            faults.pop(key, None)
        self._follow(name)

    def _follow(self, name: str) -> None:
        if name in self._listeners:
            self._listeners[name].follow_faults()


def require_loopback(host: str) -> str:
    """The address, if it is one that only this machine can reach.

    Raises:
        NotLoopback: It is not.
    """
    try:
        if IPv4Address(host).is_loopback:
            return host
    except AddressValueError:
        pass
    raise NotLoopback(host)
