"""A simulated network for tests: started in a thread of its own, spoken to from yours."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from webnet_sim.device import Device
from webnet_sim.exceptions import NotStarted
from webnet_sim.faults import Fault
from webnet_sim.servers import LOOPBACK, Servers
from webnet_sim.spec import DeviceSpec
from webnet_sim.topology import Topology
from webnet_sim.transcript import Transcript

T = TypeVar("T")


class Network(Mapping[str, "SimulatedDevice"]):
    """Devices that answer SSH on loopback while the network runs.

    Use it as a context manager, or call `start` and `stop`. Everything may be called from any thread.

    Args:
        devices: A topology, or device specs.
        host: Loopback address to listen on.
        port_base: Port of the first device, the next ones follow; None for free ports.
        transcripts: Directory for transcript files; transcripts are in memory in any case.

    Raises:
        NotLoopback: The host is not of 127.0.0.0/8.
    """

    def __init__(
        self,
        devices: Topology | Iterable[DeviceSpec],
        *,
        host: str = LOOPBACK,
        port_base: int | None = None,
        transcripts: Path | None = None,
    ) -> None:
        specs = devices.devices if isinstance(devices, Topology) else devices
        self._servers = Servers(specs, host=host, port_base=port_base, transcripts=transcripts)
        self._handles = {name: SimulatedDevice(self, name) for name in self._servers}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> Self:
        """Open all ports; they answer when this returns.

        Raises:
            PortTaken: A port is in use.
        """
        if self._loop is None:
            loop = self._loop = asyncio.new_event_loop()
            self._thread = threading.Thread(target=loop.run_forever, name="webnet-sim", daemon=True)
            self._thread.start()
            try:
                asyncio.run_coroutine_threadsafe(self._servers.open(), loop).result()
            except BaseException:
                self.stop()
                raise
        return self

    def stop(self) -> None:
        """Close all ports and connections and end the thread."""
        loop, thread = self._loop, self._thread
        if loop is None or thread is None:
            return
        asyncio.run_coroutine_threadsafe(self._finish(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
        self._loop = self._thread = None

    def call(self, function: Callable[[Servers], T]) -> T:
        """Run a function on the network's own thread, where the devices' state may be touched."""
        if self._loop is None:
            return function(self._servers)

        async def run() -> T:
            return function(self._servers)

        return asyncio.run_coroutine_threadsafe(run(), self._loop).result()

    @property
    def host(self) -> str:
        """The address all devices listen on."""
        return self._servers.host

    @property
    def running(self) -> bool:
        """Whether the network has been started."""
        return self._loop is not None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def __getitem__(self, name: str) -> SimulatedDevice:
        self._servers[name]
        return self._handles[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._handles)

    def __len__(self) -> int:
        return len(self._handles)

    async def _finish(self) -> None:
        await self._servers.close()
        mine = asyncio.current_task()
        tasks = [task for task in asyncio.all_tasks() if task is not mine]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.get_running_loop().shutdown_default_executor()


class SimulatedDevice:
    """A device of a running network, as a test sees it."""

    def __init__(self, network: Network, name: str) -> None:
        self._network = network
        self.name = name

    def __repr__(self) -> str:
        return f"<SimulatedDevice {self.name}>"

    @property
    def spec(self) -> DeviceSpec:
        """What the device was told about itself: platform, user, password, model."""
        return self._device.spec

    @property
    def host(self) -> str:
        """The address to connect to."""
        return self._network.host

    @property
    def port(self) -> int:
        """The port to connect to.

        Raises:
            NotStarted: The network does not run.
        """
        if not self._network.running:
            what = "the port"
            raise NotStarted(what)
        return self._network.call(lambda servers: servers.port(self.name))

    @property
    def transcript(self) -> Transcript:
        """What clients sent to it."""
        return self._device.transcript

    @property
    def faults(self) -> Mapping[str, Fault]:
        """What is wrong with it now, by name."""
        return self._network.call(lambda servers: dict(servers[self.name].faults))

    def set_fault(self, fault: str | Fault, **parameters: Any) -> None:
        """Make something wrong with it, from the next connection or command on.

        Args:
            fault: A name of `webnet_sim.faults.FAULTS`, or a fault.
            parameters: The fault's parameters, when it was named.

        Raises:
            UnknownFault: There is no such fault.
            BadFaultParameter: It does not take these parameters.
        """
        self._network.call(lambda servers: servers.set_fault(self.name, fault, **parameters))

    def clear_fault(self, fault: str | None = None) -> None:
        """Mend one fault, or all of them."""
        self._network.call(lambda servers: servers.clear_fault(self.name, fault))

    def console(self, *lines: str, user: str = "") -> str:
        """Type lines at its local console, privileged and outside the transcript; gives what was printed.

        Args:
            lines: For example ``"configure terminal", "hostname other", "end"``.
            user: Whom the device believes to be typing, for its "last changed by" line.
        """
        return self._network.call(lambda servers: servers[self.name].console(*lines, user=user))

    def pass_time(self, seconds: float) -> None:
        """Let so much time pass on it at once: timers that are due by then have rung."""
        self._network.call(lambda servers: servers[self.name].pass_time(seconds))

    def put_file(self, name: str, content: str) -> None:
        """Put a file on its flash."""
        self._network.call(lambda servers: servers[self.name].files.put(name, content.encode()))

    def read_file(self, name: str) -> str | None:
        """The text of a file on its flash; None when there is none of this name."""
        content = self._network.call(lambda servers: servers[self.name].files.get(name))
        return None if content is None else content.decode("utf-8", "replace")

    def running_config(self) -> str:
        """What it would print for its running configuration now."""
        return self._network.call(lambda servers: servers[self.name].running_config())

    def startup_config(self) -> str:
        """What it would print for its saved configuration now."""
        return self.console("show startup-config")

    @property
    def _device(self) -> Device:
        return self._network.call(lambda servers: servers[self.name])
