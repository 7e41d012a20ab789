"""The process of a simulated fleet: devices, the distance to them, and answers about what they have and saw.

Started by `benchmarks.fleets`; reads a JSON request a line, prints a JSON answer a line, ends with its standard input.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import resource
import sys
import threading
from collections.abc import Callable, Mapping
from typing import Any

from webnet_sim.faults import Fault, HangsMidOutput, Slow
from webnet_sim.fleet import generate
from webnet_sim.network import Network

HOST = "127.0.0.1"
CHUNK = 65536


class Distance:
    """Puts a way between clients and a device: a pause before anybody answers, and a delay on every byte.

    Args:
        login_seconds: Pause between the TCP connection and the device's first byte.
        trip_seconds: Delay of a byte one way.
    """

    def __init__(self, login_seconds: float, trip_seconds: float) -> None:
        self._login_seconds = login_seconds
        self._trip_seconds = trip_seconds
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()

    def to(self, port: int) -> int:
        """Return the port at which the device of `port` is far away."""
        return asyncio.run_coroutine_threadsafe(self._listen(port), self._loop).result()

    def close(self) -> None:
        """End every connection."""
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)

    async def _end(self) -> None:
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _listen(self, port: int) -> int:
        async def serve(near_reader: asyncio.StreamReader, near: asyncio.StreamWriter) -> None:
            await asyncio.sleep(self._login_seconds)
            try:
                far_reader, far = await asyncio.open_connection(HOST, port)
            except OSError:
                near.close()
                return
            await asyncio.gather(self._carry(near_reader, far), self._carry(far_reader, near))

        server = await asyncio.start_server(serve, HOST, 0, backlog=512)
        found: int = server.sockets[0].getsockname()[1]
        return found

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(CHUNK):
                self._loop.call_later(self._trip_seconds, _write, writer, data)
        except OSError:
            pass
        finally:
            self._loop.call_later(self._trip_seconds, writer.close)


def _write(writer: asyncio.StreamWriter, data: bytes) -> None:
    if not writer.is_closing():
        writer.write(data)


def digest_of(text: str) -> str:
    """Return what two configurations have in common when they are the same; line ends at the edges do not count."""
    return hashlib.sha256(text.replace("\r\n", "\n").strip().encode()).hexdigest()


class FleetServer:
    """A running network and what may be asked of it."""

    def __init__(self, wish: Mapping[str, Any]) -> None:
        delay = float(wish["command_seconds"])
        faults: tuple[Fault, ...] = (Slow(seconds=delay),) if delay else ()
        topology = generate(
            wish["count"],
            platforms=("cisco_ios",),
            prefix=wish["prefix"],
            extra_lines=wish["lines"],
            faults=lambda _number: faults,
        )
        self.network = Network(topology).start()
        self._distance: Distance | None = None
        self.ports = {name: device.port for name, device in self.network.items()}
        if wish["login_seconds"] or wish["trip_seconds"]:
            self._distance = Distance(wish["login_seconds"], wish["trip_seconds"])
            self.ports = {name: self._distance.to(port) for name, port in self.ports.items()}

    def close(self) -> None:
        """Stop serving."""
        if self._distance is not None:
            self._distance.close()
        self.network.stop()

    def change(self, mark: str) -> int:
        """Change one line of every device's configuration."""
        lines = ("configure terminal", "interface Loopback77", f"description {mark}", "end")
        for device in self.network.values():
            device.console(*lines)
        return len(self.network)

    def digests(self) -> dict[str, str]:
        """Return each device's configuration as it would print it now, digested."""
        return {name: digest_of(device.running_config()) for name, device in self.network.items()}

    def config(self, name: str) -> str:
        """Return a device's configuration as it would print it now."""
        return self.network[name].running_config()

    def open_sessions(self) -> int:
        """Return how many connections stand now."""
        return sum(device.transcript.open_sessions for device in self.network.values())

    def hang(self, names: list[str]) -> int:
        """Let these devices stop in the middle of their configuration."""
        for name in names:
            self.network[name].set_fault(HangsMidOutput(command="running-config"))
        return len(names)

    def mend(self, names: list[str]) -> int:
        """Make these devices well again."""
        for name in names:
            self.network[name].clear_fault(HangsMidOutput.name)
        return len(names)


def main() -> int:
    """Serve what the first argument describes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 65536)), hard))
    server = FleetServer(json.loads(sys.argv[1]))
    verbs: dict[str, Callable[..., Any]] = {
        verb.__name__: verb
        for verb in (server.change, server.config, server.digests, server.open_sessions, server.hang, server.mend)
    }
    print(json.dumps(server.ports), flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        print(json.dumps(verbs[request["do"]](*request["with"])), flush=True)
    server.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
