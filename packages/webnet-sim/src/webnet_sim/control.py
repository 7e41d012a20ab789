"""A small server by which another process types at devices' consoles and sets faults.

One JSON object a line in, one out. Each request has a ``do``; answers have ``ok``, and an ``error`` where it is false.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from webnet_sim.exceptions import SimError
from webnet_sim.servers import Servers

Answer = Mapping[str, Any]


async def serve_control(servers: Servers, port: int = 0) -> asyncio.Server:
    """Listen for requests on the servers' loopback address.

    Args:
        servers: The running network.
        port: TCP port, 0 for a free one.
    """

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await reader.readline():
                writer.write(json.dumps(answer(servers, line)).encode() + b"\n")
                await writer.drain()
        except (ConnectionError, ValueError):
            return
        finally:
            writer.close()

    return await asyncio.start_server(talk, servers.host, port, limit=1 << 20)


def answer(servers: Servers, line: bytes) -> Answer:
    """What one request is answered with."""
    try:
        request = json.loads(line)
        if not isinstance(request, dict) or request.get("do") not in VERBS:
            return {"ok": False, "error": f"'do' must be one of: {', '.join(VERBS)}"}
        return {"ok": True, **VERBS[request.pop("do")](servers, request)}
    except json.JSONDecodeError as error:
        return {"ok": False, "error": f"not a JSON object: {error}"}
    except KeyError as error:
        return {"ok": False, "error": f"the request has no {error}"}
    except (SimError, TypeError) as error:
        return {"ok": False, "error": str(error)}


def _run(servers: Servers, request: Mapping[str, Any]) -> Answer:
    lines = request["lines"]
    if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
        msg = "'lines' must be a list of texts"
        raise TypeError(msg)
    return {"output": servers[request["device"]].console(*lines, user=str(request.get("user", "")))}


def _set_fault(servers: Servers, request: Mapping[str, Any]) -> Answer:
    servers.set_fault(request["device"], request["fault"], **request.get("parameters", {}))
    return {}


def _clear_fault(servers: Servers, request: Mapping[str, Any]) -> Answer:
    servers.clear_fault(request["device"], request.get("fault"))
    return {}


def _pass_time(servers: Servers, request: Mapping[str, Any]) -> Answer:
    servers[request["device"]].pass_time(float(request["seconds"]))
    return {}


def _status(servers: Servers, request: Mapping[str, Any]) -> Answer:
    names = [request["device"]] if "device" in request else list(servers)
    return {"devices": {name: describe(servers, name) for name in names}}


def describe(servers: Servers, name: str) -> Answer:
    """Where a device listens, what it is and what is wrong with it."""
    device = servers[name]
    transcript = device.transcript
    return {
        "host": servers.host,
        "port": servers.port(name),
        "platform": device.spec.platform,
        "model": device.model,
        "version": device.version,
        "serial": device.serial,
        "site": device.spec.site,
        "role": device.spec.role,
        "faults": {key: asdict(fault) for key, fault in device.faults.items()},
        "sessions": len(transcript.sessions()),
        "open_sessions": transcript.open_sessions,
    }


VERBS: Mapping[str, Callable[[Servers, Mapping[str, Any]], Answer]] = {
    "run": _run,
    "set_fault": _set_fault,
    "clear_fault": _clear_fault,
    "pass_time": _pass_time,
    "status": _status,
}
