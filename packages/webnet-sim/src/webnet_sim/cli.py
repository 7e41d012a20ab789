"""The command ``webnet-sim``."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from webnet_sim import __version__
from webnet_sim.exceptions import SimError
from webnet_sim.servers import LOOPBACK, Servers
from webnet_sim.topology import Topology
from webnet_sim.topology_file import load_topology, shipped_topologies


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; gives the exit status."""
    options = _parser().parse_args(arguments)
    try:
        topology = load_topology(options.topology)
        if options.verb == "check":
            print(f"{options.topology}: {len(topology.devices)} devices, nothing wrong")
            return 0
        return asyncio.run(_serve(topology, options))
    except SimError as error:
        print(f"webnet-sim: {error}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="webnet-sim", description="Simulated network devices that answer SSH.")
    parser.add_argument("--version", action="version", version=__version__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    shipped = ", ".join(shipped_topologies())
    serve = verbs.add_parser("serve", help="start a network and serve it until interrupted")
    check = verbs.add_parser("check", help="read a topology and say what is wrong in it")
    for verb in (serve, check):
        verb.add_argument("topology", help=f"a YAML file, or one of those shipped: {shipped}")
    serve.add_argument("--host", default=LOOPBACK, help="loopback address to listen on (default: %(default)s)")
    serve.add_argument("--port-base", type=int, metavar="N", help="port of the first device; the others follow")
    serve.add_argument("--transcripts", type=Path, metavar="DIR", help="write what clients send to DIR/NAME.jsonl")
    serve.add_argument("--ready-file", type=Path, metavar="F", help="write addresses to F, as JSON, once all answer")
    serve.add_argument(
        "--control",
        nargs="?",
        type=int,
        const=0,
        metavar="PORT",
        help="also serve a control port (a free one unless given): consoles, faults, status",
    )
    serve.add_argument(
        "--until-eof",
        action="store_true",
        help="also stop when standard input ends, as it does when the process that started this one is gone",
    )
    return parser


async def _serve(topology: Topology, options: argparse.Namespace) -> int:
    from webnet_sim.control import serve_control  # noqa: PLC0415 - not needed to check a topology

    if options.transcripts:
        options.transcripts.mkdir(parents=True, exist_ok=True)
    servers = Servers(topology.devices, host=options.host, port_base=options.port_base, transcripts=options.transcripts)
    stopped = _stop_on_signals()
    if options.until_eof:
        _stop_at_eof(stopped)
    await servers.open()
    control = None
    try:
        control = await serve_control(servers, options.control) if options.control is not None else None
        port = control.sockets[0].getsockname()[1] if control else None
        _announce(topology, servers, port, options.ready_file)
        await stopped.wait()
    finally:
        if control:
            control.close()
        if options.ready_file:
            options.ready_file.unlink(missing_ok=True)
        await servers.close()
    return 0


def _stop_on_signals() -> asyncio.Event:
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    return stopped


def _stop_at_eof(stopped: asyncio.Event) -> None:
    def look() -> None:
        if not os.read(descriptor, 4096):
            asyncio.get_running_loop().remove_reader(descriptor)
            stopped.set()

    descriptor = sys.stdin.fileno()
    asyncio.get_running_loop().add_reader(descriptor, look)


def _announce(topology: Topology, servers: Servers, control: int | None, ready_file: Path | None) -> None:
    if ready_file:
        ready = {
            "pid": os.getpid(),
            "topology": topology.name,
            "host": servers.host,
            "control": control,
            "devices": {
                name: {"port": servers.port(name), "platform": servers[name].spec.platform} for name in servers
            },
        }
        partial = ready_file.with_name(ready_file.name + ".part")
        partial.write_text(json.dumps(ready, indent=1) + "\n", encoding="utf-8")
        partial.replace(ready_file)
    ports = [servers.port(name) for name in servers]
    told = f" control={servers.host}:{control}" if control else ""
    span = f"{min(ports)}-{max(ports)}" if ports else "none"
    print(f"webnet-sim ready: {len(servers)} devices on {servers.host} ports {span}{told}", flush=True)
