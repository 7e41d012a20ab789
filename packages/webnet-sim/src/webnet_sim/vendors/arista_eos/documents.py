"""Answers of Arista EOS as JSON documents, for commands followed by ``| json``."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from webnet_sim.exceptions import Rejected
from webnet_sim.shell.pipes import filter_output
from webnet_sim.vendors.arista_eos.sessions import MOST_PENDING, TIMED, ConfigSessions
from webnet_sim.vendors.arista_eos.shows.system import dotted

if TYPE_CHECKING:
    from webnet_sim.device import Device
    from webnet_sim.shell.commands import Call, Handler

Document = Mapping[str, Any]


def answer(call: Call, handler: Handler) -> str:
    """What a command prints, as text through its filters or as a document."""
    if call.pipeline is None:
        return handler(call)
    stages = [stage.strip() for stage in call.pipeline.split(" | ")]
    if not stages[0].startswith("j"):
        return filter_output(handler(call), call.pipeline)
    words = " ".join(call.words)
    make = DOCUMENTS.get(words)
    if make is None:
        raise Rejected("% This is an unconverted command\n")
    text = json.dumps(make(call.device), indent=4) + "\n"
    return filter_output(text, " | ".join(stages[1:])) if stages[1:] else text


def _version(device: Device) -> Document:
    mac = device.mac("")
    address = ":".join(mac[index : index + 2] for index in range(0, 12, 2))
    return {
        "modelName": device.model,
        "version": device.version,
        "internalVersion": f"{device.version}-30640700.{device.version.replace('.', '')}",
        "serialNumber": device.serial,
        "systemMacAddress": address,
        "hwMacAddress": address,
        "hardwareRevision": "",
        "architecture": "x86_64",
        "memTotal": 8155920,
        "memFree": 5_000_000 + device.draw("memory", 10**6),
        "bootupTimestamp": device.booted.timestamp(),
        "uptime": (device.clock() - device.booted).total_seconds(),
    }


def _hostname(device: Device) -> Document:
    domain = device.tree.value("dns domain")
    return {"hostname": device.hostname, "fqdn": f"{device.hostname}{'.' + domain if domain else ''}"}


def _interfaces(device: Device) -> Document:
    return {"interfaces": {name: _interface(device, name) for name, _ in device.interfaces()}}


def _interface(device: Device, name: str) -> Document:
    section, address = device.interface(name), device.address(name)
    up, enabled = device.up(name), device.enabled(name)
    document: dict[str, Any] = {
        "name": name,
        "hardware": "loopback" if name.startswith("Loopback") else "ethernet",
        "lineProtocolStatus": "up" if up else "down",
        "interfaceStatus": "connected" if up else "notconnect" if enabled else "disabled",
        "description": section.value("description") if section else "",
        "mtu": int(section.value("mtu", "1500")) if section else 1500,
        "bandwidth": 10_000_000_000,
        "lastStatusChangeTimestamp": device.booted.timestamp(),
        "interfaceAddress": [],
        "interfaceCounters": {
            "inUcastPkts": device.draw(f"in/{name}", 10**6),
            "outUcastPkts": device.draw(f"out/{name}", 10**6),
            "inOctets": device.draw(f"in/{name}", 10**6) * 120,
            "outOctets": device.draw(f"out/{name}", 10**6) * 130,
            "totalInErrors": 0,
            "totalOutErrors": 0,
            "inDiscards": 0,
            "outDiscards": 0,
        },
    }
    if not name.startswith("Loopback"):
        document["physicalAddress"] = dotted(device.mac(name))
    if address:
        document["interfaceAddress"] = [
            {"primaryIp": {"address": str(address.ip), "maskLen": address.network.prefixlen}}
        ]
    return document


def _interface_status(device: Device) -> Document:
    states = {name: _interface(device, name)["interfaceStatus"] for name in device.ports}
    return {"interfaceStatuses": {name: {"linkStatus": state} for name, state in states.items()}}


def _addresses(device: Device) -> Document:
    found: dict[str, Any] = {}
    for name, _ in device.interfaces():
        address = device.address(name)
        if address:
            primary = {"address": str(address.ip), "maskLen": address.network.prefixlen}
            found[name] = {"name": name, "interfaceAddress": {"primaryIp": primary, "secondaryIpsOrderedList": []}}
    return {"interfaces": found}


def _neighbours(device: Device) -> Document:
    rows = [
        {"port": end.interface, "neighborDevice": peer.hostname, "neighborPort": end.peer_interface, "ttl": 120}
        for end, peer in device.neighbours()
    ]
    return {"tablesInserts": len(rows), "lldpNeighbors": rows}


def _neighbours_in_detail(device: Device) -> Document:
    found: dict[str, Any] = {name: {"lldpNeighborInfo": []} for name in device.ports}
    for end, peer in device.neighbours():
        found[end.interface]["lldpNeighborInfo"].append(
            {
                "chassisId": dotted(peer.mac("")),
                "chassisIdType": "macAddress",
                "systemName": peer.hostname,
                "systemDescription": peer.vendor.describe(peer),
                "systemCapabilities": {"bridge": True, "router": True},
                "neighborInterfaceInfo": {
                    "interfaceId": f'"{end.peer_interface}"',
                    "interfaceId_v2": end.peer_interface,
                    "interfaceIdType": "interfaceName",
                    "interfaceDescription": end.peer_interface,
                },
                "managementAddresses": [{"address": peer.management_address(), "addressType": "ipv4"}],
            }
        )
    return {"lldpNeighbors": found}


def _sessions(device: Device) -> Document:
    found: dict[str, Any] = {}
    for each in device.part(ConfigSessions).all():
        found[each.name] = {"state": each.state, "instances": {}, "description": "", "commitUser": each.user}
        if each.state == TIMED and each.due is not None:
            found[each.name]["commitBy"] = (each.due - device.booted).total_seconds()
    return {"maxSavedSessions": 1, "maxOpenSessions": MOST_PENDING, "sessions": found}


DOCUMENTS: Mapping[str, Callable[[Device], Document]] = {
    "show version": _version,
    "show hostname": _hostname,
    "show interfaces": _interfaces,
    "show interfaces status": _interface_status,
    "show ip interface": _addresses,
    "show ip interface brief": _addresses,
    "show lldp neighbors": _neighbours,
    "show lldp neighbors detail": _neighbours_in_detail,
    "show configuration sessions": _sessions,
    "show configuration sessions detail": _sessions,
}
